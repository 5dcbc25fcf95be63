"""A file of every format that is read, with what must never be kept planted where the tool would write it.

`MARKS`: the person, her computer's name, networks and addresses. None may stand in a row once the file is gone.
"""

from __future__ import annotations

import json
from typing import Any

from tests.wiping.reports import FIXTURES, NEW, changed, text

USER, HOST, WIFI, DOMAIN = "zoelabonte", "pc-de-zoe", "Freebox-ZL75", "labonte-sarl.example"
MAC, ADDRESS, EMAIL = "02:de:ad:be:ef:75", "192.168.75.75", "zoe@labonte-sarl.example"
MARKS = (USER, HOST, WIFI, DOMAIN, MAC, ADDRESS)
ALL = f"{USER} {HOST} {WIFI} {EMAIL} {MAC} {ADDRESS}"
STAMP = "[2026/09/06 09:00:07]"

SMART: dict[str, Any] = {
    "smartctl": {"argv": ["smartctl", "-j", "-a", "/dev/sda"], "platform_info": ALL},
    "local_time": {"asctime": ALL},
    "host": HOST,
    "device": {"name": "/dev/sda", "info_name": ALL, "protocol": "ATA"},
    "model_name": "RICO SSD 250",
    "serial_number": "RSS38A0001",
}


def _nwipe() -> str:
    line = f"{STAMP}    info: Automatically enumerated 2 devices."
    more = [
        f"{STAMP}    info: Linux version 6.1 ({USER}@{HOST}) #1 SMP",
        f"{STAMP}    info: hostname = {HOST}.{DOMAIN}",
        f"{STAMP}    info: Business Name = {ALL}",
        f"{STAMP}  notice: PDF for {ALL} in /home/{USER}",
        f"{STAMP} warning: /dev/sda is in use by {USER} at {ADDRESS}",
    ]
    return changed(text(NEW), (line, "\n".join([*more, line])))


def _lshw() -> dict[str, Any]:
    root: dict[str, Any] = json.loads((FIXTURES / "lshw_laptop.json").read_text(encoding="utf-8"))
    network = {
        "id": "network", "class": "network", "logicalname": "wlan0", "serial": MAC,
        "configuration": {"ip": ADDRESS, "essid": WIFI, "hostname": HOST},
    }  # fmt: skip
    disk = {
        "id": "disk", "class": "disk", "logicalname": "/dev/sdz", "serial": "RZZ00A0001", "product": "RICO HD",
        "children": [{"id": "volume", "class": "volume", "label": ALL, "logicalname": f"/media/{USER}",
                      "configuration": {"mount.point": f"/media/{USER}"}}],
    }  # fmt: skip
    root["id"], root["configuration"] = HOST, {**root.get("configuration", {}), "owner": ALL}
    root["children"] += [network, disk]
    return root


LSHW_XML = f"""<?xml version="1.0"?><list><node id="{HOST}" class="system"><product>OptiPlex R</product>
<serial>RICO034</serial><node id="net" class="network"><serial>{MAC}</serial><configuration>
<setting id="ip" value="{ADDRESS}"/><setting id="essid" value="{WIFI}"/></configuration></node>
<node id="disk" class="disk"><logicalname>/dev/sda</logicalname><logicalname>/media/{USER}</logicalname>
<serial>RHD34A0001</serial></node></node></list>"""
DMIDECODE = f"""# dmidecode 3.4
# {ALL}
Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: LENOVO
\tSerial Number: PFRICO38
\tSKU Number: {HOST}
\tFamily: {ALL}

Handle 0x0300, DMI type 3, 22 bytes
Chassis Information
\tType: Notebook
\tAsset Tag: {USER} {DOMAIN}

Handle 0x0B00, DMI type 11, 5 bytes
OEM Strings
\tString 1: {ALL}
"""
INXI = {
    "000#1#0#System": [{"000#1#1#Host": HOST, "001#1#1#Desktop": USER, "002#1#1#Kernel": ALL}],
    "001#1#0#Machine": [{"000#0#1#Type": "Laptop", "001#1#1#System": "HP", "004#0#3#serial": "5CGRICO"}],
    "002#1#0#Network": [{"000#1#1#IF": "wlan0", "001#1#1#mac": MAC, "002#1#1#IP v4": ADDRESS, "003#1#1#ESSID": WIFI}],
    "003#1#0#Partition": [{"000#1#1#ID": f"/media/{USER}", "001#1#1#label": ALL}],
    "004#1#0#Info": [{"000#1#1#Client": ALL, "001#1#1#Memory": "8 GiB"}],
}  # fmt: skip
LSBLK = {
    "blockdevices": [
        {
            "name": "sda", "type": "disk", "serial": "RSS38A0001", "label": ALL, "owner": USER, "group": HOST,
            "children": [{"name": "sda1", "type": "part", "label": USER, "partlabel": ALL,
                          "mountpoints": [f"/media/{USER}/{HOST}"]}],
        }
    ]
}  # fmt: skip
NVME_LIST = {"Devices": [{"DevicePath": "/dev/nvme0n1", "SerialNumber": "RNV42B0002", "HostNQN": HOST,
                          "HostID": ALL, "Subsystems": []}]}  # fmt: skip
