"""Sending what waits: takes a file, sends it outside of any transaction, writes down what became of it.

Any number of processes may do so at once: each file is taken by one. A thread of `tracker serve` does it all the time,
`tracker printers deliver` once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker import config
from tracker.database import session, transaction
from tracker.errors import RuleBroken
from tracker.i18n import Sentence
from tracker.printing import job_operations, job_queries, job_rules
from tracker.printing.job_rules import NotSent, Parcel, Unclear
from tracker.printing.rules import Way
from tracker.printing.ways import queue, socket

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
AT_ONCE = 8  # printers that one process sends to: one that is off must not keep the others waiting

# Way → what sends. A helper fetches by itself, so its way is not here.
SENDERS: dict[Way, Callable[[Parcel], Sentence | None]] = {
    Way.QUEUE: queue.send,
    Way.SOCKET: lambda parcel: socket.send(parcel, config.load().printers),
}

_woken = threading.Event()


@event.listens_for(Session, "after_commit")
def _wake(current: Session) -> None:
    if current.info.pop(job_operations.NEW_JOB, False):
        _woken.set()


def deliver(job_id: int) -> bool:
    """Send one file if it is due and nobody else has it. Whether it was this call that sent or tried."""
    with transaction():
        parcel = job_operations.take(job_id)
    session.rollback()
    if parcel is None:
        return False
    fault, note = _sent(parcel)
    with transaction():
        job_operations.settle(parcel.job_id, parcel.attempt, fault, note)
    session.rollback()
    return True


def _sent(parcel: Parcel) -> tuple[NotSent | Unclear | None, Sentence | None]:
    try:
        return None, SENDERS[parcel.way](parcel)
    except (NotSent, Unclear) as fault:
        log.warning("print job %s, try %s: %s", parcel.job_id, parcel.attempt, fault)
        return fault, None
    except Exception as error:
        log.exception("print job %s, try %s", parcel.job_id, parcel.attempt)
        return Unclear(job_rules.UNFORESEEN, what=type(error).__name__), None


def deliver_due() -> int:
    """Send everything that is due now. How many files were tried."""
    _give_up_lost()
    return sum(deliver(job_id) for jobs in _due().values() for job_id in jobs)


def _due() -> dict[int, list[int]]:
    found = job_queries.due()
    session.rollback()  # the read is over before anything is sent
    return found


def _give_up_lost() -> None:
    if job_queries.lost():
        with transaction():
            job_operations.give_up_lost()
    session.rollback()


def start(app: Any) -> threading.Thread:
    """The thread that sends while this process serves. It ends with the process."""
    thread = threading.Thread(target=_run, args=(app,), name="print-delivery", daemon=True)
    thread.start()
    return thread


def _run(app: Any) -> None:
    busy: dict[int, Future[None]] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="print") as pool:
        while True:
            _woken.wait(LOOK_EVERY_S)
            _woken.clear()
            busy = {printer: task for printer, task in busy.items() if not task.done()}
            for printer, jobs in _waiting(app).items():
                if printer not in busy:
                    busy[printer] = pool.submit(_deliver_all, app, jobs)


def _waiting(app: Any) -> dict[int, list[int]]:
    try:
        with app.app_context():
            _give_up_lost()
            return _due()
    except (SQLAlchemyError, RuleBroken):
        log.exception("what waits for printers could not be read; tried again in a moment")
        return {}


def _deliver_all(app: Any, jobs: list[int]) -> None:
    """The files of one printer, one after the other."""
    for job_id in jobs:
        try:
            with app.app_context():
                deliver(job_id)
        except (SQLAlchemyError, RuleBroken):
            log.exception("print job %s could not be taken or settled", job_id)
