"""The words of donors' lists, French and English: headings, units, types, yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from tracker.devices.rules import DeviceType

# What a column holds, and its possible headings as `plain` makes them, without their unit.
_HEADINGS = {
    "type": "type, type appareil, type d appareil, type materiel, type de materiel, nature, categorie, famille, "
    "materiel, device type, kind, category",
    "manufacturer": "marque, fabricant, constructeur, manufacturer, maker, brand, vendor, make",
    "model": "modele, designation, libelle, reference modele, model, product, produit, product name, model name",
    "serial": "serie, numero de serie, numero serie, no de serie, no serie, n de serie, n serie, num serie, n s, ns, "
    "sn, s n, serial, serial number, serial no, service tag",
    "imei": "imei, imei 1, imei1, numero imei, no imei, n imei",
    "imei2": "imei 2, imei2, second imei, deuxieme imei",
    "weight": "poid, masse, weight, mass",
    "charger": "chargeur, alimentation, avec chargeur, charger, power supply, with charger",
    "cpu": "processeur, cpu, processor",
    "memory": "memoire, memoire vive, ram, memory",
    "storage": "stockage, disque, disque dur, ssd, hdd, capacite, storage, disk, drive",
    "screen": "taille ecran, taille de l ecran, diagonale, screen size, diagonal",
    "system": "systeme, systeme d exploitation, os, system, operating system",
}
_UNITS = {
    "kg": "kg, kilo, kilogramme, kilogram",
    "g": "g, gr, gramme, gram",
    "gb": "go, gb, gib, gio",
    "mb": "mo, mb, mib, mio",
    "tb": "to, tb, tib, tio",
    "inch": "pouce, inche, inch, po",
}
_TYPES: dict[str, str] = {
    DeviceType.LAPTOP: "laptop, portable, pc portable, ordinateur portable, notebook, ultrabook, ultraportable, "
    "chromebook, macbook, macbook pro, macbook air",
    DeviceType.DESKTOP: "desktop, fixe, pc fixe, pc, ordinateur, ordinateur fixe, ordinateur de bureau, uc, "
    "unite centrale, tour, pc de bureau, mini pc, tower, workstation, station de travail, desktop computer",
    DeviceType.ALL_IN_ONE: "all in one, tout en un, aio, imac",
    DeviceType.TABLET: "tablet, tablette, ipad",
    DeviceType.SMARTPHONE: "smartphone, telephone, telephone portable, telephone mobile, mobile, phone, iphone, "
    "mobile phone",
    DeviceType.SCREEN: "screen, ecran, ecran plat, moniteur, monitor, display",
    DeviceType.PRINTER: "printer, imprimante, multifonction, imprimante multifonction",
}


def _by_word(lists: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for meant, words in lists.items():
        for word in words.split(", "):
            yield word, meant


HEADINGS: dict[str, str] = dict(_by_word(_HEADINGS))
UNITS: dict[str, str] = dict(_by_word(_UNITS))
TYPES: dict[str, DeviceType] = {word: DeviceType(meant) for word, meant in _by_word(_TYPES)}
YES = {"oui", "o", "yes", "y", "1", "vrai", "true", "x", "avec"}
NO = {"non", "n", "no", "0", "faux", "false", "sans", "aucun", "-"}


def plain(text: str) -> str:
    """Lower case, no accents, no signs, words in the singular."""
    apart = unicodedata.normalize("NFKD", re.sub(r"[\W_]|º", " ", text))
    bare = apart.encode("ascii", "ignore").decode().lower()
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in bare.split())
