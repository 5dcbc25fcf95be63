"""Draws labels: QR, Code 128, words. Knows nothing of the application that asks for them."""
