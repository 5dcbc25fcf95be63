"""`lshw -json`: the computer and its parts.

The root is an object, a list, or (Debian 11, 02.18.85) text that lacks commas and brackets and is no JSON at
all. Descriptions are translated with the system, classes and ids are not, so only the latter are read.
"""

import re
from collections.abc import Iterator

from tracker.wiping.readers import loose_json
from tracker.wiping.readers.computers import model_name, type_guess
from tracker.wiping.readers.source import (
    MOST_DRIVES,
    Json,
    Source,
    as_dict,
    as_list,
    as_number,
    as_text,
    name_of,
    without_brackets,
)
from tracker.wiping.readings import ComputerSeen, DriveSeen, Medium, ReportReading

KIND = "lshw"

Node = dict[str, Json]

_SIGN = re.compile(r'^[\s\[{]*"id"\s*:\s*"[^"]{0,200}",?\s*"class"\s*:\s*"')
_DISK_NAME = re.compile(
    r"/dev/(sd[a-z]{1,3}|hd[a-z]|vd[a-z]{1,2}|xvd[a-z]|nvme\d{1,3}n\d{1,3}|mmcblk\d{1,3})"
)
_LIVE = (
    "/run/live",
    "/lib/live",
    "/run/archiso",
    "/run/initramfs/live",
    "/cdrom",
    "/media/cdrom",
    "/isodevice",
)
_MOST_NODES = 20_000


def recognises(source: Source) -> bool:
    """Whether the file begins with a node: "id", then "class"."""
    return _SIGN.match(source.head) is not None


def read(source: Source) -> ReportReading:
    """The computer (where the root is one), and every drive, the boot stick marked as such."""
    root = source.json if source.json is not None else loose_json.parse(source.text)
    roots = [as_dict(node) for node in as_list(root)] if isinstance(root, list) else [as_dict(root)]
    nodes = list(_walk(roots))
    system = next((node for node, _ in nodes if node.get("class") == "system" and "children" in node), None)
    drives = dict.fromkeys(drive for node, parents in nodes if (drive := _drive(node, parents)))
    return ReportReading(
        KIND,
        computer=_computer(system, [node for node, _ in nodes]) if system else None,
        drives=tuple(drives)[:MOST_DRIVES],
    )


def _walk(roots: list[Node]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Each node with its two nearest parents, without recursion: hostile files nest deep."""
    waiting: list[tuple[Node, tuple[Node, ...]]] = [(node, ()) for node in reversed(roots)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node, parents = waiting.pop()
        yield node, parents
        children = as_list(node.get("children"))[:_MOST_NODES]
        waiting += [(as_dict(child), (node, *parents[:1])) for child in reversed(children)]


def _computer(system: Node, nodes: list[Node]) -> ComputerSeen:
    settings = as_dict(system.get("configuration"))
    maker = name_of(system.get("vendor"))
    board = next((node for node in nodes if node.get("id") == "core"), {})
    memory = next(
        (node for node in nodes if node.get("class") == "memory" and node.get("id") == "memory"), {}
    )
    cpu = next((node for node in nodes if node.get("class") == "processor" and not node.get("disabled")), {})
    size = as_number(memory.get("size"))
    board_serial = as_text(board.get("serial"))
    return ComputerSeen(
        manufacturer=maker,
        model=model_name(
            maker, without_brackets(as_text(system.get("product"))), as_text(system.get("version"))
        ),
        serial=as_text(system.get("serial")),
        other_serials=(board_serial,) if board_serial else (),
        uuid=as_text(settings.get("uuid")),
        type_guess=type_guess(as_text(settings.get("chassis")))
        or type_guess(as_text(system.get("description"))),
        cpu=name_of(cpu.get("product")),
        memory_mb=size // 2**20 if size else None,
        graphics=_graphics(nodes),
    )


def _graphics(nodes: list[Node]) -> str | None:
    """The graphics chips' names; a frame buffer is listed as a second display without a name."""
    chips = [node for node in nodes if node.get("class") == "display"]
    names = [
        f"{name_of(chip.get('vendor')) or ''} {name}".strip()
        for chip in chips
        if (name := name_of(chip.get("product")))
    ]
    return " + ".join(dict.fromkeys(names[:2])) or None


def _drive(node: Node, parents: tuple[Node, ...]) -> DriveSeen | None:
    """A drive from a disk node; an NVMe's serial and an eMMC's model are on the parent."""
    names = [name for name in map(as_text, _names(node)) if name]
    device = next((name for name in names if _DISK_NAME.fullmatch(name)), None)
    if node.get("class") != "disk" or device is None or (parents and parents[0].get("class") == "disk"):
        return None
    parent = parents[0] if parents else {}
    on_usb = any((as_text(one.get("businfo")) or "").startswith("usb@") for one in (node, *parents))
    own = (
        node
        if "serial" in node or "product" in node
        else parent
        if parent.get("class") in ("storage", "generic")
        else node
    )
    size = as_number(node.get("size"))
    if size is None and "serial" not in own and on_usb:
        return None  # an empty card reader
    mounted = [
        *names,
        *(
            name
            for child in as_list(node.get("children"))
            for name in map(as_text, _names(as_dict(child)))
            if name
        ),
    ]
    return DriveSeen(
        device=device,
        model=name_of(own.get("product")),
        serial=as_text(own.get("serial")),
        size_bytes=size,
        medium=_medium(device, node, own, on_usb),
        boot_stick=any(name.startswith(_LIVE) for name in mounted),
    )


def _names(node: Node) -> list[Json]:
    names = node.get("logicalname")
    return names if isinstance(names, list) else [names]


def _medium(device: str, node: Node, own: Node, on_usb: bool) -> Medium:
    if device.startswith("/dev/nvme"):
        return Medium.NVME
    if device.startswith("/dev/mmcblk"):
        return Medium.EMMC
    if on_usb:
        return Medium.USB
    if any(key.endswith("rpm") for key in as_dict(node.get("capabilities"))):
        return Medium.HDD
    return Medium.SSD if "SSD" in (as_text(own.get("product")) or "").upper() else Medium.UNKNOWN
