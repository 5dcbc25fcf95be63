"""Original report files are deleted when their time is over: what they may tell of a person goes with them.

What was read of a file stays in its row, and so do its SHA-256, the verdicts and the certificates that rest on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.wiping import readers, report_queries
from tracker.wiping.models import ReportFile
from tracker.wiping.reading_rules import kept, restored

AT_ONCE = 50
"""Files in one transaction: nobody at the bench waits long for it, and at most that many are in memory."""

DELETED = "report_original_deleted"  # the action in the history: part of the hash, never to be renamed


def delete_originals(keep_days: int, by: Actor) -> int:
    """Delete the oldest originals that came in more than `keep_days` days ago, at most `AT_ONCE`; how many they were.

    Each is read once more before: what stays is what the readers of today understand. Raises `Unreadable`, and deletes
    none, should a reading not be fit to be kept.
    """
    by.must(Permission.COORDINATE)
    now = clock.now()
    reports = _whose_time_is_over(now - timedelta(days=keep_days))
    for report in reports:
        stored = kept(report_queries.reading_of(report), readers.VERSION)
        restored(stored)
        report.reading, report.content, report.content_deleted_at = stored, None, now
    session.flush()
    history.append_many([_line(report, keep_days) for report in reports], by)
    return len(reports)


def _whose_time_is_over(before: datetime) -> Sequence[ReportFile]:
    return session.scalars(
        select(ReportFile)
        .where(ReportFile.content.is_not(None), ReportFile.received_at < before)
        .options(undefer(ReportFile.content), undefer(ReportFile.reading), joinedload(ReportFile.device))
        .order_by(ReportFile.id)
        .limit(AT_ONCE)
        .with_for_update(of=ReportFile)
        .execution_options(populate_existing=True)
    ).all()


def _line(report: ReportFile, keep_days: int) -> history.Line:
    facts = {"sha256": report.sha256, "days": keep_days}
    site = report.device.site_id if report.device else None
    return history.Line((Subject.REPORT, report.id), DELETED, site, facts)
