"""Labels as the workshop prints them, one of each design, for the tests of this folder."""

from __future__ import annotations

import random

from labels.label import Label

BASE = "HTTPS://RICOCHET.EXAMPLE.ORG/D/"
LETTERS = "BCDFGHJKLNPRSTVX"

WORDS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("tag", "", "", "", ()),
    (
        "collection",
        "Collecté",
        "12.11.2026",
        "Crédit coopératif de Bergues",
        ("Collecte C-2026-031", "7 sur 24"),
    ),
    (
        "intake",
        "Réceptionné",
        "13.11.2026",
        "HP ProBook 450 G6",
        ("S/N 5CD9283KLM", "1,9 kg · chargeur : oui", "Suite : effacer"),
    ),
    (
        "wipe",
        "Effacé",
        "12.11.2026",
        "HP ProBook 450 G6",
        (
            "2 supports effacés, vérifiés",
            "Niveau Clear",
            "Attestation 2026-00412",
            "ricochet.example/v/2026-00412",
        ),
    ),
    (
        "test",
        "En reconditionnement",
        "",
        "Dell Latitude 5490",
        ("À faire : clavier, batterie", "Pièce attendue"),
    ),
    (
        "ready",
        "Prêt",
        "B · R3-E2",
        "Dell Latitude 5490",
        ("i5 · 8 Go · SSD 256 Go", "Batterie 81 % · Linux Mint"),
    ),
    ("allocation", "Réservé", "2026-118", "Association Les Petits Débrouillards", ("Ligne 1 · 2 sur 6",)),
    ("handover", "Remis", "24.11.2026", "Appareil reconditionné par Ricochet", ("Aide : 03 20 00 00 00",)),
    ("exit", "Recyclé", "24.11.2026", "Écran cassé", ("Bordereau BSD-2026-0042",)),
    ("location", "Emplacement", "Lille", "R3-E2", ("Portables à tester",)),
    ("box", "Caisse", "", "C-014", ("Chargeurs 19 V",)),
    ("command", "Commande", "", "Effacé", ("Chaque appareil scanné ensuite est marqué effacé",)),
    ("badge", "Bénévole", "", "Marie-Hélène", ("Atelier Nord",)),
)


def code(seed: int) -> str:
    """Eight letters of the alphabet of codes; the check letter is not the drawing's business."""
    return "".join(random.Random(seed).choices(LETTERS, k=8))


def label(design: str, seed: int = 0, base: str = BASE) -> Label:
    """A believable label of a design; another seed gives another code."""
    name, word, right, title, lines = next(words for words in WORDS if words[0] == design)
    return Label(code(seed), base + code(seed), name, word, right, title, lines)


def each_design(seed: int = 0, base: str = BASE) -> list[Label]:
    """One label of each design, each with its own code."""
    return [label(words[0], seed * 100 + at, base) for at, words in enumerate(WORDS)]


def many(count: int, design: str = "wipe") -> list[Label]:
    return [label(design, 10_000 + at) for at in range(count)]
