"""Report files, drives, what was done to them, and certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.collection.models import Collection
from tracker.database import Base, text_enum
from tracker.devices.models import Device
from tracker.signing.models import SigningKey
from tracker.wiping.certificate_rules import Revocation
from tracker.wiping.policy_rules import Ruling
from tracker.wiping.readings import Medium, Verification
from tracker.wiping.rules import DeclarationKind, Level, Verdict


class ReportFile(Base):
    """A file a tool wrote, kept byte for byte until its time is over; its hash and its reading stay.

    `device_id` is empty until its tag, a hint or a person says.
    """

    __tablename__ = "report_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    content_deleted_at: Mapped[datetime | None]
    # What the readers made of it, in the form of `reading_rules`.
    reading: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    received_by: Mapped[int | None]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    # tag, serial, drive, person
    matched_by: Mapped[str | None] = mapped_column(String(16))
    # A person looked and said that it concerns no device of ours.
    dismissed_at: Mapped[datetime | None]

    device: Mapped[Device | None] = relationship()


class ReportUpload(Base):
    """One go of files, so that its result has an address: [{"report": id, "name": …, "known": …, …}].

    A file that was refused has no report: [{"report": null, "name": …, "reason": …}]. `key`: what a page that sends its
    files in several parts calls this go, so that a part sent twice adds nothing.
    """

    __tablename__ = "report_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    received_by: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(String(36), index=True, unique=True)
    lines: Mapped[list[Any]]


class Drive(Base):
    """One data-bearing part. Where its serial says nothing it is known by its place in its device.

    One with a usable serial is there once, however many meet it at the same moment: `drive_operations.bring_in`.
    """

    __tablename__ = "drives"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str | None]
    serial_key: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)
    model: Mapped[str | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    medium: Mapped[Medium] = mapped_column(text_enum(Medium), default=Medium.UNKNOWN)
    # Only for a drive without usable serial: what tells it from its neighbour in the same device.
    place_key: Mapped[str | None] = mapped_column(String(120))
    # Someone read its serial number and found that it is that other drive of this register.
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("drives.id"))
    # A RAID volume: what lies behind it is not seen, so no wipe of it proves anything.
    hides_drives: Mapped[bool] = mapped_column(default=False)
    # Written by `wipe_operations.settle` alone: the attempt that stands, and from when it counts.
    wiped_at: Mapped[datetime | None]
    wiped_by_id: Mapped[int | None]  # wipes.id
    # Written by `destruction_operations` alone, once a second person has confirmed it.
    destroyed_at: Mapped[datetime | None]
    # The workshop's own stick: part of no computer, whatever report shows it. `boot_stick_by` is empty where a report said so.
    boot_stick_at: Mapped[datetime | None]
    boot_stick_by: Mapped[int | None]
    # The code of the box or shelf that it lies in, while it is in no device.
    place_code: Mapped[str | None] = mapped_column(String(8), index=True)
    placed_at: Mapped[datetime | None]
    hours: Mapped[int | None]
    healthy: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def label(self) -> str:
        """What a person looks for on the drive: its serial number, or where it was plugged in."""
        place = f"({self.place_key.rsplit('|', 1)[-1]})" if self.place_key else None
        return (
            " ".join(part for part in (self.model, self.serial if self.serial_key else place) if part) or "?"
        )


class DriveSighting(Base):
    """That a drive was seen in a device, until someone records that it was taken out."""

    __tablename__ = "drive_sightings"
    __table_args__ = (UniqueConstraint("device_id", "drive_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    drive_id: Mapped[int] = mapped_column(ForeignKey("drives.id"), index=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    drive: Mapped[Drive] = relationship()


class Wipe(Base):
    """One attempt on one drive, with its evidence and the verdict on it."""

    __tablename__ = "wipes"
    __table_args__ = (
        UniqueConstraint("report_id", "run", "place", name="uq_wipes_report_run_place"),
        Index("ix_wipes_verdict", "verdict", "reviewed_at"),
        Index("ix_wipes_ruling", "ruling", "accepted", "reviewed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report_files.id"))
    run: Mapped[int]
    place: Mapped[int]  # order within the report
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    drive_id: Mapped[int] = mapped_column(ForeignKey("drives.id"), index=True)
    serial: Mapped[str | None]  # verbatim
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict))
    # [[message id, {details}], …]: translated when shown
    reasons: Mapped[list[Any]]
    method: Mapped[str | None]
    level: Mapped[Level] = mapped_column(text_enum(Level))
    tool: Mapped[str]
    tool_version: Mapped[str | None]
    started: Mapped[str | None]  # the tool's own clock, as it wrote it
    finished: Mapped[str | None]
    rounds: Mapped[int | None]
    verification: Mapped[Verification | None] = mapped_column(text_enum(Verification))
    hidden: Mapped[str | None] = mapped_column(String(16))  # hidden sectors: "found", "unknown"
    # The log says that it ran on another computer: the drive counts as seen here only once a person says so.
    foreign: Mapped[bool] = mapped_column(default=False)
    happened_at: Mapped[datetime]  # on the tool's clock: the order of the attempts
    # From when an accepted attempt counts; a slow clock is forgiven up to the device's arrival.
    counts_from: Mapped[datetime | None]
    errors: Mapped[int | None]
    accepted: Mapped[bool]
    # What the policy of that moment made of it (`policy_rules`), and why it does not count: as `reasons`.
    ruling: Mapped[Ruling] = mapped_column(text_enum(Ruling))
    ruled_for: Mapped[list[Any]] = mapped_column(default=list)
    # The policy that ruled last; None for what was judged before policies had numbers.
    policy_number: Mapped[int | None]
    policy_sha256: Mapped[str | None] = mapped_column(String(64))
    layout: Mapped[str | None] = mapped_column(String(16))
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None]

    report: Mapped[ReportFile] = relationship()
    drive: Mapped[Drive] = relationship()
    device: Mapped[Device] = relationship()


class StorageDeclaration(Base):
    """A named person's word where no report can prove it. The reason is a note of the history.

    A destruction counts once a second person has confirmed it; one confirmed by nobody is of the time before that.
    """

    __tablename__ = "storage_declarations"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    drive_id: Mapped[int | None] = mapped_column(ForeignKey("drives.id"))
    kind: Mapped[DeclarationKind] = mapped_column(text_enum(DeclarationKind))
    declared_at: Mapped[datetime]
    declared_by: Mapped[int | None]
    lock_checked: Mapped[bool] = mapped_column(default=False)
    slip: Mapped[str | None] = mapped_column(String(60))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None]
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[int | None]
    history_id: Mapped[int] = mapped_column(ForeignKey("history_entries.id"))

    @property
    def counts(self) -> bool:
        return self.kind is not DeclarationKind.DESTROYED or self.confirmed_at is not None

    @property
    def waits(self) -> bool:
        """Whether it is a destruction on which no second person has decided."""
        return not self.counts and self.refused_at is None


class DestructionPhoto(Base):
    """What was photographed of a destroyed drive: a JPEG written anew by `web.photos`."""

    __tablename__ = "destruction_photos"
    __table_args__: Any = {}

    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("storage_declarations.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))


class Certificate(Base):
    """What was attested, word for word, when it was issued, of a device or of a whole collection.

    Revoked with a reason, never changed: triggers refuse it. Those issued before certificates were signed have no
    signature.
    """

    __tablename__ = "certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collections.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None]
    payload: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str | None] = mapped_column(ForeignKey("signing_keys.key"))
    signature: Mapped[str | None] = mapped_column(String(86))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), index=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    revoked_for: Mapped[Revocation | None] = mapped_column(text_enum(Revocation))
    revocation_history_id: Mapped[int | None] = mapped_column(ForeignKey("history_entries.id"))

    device: Mapped[Device | None] = relationship()
    collection: Mapped[Collection | None] = relationship()
    signing_key: Mapped[SigningKey | None] = relationship()
    replaces: Mapped[Certificate | None] = relationship(remote_side="Certificate.id")


class CertificateDevice(Base):
    """That a certificate names a device."""

    __tablename__ = "certificate_devices"
    __table_args__: Any = {}

    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificates.id"), primary_key=True, autoincrement=False
    )
    device_id: Mapped[int] = mapped_column(
        ForeignKey("devices.id"), primary_key=True, autoincrement=False, index=True
    )
