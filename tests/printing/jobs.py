"""What tests of ways out need first: a printer of any way, and a file that waits for it."""

from __future__ import annotations

from typing import Any

from tests import make
from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.i18n import Sentence
from tracker.printing import job_operations, job_queries
from tracker.printing.job_models import PrintJob
from tracker.printing.models import Printer
from tracker.printing.rules import Way

FILE = b"^XA^FDBCDFGHJX^FS^XZ\r\n" + bytes(range(256))


def printer(way: Way = Way.SOCKET, address: str | None = "127.0.0.1:9", **values: Any) -> Printer:
    """A printer of the first site; what is sent there is ZPL and it is not asked how it is, unless said."""
    make.site()
    described = {"name": f"Printer {way}", "format": "zpl", "asks_status": False, "site_id": 1, **values}
    with make.written():
        made = Printer(way=way, address=address, version=1, **described)
        session.add(made)
        session.flush()
    return made


def job(to: Printer, data: bytes = FILE, name: str = "Labels", by: Actor | None = None) -> int:
    """The id of a file that waits."""
    with make.written():
        made = job_operations.send(to, data, name, "text/plain", 1, by or make.actor())
    return made.id


def read(job_id: int) -> PrintJob:
    """As it stands now."""
    session.rollback()
    return job_queries.job(job_id, 1)


def said(job_id: int) -> str:
    """What is said of it in English; empty where nothing is."""
    fault: Sentence | None = job_queries.fault_of(read(job_id))
    return str(fault or "")
