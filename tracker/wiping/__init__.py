"""Wiping: what report files say, whether a drive is wiped, and the proof that a device holds no data."""
