"""Files for printers: asked for, tried again, cancelled; taken by a sender, and what became of them.

Nothing is sent here. What is asked for is written down in the caller's transaction; `delivery` or a helper takes it from
there once that is over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import CursorResult, exists, select, update
from sqlalchemy.orm import aliased

from labels.formats import FORMATS
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import NotHere, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence, packed
from tracker.printing import job_queries, job_rules
from tracker.printing.job_models import PrintJob
from tracker.printing.job_rules import NotSent, Parcel, Unclear
from tracker.printing.models import Printer
from tracker.printing.rules import BY_ITSELF, JobState

NEW_JOB = "print_job"  # in the session's `info`: something waits once this transaction is over


def send(  # noqa: PLR0917 (what a printer is given, in the order one says it)
    printer: Printer,
    data: bytes,
    name: str,
    mimetype: str,
    labels: int,
    by: Actor,
    reference: str | None = None,
) -> PrintJob:
    """Write down that `data` is to be printed there. It leaves after the transaction, never within it.

    `labels`: how many are in the file; `reference` names it in the caller's words (a print run). Raises `NotHere`,
    `RuleBroken` for a printer that is retired or takes no file by itself, `Malformed` for no file or one too large.
    """
    by.must(Permission.WORK)
    if printer.site_id != by.site_id:
        raise NotHere(N_("There is no such printer here."))
    _must_take_files(printer)
    job_rules.must_be_a_file(data)
    job = PrintJob(
        site_id=printer.site_id,
        printer_id=printer.id,
        name=job_rules.read_job_name(name),
        mimetype=mimetype,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        labels=labels,
        reference=reference,
        state=JobState.WAITING,
        attempts=0,
        attempts_before=0,
        asked_by=by.user_id,
        asked_at=clock.now(),
        next_try_at=clock.now(),
    )
    session.add(job)
    session.flush()
    session().info[NEW_JOB] = True
    return job


def _must_take_files(printer: Printer) -> None:
    if printer.retired_at is not None:
        raise RuleBroken(
            N_("“%(printer)s” is no longer in use: choose another printer."), printer=printer.name
        )
    if printer.way not in BY_ITSELF:
        raise RuleBroken(
            N_("“%(printer)s” takes no file by itself: save the file, or print it from the browser."),
            printer=printer.name,
        )


def try_again(job: PrintJob, by: Actor) -> None:
    """Send it now, with all its tries before it. For one that failed, or waits for its next try."""
    by.must(Permission.WORK)
    _must_be_ours_to_decide(job)
    if job.data is None:
        raise RuleBroken(job_rules.EMPTIED)
    _must_take_files(job.printer)
    _must_be_made_for(job)
    job.state, job.next_try_at = JobState.WAITING, clock.now()
    job.attempts_before, job.taken_at, job.ended_at, job.fault = job.attempts, None, None, None
    _tell(job, "print_job_tried_again", by)
    session().info[NEW_JOB] = True


def _must_be_made_for(job: PrintJob) -> None:
    """A printer that was given another format since would print the file as letters."""
    made_for = {name for name, one in FORMATS.items() if one.media_type == job.mimetype}
    if made_for and job.printer.format not in made_for:
        raise RuleBroken(job_rules.MADE_FOR_ANOTHER, printer=job.printer.name)


def stop_waiting(printer: Printer, why: str) -> int:
    """What waits for a printer that is retired, or another one now, is for a person: `why` is said. How many."""
    waiting = job_queries.waiting_for(printer)
    for job in waiting:
        job.state, job.next_try_at, job.ended_at = JobState.FAILED, None, clock.now()
        job.fault = packed(Sentence(why, {"printer": printer.name}))
    session.flush()
    return len(waiting)


_cancel_followers: list[Callable[[PrintJob, Actor], None]] = []


def follows_cancelling(follower: Callable[[PrintJob, Actor], None]) -> Callable[[PrintJob, Actor], None]:
    """Register what becomes of a file's contents when it is not printed any more, in the same transaction."""
    _cancel_followers.append(follower)
    return follower


def cancel(job: PrintJob, by: Actor) -> None:
    """It is not printed any more. Its file stays until `tracker expire` empties it."""
    by.must(Permission.WORK)
    if job.state is JobState.CANCELLED:
        return
    _must_be_ours_to_decide(job)
    job.state, job.ended_at, job.next_try_at, job.taken_at = JobState.CANCELLED, clock.now(), None, None
    _tell(job, "print_job_cancelled", by)
    for follower in _cancel_followers:
        follower(job, by)


