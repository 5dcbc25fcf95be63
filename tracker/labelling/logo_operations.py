"""The organisation's logo is set, or taken off its labels."""

from __future__ import annotations

import hashlib

from labels.errors import LabelError
from labels.logo_files import read
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import Malformed
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.labelling import logo_queries
from tracker.labelling.logo_models import OrganisationLogo
from tracker.labelling.refusal_rules import refused


def set_logo(data: bytes, by: Actor) -> OrganisationLogo:
    """Let labels bear the logo in this PNG or SVG file. The same one again changes nothing.

    Raises `NotAllowed`; `Malformed` on the field `file` with what is wrong with it.
    """
    by.must(Permission.COORDINATE)
    if not data:
        raise Malformed(N_("Choose the file of your logo."), field="file")
    try:
        made = read(data)
    except LabelError as error:
        raise refused(error, field="file") from error
    packed = made.packed
    digest = hashlib.sha256(packed).hexdigest()
    before = logo_queries.row_in_force()
    if before is not None and before.sha256 == digest:
        return before
    row = OrganisationLogo(
        width=made.width,
        height=made.height,
        dots=packed,
        sha256=digest,
        set_at=clock.now(),
        set_by=by.user_id,
    )
    session.add(row)
    session.flush()
    _told(row, "logo_set", by)
    return row


def remove_logo(by: Actor) -> None:
    """Labels printed from now on bear no logo. Raises `NotAllowed`."""
    by.must(Permission.COORDINATE)
    row = logo_queries.row_in_force()
    if row is not None:
        row.removed_at = clock.now()
        session.flush()
        _told(row, "logo_removed", by)


def _told(row: OrganisationLogo, action: str, by: Actor) -> None:
    facts = {"sha256": row.sha256, "width": row.width, "height": row.height}
    history.append(subject=(Subject.LOGO, row.id), action=action, by=by, facts=facts)
