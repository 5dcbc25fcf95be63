"""`lshw -xml`: the same tree as `lshw -json`, so it is turned into that one and read there."""

import json
from xml.etree.ElementTree import Element

from tracker.wiping.readers import lshw
from tracker.wiping.readers.source import Json, Source
from tracker.wiping.readers.xml_file import root_of
from tracker.wiping.readings import ReportReading

KIND = "lshw"


def recognises(source: Source) -> bool:
    """Whether the file is XML whose first elements are lshw's nodes."""
    head = source.head
    return head.lstrip().startswith("<") and "<node id=" in head and "class=" in head


def read(source: Source) -> ReportReading:
    """What `lshw -json` would say."""
    root = root_of(source)
    if root is None:
        raise ValueError
    nodes = [root] if root.tag == "node" else root.findall("node")
    return lshw.read(Source(source.name, json.dumps([_node(node) for node in nodes]).encode()))


def _node(element: Element) -> dict[str, Json]:
    names: list[Json] = [name.text or "" for name in element.findall("logicalname")]
    node: dict[str, Json] = {
        child.tag: (child.text or "").strip()
        for child in element
        if child.tag in ("description", "product", "vendor", "version", "serial", "size", "businfo")
    }
    settings = element.find("configuration")
    if settings is not None:
        node["configuration"] = {one.get("id", ""): one.get("value", "") for one in settings}
    abilities = element.find("capabilities")
    if abilities is not None:
        node["capabilities"] = {one.get("id", ""): True for one in abilities}
    return node | {
        "id": element.get("id", ""),
        "class": element.get("class", ""),
        "logicalname": names,
        "children": [_node(child) for child in element.findall("node")],
    }
