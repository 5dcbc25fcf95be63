"""Reading a go of files: one that has begun, what of it waits for a device, what of it names drives."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.wiping.bundle_rules import IDENTITY_KINDS
from tracker.wiping.models import ReportFile, ReportUpload
from tracker.wiping.readers import UNKNOWN


def begun(key: str, by: Actor) -> ReportUpload | None:
    """The go that this page began, its row held; None before its first part. Raises `NotHere` for someone else's."""
    found = session.scalars(
        select(ReportUpload)
        .where(ReportUpload.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is not None and found.received_by != by.user_id:
        raise NotHere(N_("This upload is not here. Begin again from the page “Drop the reports”."))
    return found


def waiting(upload: ReportUpload) -> Sequence[ReportFile]:
    """Its reports that were understood and wait for a person to say which device they are about."""
    return session.scalars(
        select(ReportFile)
        .where(
            ReportFile.id.in_(_reports(upload)),
            ReportFile.device_id.is_(None),
            ReportFile.dismissed_at.is_(None),
            ReportFile.kind != UNKNOWN,
        )
        .order_by(ReportFile.id)
    ).all()


def identities(key: str, by: Actor) -> list[tuple[str, bytes]]:
    """The files of a go begun before that say who a drive is, each with the name under which it was dropped here."""
    upload = begun(key, by)
    if upload is None:
        return []
    rows = session.scalars(
        select(ReportFile)
        .where(ReportFile.id.in_(_reports(upload)), ReportFile.kind.in_(IDENTITY_KINDS))
        .options(undefer(ReportFile.content))
    ).all()
    contents = {row.id: row.content for row in rows}
    found = [(str(line["name"]), contents.get(line["report"])) for line in upload.lines]
    return [(name, content) for name, content in found if content is not None]


def _reports(upload: ReportUpload) -> list[int]:
    return [line["report"] for line in upload.lines if line["report"] is not None]
