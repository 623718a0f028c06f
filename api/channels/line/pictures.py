"""Draws the channel's pictures: the rich menu and the mark beside what a person says.

Drawn from the wording, so that words and picture never disagree; nothing is fetched.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

INK = "#1A1A1C"
BLUE = "#0017C1"
PALE = "#E8F1FE"
WHITE = "#FFFFFF"
LINE = "#B4B4B7"
ICON = 256


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = files("matplotlib_fontja").joinpath("fonts", "ipaexg.ttf")
    return ImageFont.truetype(str(path), size)


@lru_cache(maxsize=1)
def staff_icon() -> bytes:
    """A round mark with 人, as PNG."""
    image = Image.new("RGB", (ICON, ICON), WHITE)
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, ICON - 8, ICON - 8), fill=BLUE)
    draw.text((ICON // 2, ICON // 2), "人", font=_font(140), fill=WHITE, anchor="mm")
    return _png(image)


def menu(
    size: tuple[int, int], fields: Sequence[tuple[tuple[int, int, int, int], str, str]]
) -> bytes:
    """A menu picture: per field its box (x, y, width, height), its words and smaller words."""
    image = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(image)
    for (x, y, width, height), words, smaller in fields:
        notice = bool(smaller)
        draw.rectangle(
            (x, y, x + width - 1, y + height - 1),
            fill=PALE if notice else WHITE,
            outline=LINE,
            width=6,
        )
        middle = (x + width // 2, y + height // 2 - (40 if notice else 0))
        _fit(draw, middle, words, width - 80, 92 if not notice else 80, BLUE)
        if notice:
            below = (x + width // 2, y + height // 2 + 80)
            _fit(draw, below, smaller, width - 80, 60, INK)
    return _png(image)


def _fit(
    draw: ImageDraw.ImageDraw,
    middle: tuple[int, int],
    words: str,
    width: int,
    size: int,
    colour: str,
) -> None:
    while size > 24 and draw.textlength(words, font=_font(size)) > width:
        size -= 4
    draw.text(middle, words, font=_font(size), fill=colour, anchor="mm")


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
