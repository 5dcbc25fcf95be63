"""Who may open what: a line for each view. A view without a line fails the suite, and so does a line without a view.

    "stock.show": WORKSHOP,                         one answer for all methods
    "stock.index POST": COORDINATORS,               one method of a view that treats them differently
    "allocation.show": Line(ASKING, own=…, other=…) objects of one's own association, and of another: the first
                                                    opens, the second answers 404

`own` and `other` are functions without argument that make the object and return the values of the address.
The values of an address that no line gives lead to something that is not there (404 where one may look).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests import make

ANYONE = frozenset({"anonymous", "volunteer", "quality", "coordinator", "admin", "association"})
SIGNED_IN = ANYONE - {"anonymous"}
WORKSHOP = frozenset({"volunteer", "quality", "coordinator", "admin"})
CHECKERS = frozenset({"quality", "coordinator", "admin"})
COORDINATORS = frozenset({"coordinator", "admin"})
ADMINISTRATORS = frozenset({"admin"})
ASKING = frozenset({"coordinator", "admin", "association"})

Values = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Line:
    roles: frozenset[str]
    own: Values | None = None
    other: Values | None = None


def own_request() -> dict[str, Any]:
    """A draft of the association that asks."""
    return {"request_id": make.request(by=make.actor("association"), draft=True).id}


def others_request() -> dict[str, Any]:
    return {"request_id": make.request(of=make.association("Une autre"), draft=True).id}


def own_handover() -> dict[str, Any]:
    asked = make.request(("screen", 1), by=make.actor("association"))
    return {"handover_id": make.handover(asked, make.ready("screen")).id}


def others_handover() -> dict[str, Any]:
    asked = make.request(("screen", 1), of=make.association("Une autre"))
    return {"handover_id": make.handover(asked, make.ready("screen")).id}


MATRIX: dict[str, frozenset[str] | Line] = {
    # web
    "web.home": SIGNED_IN,
    "web.icon": ANYONE,
    "https.show": ANYONE,
    "https.certificate": ANYONE,
    "https.known": ANYONE,
    "web.language": ANYONE,
    "web.accessibility": ANYONE,
    "web.privacy": ANYONE,
    "health.alive": ANYONE,
    "health.ready": ANYONE,
    "health.metrics": ADMINISTRATORS,
    # accounts
    "accounts.login": ANYONE,
    "accounts.logout": SIGNED_IN,
    "accounts.forgotten": ANYONE,
    "accounts.choose_password": ANYONE,
    "account.show": SIGNED_IN,
    "account.add_key": SIGNED_IN,
    "account.revoke_key": SIGNED_IN,
    "users.index": COORDINATORS,
    "users.invite": COORDINATORS,
    "users.change": COORDINATORS,
    "users.link": COORDINATORS,
    "users.disable": COORDINATORS,
    "users.enable": COORDINATORS,
    "associations.index": COORDINATORS,
    "associations.add": COORDINATORS,
    "associations.change": COORDINATORS,
    "associations.close": COORDINATORS,
    "associations.reopen": COORDINATORS,
    # devices: what is put right by hand
    "devices.edit": WORKSHOP,
    "devices.accessories": WORKSHOP,
    "devices.flags": WORKSHOP,
    "devices.clear_flag": WORKSHOP,
    "devices.tag": WORKSHOP,
    "devices.merge": WORKSHOP,
    # collection
    "collection.collections": WORKSHOP,
    "collection.new_collection": WORKSHOP,
    "collection.show": WORKSHOP,
    "collection.add": WORKSHOP,
    "collection.receive": WORKSHOP,
    "collection.give_back": COORDINATORS,
    "lists.download_template": WORKSHOP,
    "lists.choose": WORKSHOP,
    "lists.look": WORKSHOP,
    "donors.index": COORDINATORS,
    "donors.add": COORDINATORS,
    "donors.show": COORDINATORS,
    "donors.change": COORDINATORS,
    # wiping
    "wiping.index": WORKSHOP,
    "wiping_board.start": WORKSHOP,
    "wiping_board.record": WORKSHOP,
    "wiping_board.recorded": WORKSHOP,
    "wiping.show": WORKSHOP,
    "wiping.start": WORKSHOP,
    "wiping.finish": WORKSHOP,
    "wiping.declare": WORKSHOP,
    "wiping.review": CHECKERS,
    "drives.index": WORKSHOP,
    "drives.show": WORKSHOP,
    "drives.place": WORKSHOP,
    "drives.boot_stick": CHECKERS,
    "destructions.show": WORKSHOP,
    "destructions.photo": WORKSHOP,
    "report_files.choose": WORKSHOP,
    "report_files.result": WORKSHOP,
    "report_files.show": WORKSHOP,
    "uploads.part": WORKSHOP,
    "uploads.assign": WORKSHOP,
    "report_files.download": WORKSHOP,
    "report_files.assign": WORKSHOP,
    "report_files.dismiss": WORKSHOP,
    "report_files.release": COORDINATORS,
    "hardware.choose": WORKSHOP,
    "wiping_policy.show": WORKSHOP,
    "wiping_policy.change": COORDINATORS,
    "stations.index": COORDINATORS,
    "stations.add": COORDINATORS,
    "stations.code": COORDINATORS,
    "stations.settings": COORDINATORS,
    "stations.rename": COORDINATORS,
    "stations.revoke": COORDINATORS,
    "stations.script": WORKSHOP,
    "certificates.issue": WORKSHOP,
    "certificates.document": WORKSHOP,
    "certificates.revoke": COORDINATORS,
    "certificates.data": WORKSHOP,
    "certificates.of_collection": WORKSHOP,
    "certificates.issue_for_collection": COORDINATORS,
    "certificates.collection_document": COORDINATORS,
    "certificates.collection_data": WORKSHOP,
    "certificates.revoke_for_collection": COORDINATORS,
    "certificates.fetch": ANYONE,
    "certificates.keys": ANYONE,
    "certificates.verifier": ANYONE,
    "certificates.ask": ANYONE,
    "certificates.verify": ANYONE,
    # reconditioning
    "reconditioning.index": WORKSHOP,
    "reconditioning.bench": WORKSHOP,
    "reconditioning.start": WORKSHOP,
    "reconditioning.answers": WORKSHOP,
    "reconditioning.grade": WORKSHOP,
    "reconditioning.mark": WORKSHOP,
    "reconditioning.finish": WORKSHOP,
    "quality.show": WORKSHOP,
    "quality.pass_check": CHECKERS,
    "quality.fail_check": WORKSHOP,
    # reports
    "reports.index": WORKSHOP,
    "reports.download": WORKSHOP,
    "reports.method": WORKSHOP,
    # recycling
    "recycling.index": WORKSHOP,
    "recycling.take_for_parts": WORKSHOP,
    "recycling.send": COORDINATORS,
    # stock
    "stock.index": WORKSHOP,
    "stock.nowhere": WORKSHOP,
    "stock.put": WORKSHOP,
    "stock.add": WORKSHOP,
    "stock.show": WORKSHOP,
    "stock.put_here": WORKSHOP,
    "stock.change": WORKSHOP,
    "stock.close": WORKSHOP,
    "stock.reopen": WORKSHOP,
    "stock_checks.begin": WORKSHOP,
    "stock_checks.show": WORKSHOP,
    "stock_checks.as_csv": WORKSHOP,
    "stock_checks.as_xlsx": WORKSHOP,
    "stock_checks.find": WORKSHOP,
    "stock_checks.move_here": WORKSHOP,
    "stock_checks.close": WORKSHOP,
    # printing
    "printers.index": WORKSHOP,
    "printers.add": COORDINATORS,
    "printers.show": WORKSHOP,
    "printers.change": COORDINATORS,
    "printers.load": WORKSHOP,
    "printers.retire": COORDINATORS,
    "printers.restore": COORDINATORS,
    "fits.show": WORKSHOP,
    "fits.adjust": WORKSHOP,
    "fits.page": WORKSHOP,
    "fits.send": WORKSHOP,
    "fits.reset": WORKSHOP,
    # cards
    "cards.index": WORKSHOP,
    "cards.mint": WORKSHOP,
    "cards.end": WORKSHOP,
    "cards.issue": WORKSHOP,
    "cards.end_badge": WORKSHOP,
    # benches
    "benches.show": ANYONE,
    "benches.scan": ANYONE,
    "benches.prove": ANYONE,
    "benches.alone": ANYONE,
    "benches.end": ANYONE,
    "own_badge.show": WORKSHOP,
    "own_badge.forget_pin": WORKSHOP,
    "own_badge.end_turn": WORKSHOP,
    "bench_list.index": COORDINATORS,
    "bench_list.make": COORDINATORS,
    "bench_list.habits": COORDINATORS,
    "bench_list.end": COORDINATORS,
    "bench_list.forget_pin": COORDINATORS,
    # printing: what is on its way
    "print_jobs.index": WORKSHOP,
    "print_jobs.again": WORKSHOP,
    "print_jobs.cancel": WORKSHOP,
    "print_jobs.file": WORKSHOP,
    "print_helpers.index": COORDINATORS,
    "print_helpers.add": COORDINATORS,
    "print_helpers.code": COORDINATORS,
    "print_helpers.revoke": COORDINATORS,
    "print_helpers.script": WORKSHOP,
    # labelling
    "labelling.index": WORKSHOP,
    "labelling.print_chosen": WORKSHOP,
    "labelling.device": WORKSHOP,
    "prints.preview": WORKSHOP,
    "media.index": WORKSHOP,
    "media.show": WORKSHOP,
    "media.cut": WORKSHOP,
    "media.test": WORKSHOP,
    "media.preview": COORDINATORS,
    "media.add": COORDINATORS,
    "media.change": COORDINATORS,
    "media.retire": COORDINATORS,
    "media.restore": COORDINATORS,
    "prints.index": WORKSHOP,
    "prints.as_csv": WORKSHOP,
    "prints.as_xlsx": WORKSHOP,
    "runs.show": WORKSHOP,
    "runs.file": WORKSHOP,
    "runs.undone": WORKSHOP,
    "runs.print_page": WORKSHOP,
    "runs.print_style": WORKSHOP,
    "runs.page": WORKSHOP,
    "sheets.index": WORKSHOP,
    "sheets.change": WORKSHOP,
    "habits.index": WORKSHOP,
    "habits.edit": COORDINATORS,
    "habits.print_now": WORKSHOP,
    "logo.show": COORDINATORS,
    "logo.change": COORDINATORS,
    "logo.remove": COORDINATORS,
    "logo.sample": COORDINATORS,
    "tags.mint": WORKSHOP,
    "tags.index": WORKSHOP,
    "tags.void": WORKSHOP,
    "binding.bind": WORKSHOP,
    "rolls.index": WORKSHOP,
    "rolls.show": WORKSHOP,
    "rolls.take_back": WORKSHOP,
    "rolls.void": WORKSHOP,
    # allocation
    "allocation.index": ASKING,
    "allocation.new": ASKING,
    "allocation.show": Line(ASKING, own=own_request, other=others_request),
    "allocation.edit": Line(ASKING, own=own_request, other=others_request),
    "allocation.send": Line(ASKING, own=own_request, other=others_request),
    "allocation.cancel": Line(ASKING, own=own_request, other=others_request),
    "allocation.link": Line(ASKING, own=own_request, other=others_request),
    "allocation.track": ANYONE,
    "answers.decline": COORDINATORS,
    "answers.close": COORDINATORS,
    "answers.reserve": COORDINATORS,
    "answers.release": COORDINATORS,
    # distribution
    "distribution.index": WORKSHOP,
    "distribution.new": WORKSHOP,
    "distribution.prepare": WORKSHOP,
    "distribution.show": Line(SIGNED_IN, own=own_handover, other=others_handover),
    "distribution.document": Line(SIGNED_IN, own=own_handover, other=others_handover),
    "distribution.take_back": WORKSHOP,
    "distribution.erase_signature": COORDINATORS,
    # passport
    "passport.index": WORKSHOP,
    "passport.download": WORKSHOP,
    "passport.show": WORKSHOP,
    # scanning
    "scanning.show": WORKSHOP,
    "scanning.look_up": WORKSHOP,
    "scanning.act": WORKSHOP,
    "scanning.dismiss": WORKSHOP,
    "unknown_codes.show": WORKSHOP,
    "batches.index": WORKSHOP,
    "batches.create": WORKSHOP,
    "batches.new": WORKSHOP,
    "batches.show": WORKSHOP,
    "batches.close": WORKSHOP,
    "batches.resume": WORKSHOP,
    "batches.undo": WORKSHOP,
    "batches.undo_last": WORKSHOP,
    "batches.follow": WORKSHOP,
    "batches.link": WORKSHOP,
    "batches.forget": WORKSHOP,
    "scanning.shell": WORKSHOP,
    "scanners.show": WORKSHOP,
    "sync.who": ANYONE,
    "sync.sync": WORKSHOP,
    "sync.troubles": WORKSHOP,
    "sync.settle": WORKSHOP,
    "offline.worker": ANYONE,
    "offline.manifest": ANYONE,
    "scanning.meaning": ANYONE,
    "strangers.write": ANYONE,
    "strangers.index": COORDINATORS,
    "strangers.answer": COORDINATORS,
    "strangers.contact": COORDINATORS,
    # api
    "api.description": ANYONE,
    "api.docs": ANYONE,
    "api_collections.add_donor": COORDINATORS,
    "api_collections.open_collection": WORKSHOP,
    "api_collections.import_list": WORKSHOP,
    "api_devices.index": WORKSHOP,
    "api_devices.create": WORKSHOP,
    "api_devices.show": WORKSHOP,
    "api_devices.history": WORKSHOP,
    "api_scans.judge": WORKSHOP,
    "api_stock_checks.create": WORKSHOP,
    "api_stock_checks.show": WORKSHOP,
    "api_stock_checks.scan": WORKSHOP,
    "api_stock_checks.close": WORKSHOP,
    "api_batches.index": WORKSHOP,
    "api_batches.create": WORKSHOP,
    "api_batches.show": WORKSHOP,
    "api_batches.close": WORKSHOP,
    "api_batches.resume": WORKSHOP,
    "api_batches.undo": WORKSHOP,
    "api_reports.receive": WORKSHOP,
    # a station proves itself by its code or its signature
    "api_stations.enrol": ANYONE,
    "api_stations.receive": ANYONE,
    # a helper proves itself by its code or its signature
    "api_printing.enrol": ANYONE,
    "api_printing.work": ANYONE,
    "api_printing.done": ANYONE,
    "api_certificates.document": WORKSHOP,
    "api_certificates.verify": ANYONE,
    "api_bench.checklist": WORKSHOP,
    "api_bench.check": WORKSHOP,
    "api_bench.grade": WORKSHOP,
    "api_bench.declare": WORKSHOP,
    "api_destructions.confirm": WORKSHOP,
    "api_destructions.refuse": WORKSHOP,
    "api_labels.draw": WORKSHOP,
    "api_media.index": WORKSHOP,
    "api_requests.index": ASKING,
    "api_requests.create": ASKING,
    "api_requests.show": Line(ASKING, own=own_request, other=others_request),
    "api_requests.proposals": COORDINATORS,
    "api_requests.allocate": COORDINATORS,
    "api_handovers.create": WORKSHOP,
    "api_handovers.document": Line(SIGNED_IN, own=own_handover, other=others_handover),
    "api_statistics.show": WORKSHOP,
}


def line_of(endpoint: str, method: str) -> Line | None:
    """The line of a view; a line for one method goes before the line for all."""
    found = MATRIX.get(f"{endpoint} {method}", MATRIX.get(endpoint))
    return Line(found) if isinstance(found, frozenset) else found
