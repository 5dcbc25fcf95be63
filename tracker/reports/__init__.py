"""Figures that stand up: each from dated events, with its range, its number, its formula and its source."""
