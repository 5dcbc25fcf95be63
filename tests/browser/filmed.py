"""Labels before a camera: pictures of them on a table as a phone sees them, played to Chromium as its camera.

The labels are drawn by our own code; nothing here decodes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from labels import formats
from labels.label import Label
from labels.media import medium
from labels.sheets import Printing

WIDE, HIGH = 640, 480
TABLE = (150, 128, 104)
ALLOW = "--use-fake-ui-for-media-stream"
FAKE = "--use-fake-device-for-media-stream"


def printed(label: Label, on: str = "zebra-57x32") -> Image.Image:
    """A label as it comes out of a printer of 300 dpi."""
    page = b"".join(formats.render([label], medium(on), "png", Printing(dpi=300)).chunks)
    return Image.open(io.BytesIO(page)).convert("RGB")


def held(*labels: Image.Image, share: float = 0.86) -> Image.Image:
    """On a table, side by side, as large as fits `share` of the picture."""
    scene = Image.new("RGB", (WIDE, HIGH), TABLE)
    room = WIDE / len(labels)
    for at, one in enumerate(labels):
        scale = min(room * share / one.width, HIGH * share / one.height)
        small = one.resize((round(one.width * scale), round(one.height * scale)), Image.Resampling.LANCZOS)
        scene.paste(small, (round(room * (at + 0.5) - small.width / 2), (HIGH - small.height) // 2))
    return scene


def tilted(scene: Image.Image, degrees: float = 24) -> Image.Image:
    return scene.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=TABLE)


def askew(scene: Image.Image) -> Image.Image:
    """Seen from the side: the far edge is shorter."""
    quad = (-60, -40, 0, HIGH, WIDE, HIGH, WIDE + 60, -40)
    return scene.transform(
        (WIDE, HIGH), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=TABLE
    )


def blurred(scene: Image.Image, radius: float = 1.1) -> Image.Image:
    return scene.filter(ImageFilter.GaussianBlur(radius))


def dark(scene: Image.Image, share: float = 0.22) -> Image.Image:
    return ImageEnhance.Brightness(ImageEnhance.Contrast(scene).enhance(0.7)).enhance(share)


def film(folder: Path, scenes: Iterable[Image.Image], name: str = "camera") -> Path:
    """A file that Chromium plays as a camera, for ever: JPEG pictures one after the other."""
    path = folder / f"{name}.mjpeg"
    with path.open("wb") as file:
        for scene in scenes:
            scene.save(file, "JPEG", quality=92)
    return path


def arguments(path: Path) -> tuple[str, ...]:
    return (ALLOW, FAKE, f"--use-file-for-fake-video-capture={path}")
