"""Helpers in workshops: how they prove themselves, and what they say.

A helper signs each request, and is answered signed, with HMAC-SHA256 (RFC 2104) under its own secret.
"""

from __future__ import annotations

import enum


class HelperStanding(enum.StrEnum):
    """How a helper stands."""

    WAITS = "waits"  # its code is not used yet
    ENROLLED = "enrolled"
    REVOKED = "revoked"
