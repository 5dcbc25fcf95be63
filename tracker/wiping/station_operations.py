"""Stations are made, enrolled once by a code, renamed and revoked; what they sign is taken in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tracker import clock
from tracker.accounts.rules import Actor, ActorKind, Permission, Role
from tracker.database import session
from tracker.errors import NotAllowed, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.signing import enrolment_operations
from tracker.wiping import report_operations, station_key_operations, station_queries, station_rules
from tracker.wiping.report_operations import Received
from tracker.wiping.station_models import Station, StationReceipt
from tracker.wiping.station_rules import Dispatch

_REVOKED = N_("This station was revoked. Give the stick to a coordinator.")


@dataclass(frozen=True)
class Taken:
    """A file that a station signed, kept. `again`: this station had sent it before."""

    received: Received
    again: bool


def add(name: str, by: Actor) -> tuple[Station, str]:
    """A new station and its one-time code. Its key file is made with the first station."""
    by.must(Permission.COORDINATE)
    station_key_operations.make_key()
    made = Station(
        site_id=by.site_id, name=station_rules.read_station_name(name), created_by=by.user_id, last_counter=0
    )
    session.add(made)
    session.flush()
    _tell(made, "station_added", by)
    return made, new_code(made, by)


def new_code(station: Station, by: Actor) -> str:
    """A new one-time code. Until it is used the stick works as before; then what was enrolled before works no more."""
    by.must(Permission.COORDINATE)
    _must_work(station)
    code = enrolment_operations.give_code(station)
    _tell(station, "station_code_made", by)
    return code


def rename(station: Station, name: str, by: Actor) -> None:
    by.must(Permission.COORDINATE)
    station.name = station_rules.read_station_name(name)


def revoke(station: Station, by: Actor) -> None:
    """From now on nothing that it signs is taken. What it sent stays. A second time changes nothing."""
    by.must(Permission.COORDINATE)
    if enrolment_operations.end(station, by):
        _tell(station, "station_revoked", by)


def _must_work(station: Station) -> None:
    if station.revoked_at is not None:
        raise RuleBroken(N_("“%(name)s” was revoked: add a new station."), name=station.name)


def enrol(code: str, mark: str) -> tuple[Station, str]:
    """The station whose code that is, and its secret in hexadecimal. Raises as `enrolment_operations.use_code`."""
    station, new = enrolment_operations.use_code(code, mark, station_queries.waiting_for)
    if new:
        _tell(station, "station_enrolled", actor_of(station))
    return station, station_key_operations.secret_of(station).hex()


def actor_of(station: Station) -> Actor:
    """The station in the history: its id stands where a token's would."""
    return Actor(Role.VOLUNTEER, site_id=station.site_id, kind=ActorKind.STATION, token_id=station.id)


def receive(dispatch: Dispatch, data: bytes) -> Taken:
    """Take in a file that an enrolled station signed, and keep what was signed beside it.

    Judged in this order: the signature, whether the station still works, its clock, its counter. Raises `NotAllowed`,
    `WrongClock`, `SentBefore`.
    """
    digest = hashlib.sha256(data).hexdigest()
    station = station_queries.locked(dispatch.station_id)
    if station is None or station.nonce is None:
        raise station_rules.unknown_station()
    if not station_rules.is_signed(dispatch, digest, station_key_operations.secret_of(station)):
        raise station_rules.unknown_station()
    if station.revoked_at is not None:
        raise NotAllowed(_REVOKED)
    signed_at = station_rules.must_be_of_now(dispatch, clock.now())
    station_rules.must_be_next(dispatch, station.last_counter)
    station.last_counter, station.last_seen_at = dispatch.counter, clock.now()
    by = actor_of(station)
    (received,) = report_operations.receive([(dispatch.name, data)], by)
    again = station_queries.receipt(station.id, received.report.id) is not None
    if not again:
        _keep_receipt(station, received, dispatch, StationReceipt(signed_at=signed_at), by)
    return Taken(received, again)


def _keep_receipt(
    station: Station, received: Received, sent: Dispatch, kept: StationReceipt, by: Actor
) -> None:
    kept.station_id, kept.report_id, kept.received_at = station.id, received.report.id, clock.now()
    kept.name, kept.counter, kept.signature = sent.name, sent.counter, sent.signature
    session.add(kept)
    session.flush()
    history.append(
        subject=(Subject.REPORT, received.report.id),
        action="report_signed",
        by=by,
        facts={"station": station.id, "sha256": received.report.sha256, "counter": sent.counter},
    )


def _tell(station: Station, action: str, by: Actor) -> None:
    session.flush()
    history.append(
        subject=(Subject.STATION, station.id), action=action, by=by, site_id=station.site_id, facts={}
    )
