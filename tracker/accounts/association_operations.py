"""Everything that changes an association."""

from __future__ import annotations

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siret as siret_numbers

from tracker.accounts import queries
from tracker.accounts.models import Association
from tracker.accounts.rules import Actor, Ground, Permission
from tracker.database import session
from tracker.errors import Conflict, Malformed
from tracker.i18n import N_

RNA = re.compile(r"W[0-9]{9}")  # Répertoire national des associations; there is none in Alsace-Moselle


def add(
    by: Actor,
    *,
    name: str | None,
    ground: str | None = None,
    ground_reference: str | None = None,
    rna: str | None = None,
    siret: str | None = None,
    city: str | None = None,
) -> Association:
    """A new association. Raises `Conflict` when its name is taken, `Malformed` for a wrong number."""
    by.must(Permission.COORDINATE)
    added = Association()
    _fill(added, name=name, ground=ground, ground_reference=ground_reference, rna=rna, siret=siret, city=city)
    session.add(added)
    session.flush()
    return added


def change(association: Association, by: Actor, **values: str | None) -> None:
    """Replace the values that `add` takes."""
    by.must(Permission.COORDINATE)
    _fill(association, **values)
    session.flush()


def set_active(association: Association, by: Actor, *, active: bool) -> None:
    """Open it, or close it to new handovers. What it received stays recorded."""
    by.must(Permission.COORDINATE)
    association.active = active
    session.flush()


def _fill(association: Association, **values: str | None) -> None:
    name = (values.get("name") or "").strip()
    if not name:
        raise Malformed(N_("Give the association's name."), field="name")
    same = queries.association_by_name(name)
    if same is not None and same is not association:
        raise Conflict(
            N_("There is already an association called %(name)s. Open it in the list."), name=same.name
        )
    numbers = {"rna": rna_number(values.get("rna")), "siret": siret_number(values.get("siret"))}
    association.name = name[:200]
    association.ground = Ground(values.get("ground") or Ground.NOT_RECORDED)
    association.ground_reference = values.get("ground_reference")
    association.city = values.get("city")
    association.rna, association.siret = numbers["rna"], numbers["siret"]


def rna_number(text: str | None) -> str | None:
    """`W123456789`, or None. Raises `Malformed`."""
    number = re.sub(r"[\s.-]", "", text or "").upper()
    if number and not RNA.fullmatch(number):
        raise Malformed(N_("An RNA number is W and nine digits, for example W751234567."), field="rna")
    return number or None


def siret_number(text: str | None) -> str | None:
    """Fourteen digits whose check digit holds (La Poste's exception included), or None. Raises `Malformed`."""
    if not text:
        return None
    try:
        return str(siret_numbers.validate(text))
    except ValidationError:
        raise Malformed(
            N_(
                "This SIRET number is not right: fourteen digits, the last one checks the others. Read it again."
            ),
            field="siret",
        ) from None
