"""A sanitize status and the identity of its drive, packed together by `bundle_rules` because only both say something."""

from tracker.wiping import bundle_rules
from tracker.wiping.readers.source import Source
from tracker.wiping.readings import ReportReading

KIND = bundle_rules.JOINED


def recognises(source: Source) -> bool:
    """Whether it begins with the line that only the tracker writes."""
    return bundle_rules.is_packed(source.data)


def read(source: Source) -> ReportReading:
    """What the two files say together: joined anew by the same rule. Raises `ValueError` when they are not whole."""
    from tracker.wiping import readers  # the readers know this one

    parts = bundle_rules.unpacked(source.data)
    if any(bundle_rules.is_packed(data) for _, data in parts):
        raise ValueError("packed twice")
    told = [bundle_rules.Told(name, readers.read(data, name)) for name, data in parts]
    join = bundle_rules.joins(told).get(0)
    if join is None or join.identity is None:
        raise ValueError("the two files do not belong together")
    return join.reading
