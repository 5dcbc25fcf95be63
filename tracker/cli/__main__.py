"""`python -m tracker.cli`: the same as `tracker`."""

from tracker.cli import main

main()