def _must_be_ours_to_decide(job: PrintJob) -> None:
    """Neither while it is being sent nor once it is: what a printer has cannot be called back from here."""
    if job.state is JobState.SENDING and not is_silent(job):
        raise RuleBroken(N_("“%(name)s” is just being sent. Wait a moment, then look again."), name=job.name)
    if job.state is JobState.SENT:
        raise RuleBroken(
            N_("“%(name)s” has been sent. Print the labels again from the register if they are missing."),
            name=job.name,
        )
    if job.state is JobState.CANCELLED:
        raise RuleBroken(
            N_("“%(name)s” was cancelled. Print the labels again from the register."), name=job.name
        )


def is_silent(job: PrintJob) -> bool:
    """Whether a helper took it and has said nothing for so long that a person decides."""
    return (
        job.state is JobState.SENDING
        and job.helper_id is not None
        and job.taken_at is not None
        and job.taken_at < clock.now() - job_rules.HELPER_LOST
    )


def _tell(job: PrintJob, action: str, by: Actor) -> None:
    session.flush()
    history.append(
        subject=(Subject.PRINT_JOB, job.id),
        action=action,
        by=by,
        site_id=job.site_id,
        facts={"printer": job.printer_id, "attempts": job.attempts},
    )


def take(job_id: int, helper_id: int | None = None) -> Parcel | None:
    """Take a file that is due, for this sender (or helper) alone; None where it is not, or another was first.

    Files for one printer go one after the other: its row is held while we look whether something else is on its way.
    """
    now = clock.now()
    job = session.get(PrintJob, job_id, populate_existing=True)
    if job is None:
        return None
    session.execute(select(Printer.id).where(Printer.id == job.printer_id).with_for_update())
    other = aliased(PrintJob)
    busy = exists().where(
        other.printer_id == job.printer_id,
        other.state == JobState.SENDING,
        other.taken_at > now - job_rules.SENDER_LOST,
    )
    taken = session.execute(
        update(PrintJob)
        .where(PrintJob.id == job_id, PrintJob.state == JobState.WAITING, PrintJob.next_try_at <= now, ~busy)
        .values(
            state=JobState.SENDING,
            taken_at=now,
            helper_id=helper_id,
            next_try_at=None,
            attempts=PrintJob.attempts + 1,
            version=PrintJob.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        return None
    session.refresh(job)
    return parcel_of(job)


def parcel_of(job: PrintJob) -> Parcel:
    """What a way out is given of a job that was taken."""
    printer = job.printer
    zpl = printer.format == "zpl"
    return Parcel(
        job_id=job.id,
        printer_id=printer.id,
        attempt=job.attempts,
        way=printer.way,
        address=printer.address or "",
        format=printer.format,
        asks_status=zpl and printer.asks_status is not False,
        name=job.name,
        mimetype=job.mimetype,
        data=job.data or b"",
    )


def settle(
    job_id: int, attempt: int, fault: NotSent | Unclear | None = None, note: Sentence | None = None
) -> bool:
    """Write what became of a try. False where it is no longer ours: given up as lost, or tried anew since.

    `note`: what a printer that has the file lacks to print it.
    """
    job = session.get(PrintJob, job_id, populate_existing=True, with_for_update=True)
    if job is None or job.attempts != attempt or job.state is not JobState.SENDING:
        return False
    now = clock.now()
    said = fault.sentence if fault else note
    job.taken_at, job.fault = None, packed(said) if said else None
    if fault is None:
        job.state, job.ended_at = JobState.SENT, now
        return True
    again = isinstance(fault, NotSent) and fault.again and job.printer.retired_at is None
    job.next_try_at = job_rules.next_try(job.attempts - job.attempts_before, now) if again else None
    job.state = JobState.WAITING if job.next_try_at else JobState.FAILED
    job.ended_at = None if job.next_try_at else now
    return True


def give_up_lost() -> int:
    """What a sender of this server took too long ago: it died over it, and perhaps after it had sent. How many."""
    lost = job_queries.lost()
    for job in lost:
        settle(job.id, job.attempts, Unclear(job_rules.PERHAPS_PRINTED))
    return len(lost)


def empty_old(days: int) -> int:
    """Empty the files that were sent or cancelled more than `days` days ago. What failed waits for a person. How many."""
    old = (
        PrintJob.state.in_((JobState.SENT, JobState.CANCELLED)),
        PrintJob.ended_at < clock.now() - timedelta(days=days),
        PrintJob.data.is_not(None),
    )
    emptied = session.execute(update(PrintJob).where(*old).values(data=None, version=PrintJob.version + 1))
    assert isinstance(emptied, CursorResult)
    return int(emptied.rowcount)
