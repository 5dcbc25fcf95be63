"""The door of a shared bench: a browser that is a bench, and whoever has said there who she is.

Two cookies. `bench` is the browser's and lasts; alone it opens nothing. `turn` is new with each person and dies with her
turn, so that who has seen an earlier one is nobody (session fixation).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.accounts import access
from tracker.accounts.access import Entrance
from tracker.benches import operations, queries, rules
from tracker.benches.models import BenchTurn, SharedBench
from tracker.benches.rules import TurnEnd
from tracker.database import session, transaction

BENCH, TURN = "bench", "turn"
BENCH_LASTS = timedelta(days=400)  # the most that browsers keep a cookie


class BenchDoor:
    """What `tracker.accounts.access` asks of a door beside the password's."""

    def enter(self) -> Entrance | None:
        """Whoever works at this bench now; noted as seen at most once a minute."""
        turn = turn_here()
        bench = bench_here()
        if turn is None or bench is None:
            return None
        by = rules.actor(turn.user.role, turn.user_id, bench.site_id, bench.id, proven=turn.proven)
        if by is None:
            return None
        entrance = Entrance(by, turn.user.name, turn.user.locale)
        if clock.now() - turn.last_at >= rules.SEEN_EVERY:
            _note_seen(turn)
        return entrance

    def leave(self) -> str | None:
        """Where somebody goes who signs out here; her turn is over."""
        bench = bench_here()
        if bench is None:
            return None
        with transaction():
            operations.end_open_turn(bench.id, TurnEnd.END)
        g.bench_turn = None
        return url_for("benches.show")

    def ask(self, wish: str | None) -> str | None:
        """Where whoever is at this bench says who she is."""
        if bench_here() is None:
            return None
        return url_for("benches.show", next=wish) if wish else url_for("benches.show")

    def is_over(self, last_seen_at: datetime) -> bool:
        """Whether somebody who signed in by password on a shared computer has left it alone for too long."""
        if _name(BENCH) not in request.cookies:
            return False
        bench = bench_here()
        return bench is not None and clock.now() - last_seen_at >= queries.habits(bench.site_id).idle


access.open_door(BenchDoor())


def prepare(app: Flask) -> None:
    app.jinja_env.globals["bench_here"] = bench_here
    app.jinja_env.globals["turn_here"] = turn_here
    app.jinja_env.globals["turn_minutes"] = turn_minutes


def bench_here() -> SharedBench | None:
    """The bench that this browser is. Looked up once for each request, and only where there is a cookie."""
    if "shared_bench" not in g:
        secret = request.cookies.get(_name(BENCH), "")
        g.shared_bench = queries.bench_by_secret(secret) if secret else None
    found: SharedBench | None = g.shared_bench
    return found


def turn_here() -> BenchTurn | None:
    """The turn of whoever works at this bench now."""
    if "bench_turn" not in g:
        bench, secret = bench_here(), request.cookies.get(_name(TURN), "")
        g.bench_turn = queries.live_turn(bench, secret) if bench and secret else None
    found: BenchTurn | None = g.bench_turn
    return found


def badge_read_here(text: str) -> str | None:
    """The code of a badge of the workshop, where this text is one and was read at a shared bench."""
    bench = bench_here()
    badge = queries.badge(text, bench.site_id) if bench else None
    return badge.code if badge else None


def turn_minutes() -> int:
    """How many minutes without a scan end the turn."""
    bench = bench_here()
    return queries.habits(bench.site_id).idle_minutes if bench else 0


def keep_bench(response: Response, secret: str) -> Response:
    """This browser is a bench from now on."""
    return _keep(response, BENCH, secret, BENCH_LASTS)


def keep_turn(response: Response, secret: str) -> Response:
    return _keep(response, TURN, secret, None)


def drop_bench(response: Response) -> Response:
    for name in (BENCH, TURN):
        response.delete_cookie(_name(name), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return response


def _keep(response: Response, name: str, secret: str, lasts: timedelta | None) -> Response:
    response.set_cookie(
        _name(name), secret, max_age=lasts, path="/", secure=_secure(), httponly=True, samesite="Lax"
    )
    return response


def _name(name: str) -> str:
    return f"__Host-{name}" if _secure() else name


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _note_seen(turn: BenchTurn) -> None:
    try:
        with transaction():
            operations.note_seen(turn.id, clock.now())
    except SQLAlchemyError:  # a page must not fail because it cannot be noted that it was read
        session.rollback()
