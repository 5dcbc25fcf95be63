"""Who and what the demonstration is about: plainly made-up bodies, role accounts, models one meets at every bench."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.accounts.rules import Ground, Role
from tracker.collection.rules import DonorKind
from tracker.devices.rules import DeviceType

PASSWORD = "ricochet-demo-2026"  # noqa: S105 (shown to whoever runs the demonstration)

SITES = (("NORD", "Atelier Nord"), ("SUD", "Atelier Sud"), ("EST", "Atelier Est"), ("OUEST", "Atelier Ouest"))

# e-mail, role, name on the screen, association
USERS = (
    ("admin@exemple.fr", Role.ADMIN, "Administration", None),
    ("coordination@exemple.fr", Role.COORDINATOR, "Coordination", None),
    ("qualite@exemple.fr", Role.QUALITY, "Contrôle qualité", None),
    ("benevole@exemple.fr", Role.VOLUNTEER, "Bénévole 1", None),
    ("benevole2@exemple.fr", Role.VOLUNTEER, "Bénévole 2", None),
)

DONORS = (
    (DonorKind.COMPANY, "Menuiserie de l’Exemple"),
    (DonorKind.COMPANY, "Assurances Fictives du Nord"),
    (DonorKind.PUBLIC_BODY, "Commune de Villexemple"),
    (DonorKind.PUBLIC_BODY, "Département de Démonstration"),
    (DonorKind.PERSON, "Particulier 1"),
    (DonorKind.PERSON, "Particulier 2"),
)

ASSOCIATIONS = (
    ("Le Relais Numérique", Ground.PUBLIC_UTILITY, "Villexemple"),
    ("Toit pour Demain", Ground.ASSISTANCE, "Villexemple"),
    ("Les Cahiers Ouverts", Ground.SCHOOL_AND_STUDENTS, "Bourg-Modèle"),
    ("Emploi en Marche", Ground.PUBLIC_UTILITY, "Bourg-Modèle"),
    ("La Main Tendue", Ground.ASSISTANCE, "Villexemple"),
    ("Grandir Connectés", Ground.NOT_RECORDED, "Saint-Essai"),
)


@dataclass(frozen=True)
class Model:
    """A model with what a device of it usually has. `disk`: (nwipe's kind, model, size in bytes, name)."""

    type: DeviceType
    manufacturer: str
    model: str
    weight_g: int
    cpu: str | None = None
    memory_mb: int | None = None
    screen_inches: float | None = None
    disk: tuple[str, str, int, str] | None = None


_SSD = ("SATA-SSD", "Samsung SSD 860", 256_060_514_304, "sda")
_NVME = ("NVME", "WD PC SN530", 512_110_190_592, "nvme0n1")
_HDD = ("HDD", "ST500LM000-1EJ16", 500_107_862_016, "sda")

MODELS = (
    Model(DeviceType.LAPTOP, "HP", "ProBook 450 G6", 2_000, "Intel Core i5-8265U", 8_192, 15.6, _SSD),
    Model(DeviceType.LAPTOP, "Dell", "Latitude 5490", 1_600, "Intel Core i5-8350U", 8_192, 14.0, _NVME),
    Model(DeviceType.LAPTOP, "Lenovo", "ThinkPad T480", 1_650, "Intel Core i5-8250U", 16_384, 14.0, _NVME),
    Model(DeviceType.LAPTOP, "Lenovo", "ThinkPad L570", 2_380, "Intel Core i3-7100U", 8_192, 15.6, _HDD),
    Model(DeviceType.LAPTOP, "HP", "EliteBook 840 G5", 1_480, "Intel Core i7-8550U", 16_384, 14.0, _NVME),
    Model(DeviceType.DESKTOP, "Dell", "OptiPlex 3060", 5_300, "Intel Core i5-8500", 8_192, None, _SSD),
    Model(DeviceType.DESKTOP, "HP", "ProDesk 400 G5", 5_100, "Intel Core i3-8100", 8_192, None, _HDD),
    Model(DeviceType.ALL_IN_ONE, "HP", "EliteOne 800 G3", 6_500, "Intel Core i5-7500", 8_192, 23.8, _SSD),
    Model(DeviceType.TABLET, "Samsung", "Galaxy Tab A7", 480, None, 3_072, 10.4),
    Model(DeviceType.SMARTPHONE, "Samsung", "Galaxy A52", 190, None, 6_144, 6.5),
    Model(DeviceType.SCREEN, "Dell", "P2419H", 5_300, None, None, 24.0),
    Model(DeviceType.SCREEN, "Iiyama", "ProLite B2483", 5_600, None, None, 24.0),
    Model(DeviceType.PRINTER, "Brother", "HL-L2350DW", 7_200),
)