NVME_ID = {"vid": 5197, "sn": "RNV42B0002", "mn": "RICO NVME", "subnqn": ALL, "hostnqn": HOST}
SANITIZE = {"nvme0": {"sprog": 65535, "sstat": 257, "comment": ALL}, "host": ALL}
HDPARM = (
    f"\n/dev/sda:\n\nATA device, with non-removable media\n\tModel Number:       RICO HD 250\n"
    f"\tSerial Number:      RHD38B0002\n\tTransport:          {ALL}\nsudo by {USER}@{HOST}\n"
)
UPOWER = f"""Device: /org/freedesktop/UPower/devices/battery_BAT0
  native-path:          BAT0
  vendor:               {ALL}
  serial:               {HOST}
  power supply:         yes
  has statistics:       yes
  battery
    energy-full:         40 Wh
    energy-full-design:  50 Wh

Device: /org/freedesktop/UPower/devices/phone
  native-path:          iPhone de {USER}
  model:                iPhone de {USER}
"""
SNAPSHOT_OLD = {
    "type": "Snapshot", "software": "Workbench", "version": "11.0", "author": EMAIL, "group": ALL,
    "device": {"type": "Laptop", "serialNumber": "PFRICO38", "hostname": HOST, "tags": [ALL]},
    "components": [
        {"type": "NetworkAdapter", "serialNumber": MAC, "ssid": WIFI},
        {"type": "SolidStateDrive", "serialNumber": "RSS38A0001", "model": "RICO SSD", "owner": USER,
         "actions": [{"type": "EraseBasic", "agent": EMAIL, "severity": "Info", "steps": [{"type": "StepZero",
                      "severity": "Info", "agent": ALL}]}]},
    ],
}  # fmt: skip
SNAPSHOT_NEW = {
    "type": "Snapshot", "software": "workbench-script", "operator": EMAIL, "sid": ALL,
    "data": {"lshw": json.dumps(_lshw()), "disks": json.dumps([SMART]), "hostname": HOST, "inxi": json.dumps(INXI)},
}  # fmt: skip
USODY = {
    "user": USER, "host": HOST, "method": {"name": "Basic", "operator": EMAIL},
    "device_info": {"export_data": {"smart": SMART, "block": {"label": ALL}}},
    "steps": [{"success": True, "commands": [{"success": True, "command": ALL}]}],
    "validation": {"result": True, "by": ALL},
}  # fmt: skip
BLANCCO = f"""<root><report><blancco_data><description><entries name="customer"><entry name="operator">{ALL}</entry>
</entries></description><blancco_erasure_report><entries name="erasures"><entries name="erasure">
<entry name="state">Successful</entry><entry name="user">{USER}</entry><entries name="target">
<entry name="serial">RHD30A0001</entry><entry name="volume">{ALL}</entry></entries></entries></entries>
</blancco_erasure_report><blancco_hardware_report><entries name="system"><entry name="serial">RICO034</entry>
<entry name="hostname">{HOST}</entry></entries><entries name="network"><entry name="mac">{MAC}</entry></entries>
</blancco_hardware_report></blancco_data><user_data><entries name="fields"><entry name="who">{ALL}</entry></entries>
</user_data></report></root>"""
WIPEDRIVE = f"""<WipeDrive><User>{USER}</User><ComputerName>{HOST}</ComputerName><Drive><Serial>RHD30A0001</Serial>
<Result>Success</Result><Operator>{EMAIL}</Operator><Label>{ALL}</Label></Drive></WipeDrive>"""
SHRED = f"{USER}@{HOST}:~$ sudo shred -v /dev/sda\nshred: /dev/sda: pass 1/1 (random)...\n{ALL}\n"
NWIPE_PDF = f"""%PDF-1.4
4 0 obj << /Length 900 >>
stream
BT (Disk Erasure Report) Tj (by NWIPE version 0.38) Tj (Contact Name:) Tj ({ALL}) Tj ( Model: RICO HD ) Tj
(Serial No: RHD30A0001) Tj ET
endstream
endobj
"""


def _bytes(content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()


FILES: dict[str, bytes] = {
    name: _bytes(content)
    for name, content in {
        "nwipe_log": _nwipe(), "smartctl": SMART, "lshw": _lshw(), "lshw (as XML)": LSHW_XML, "dmidecode": DMIDECODE,
        "inxi": INXI, "lsblk": LSBLK, "nvme_list": NVME_LIST, "nvme_id_ctrl": NVME_ID, "nvme_sanitize_log": SANITIZE,
        "hdparm_identity": HDPARM, "upower": UPOWER, "ereuse_snapshot": SNAPSHOT_OLD, "usody_sanitize": USODY,
        "blancco": BLANCCO, "wipedrive": WIPEDRIVE, "shred": SHRED, "nwipe_pdf": NWIPE_PDF, "unknown": ALL,
    }.items()
}  # fmt: skip
"""What `read` calls it → the file; what stands in brackets is for people."""
FILES["ereuse_snapshot (of raw answers)"] = _bytes(SNAPSHOT_NEW)
