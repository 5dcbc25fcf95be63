"""What a contact is. Plain values."""

from __future__ import annotations

import enum


class ContactKind(enum.StrEnum):
    PERSON = "person"
    BODY = "body"
