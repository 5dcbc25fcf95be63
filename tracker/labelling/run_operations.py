"""What becomes of labels that did not come out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.labelling import run_queries, sheet_operations, sheet_queries
from tracker.labelling.models import Print, PrintRun
from tracker.printing import job_operations as jobs
from tracker.printing.job_models import PrintJob
from tracker.printing.rules import JobState

# Not in the printer's hands yet: no label can come out any more once these are cancelled.
STOPPABLE = frozenset({JobState.WAITING, JobState.FAILED})


def did_not_print(run: PrintRun, by: Actor, *, spoilt: bool = False) -> HistoryEntry | None:
    """Take a print back: what waits for its printer is cancelled, its cells are free again (`spoilt`: lost with the
    paper), its labels wait in the queue anew. The register keeps its lines. None when that was said already."""
    by.must(Permission.WORK)
    if run.undone_at is not None:
        return None
    job = run_queries.job_of(run)
    if job is not None and job.state is JobState.SENDING:
        raise RuleBroken(N_("Its file is just being sent. Wait a moment, then look again."))
    if job is not None and job.state in STOPPABLE:
        run.undone_at = clock.now()  # so that the cancelling does not come back here
        jobs.cancel(job, by)
    entry = history.append(
        subject=(Subject.PRINT_RUN, run.id),
        action="did_not_print",
        by=by,
        site_id=run.site_id,
        facts={"labels": run.count, "spoilt": spoilt},
    )
    sheet_queries.lock(run.site_id)
    run.undone_at, run.undone_by = clock.now(), by.user_id
    prints = session.scalars(select(Print).where(Print.run_id == run.id)).all()
    sheet_operations.give_back(prints, spoilt=spoilt)
    session.execute(update(Print).where(Print.run_id == run.id).values(undone_at=run.undone_at))
    _free_tags(prints)
    session.flush()
    return entry


@jobs.follows_cancelling
def take_back(job: PrintJob, by: Actor) -> None:
    """A file that was cancelled on its way: its labels wait again."""
    run = run_queries.of_job(job.id)
    if run is not None and run.undone_at is None:
        did_not_print(run, by)


def _free_tags(prints: Sequence[Print]) -> None:
    """Tags that were on no other paper are only in the register again."""
    codes = [one.code for one in prints]
    elsewhere = set(
        session.scalars(select(Print.code).where(Print.code.in_(codes), Print.undone_at.is_(None)))
    )
    alone = [code for code in codes if code not in elsewhere]
    session.execute(
        update(Tag)
        .where(Tag.code.in_(alone), Tag.state == TagState.PRINTED)
        .values(state=TagState.MINTED)
        .execution_options(synchronize_session="fetch")
    )
