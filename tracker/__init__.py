"""Ricochet: the tracker for workshops that give devices a second life.

This package file stays empty of code on purpose, so that the pure rules import without Flask;
the application is made in `tracker.app`.
"""
