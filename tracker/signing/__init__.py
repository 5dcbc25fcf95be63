"""Signatures that can be checked without us: keys, signed files, and the pure code that checks them."""
