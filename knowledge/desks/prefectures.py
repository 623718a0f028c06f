"""The 47 prefectures: names as people write them, the METI block, the prefecture's office.

It knows no desk's phone and no distance between places.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.content_store.files import CONTENT_DIR, read_yaml
from knowledge.errors import ContentError
from knowledge.text import fold

Block = Literal["北海道", "東北", "関東", "中部", "近畿", "中国", "四国", "九州"]
"""Areas of the METI bureaus (経済産業省組織令 第102条)."""


class Prefecture(BaseModel):
    """One prefecture. ``block`` is ``None`` for Okinawa, which belongs to no METI bureau."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jis: str
    name: str
    kana: str
    block: Block | None
    kansai_desk: bool
    office: str

    @property
    def short(self) -> str:
        """The name as spoken, without 県, 府 or 都."""
        return self.name if self.name == "北海道" else self.name[:-1]


def read_prefectures(root: Path) -> tuple[Prefecture, ...]:
    """All prefectures of a content folder, in the order of the file.

    Raises:
        ContentError: the file is missing or not as it should be.
    """
    path = root / "prefectures.yml"
    content, problems = read_yaml(path)
    if problems or not isinstance(content, list):
        raise ContentError(f"{path}: {problems[0].message if problems else '一覧がありません。'}")
    try:
        return tuple(Prefecture.model_validate(item) for item in content)
    except ValidationError as error:
        raise ContentError(f"{path}: {error}") from error


@lru_cache(maxsize=4)
def prefectures(root: Path = CONTENT_DIR) -> tuple[Prefecture, ...]:
    """All prefectures in the order of their JIS codes, read once."""
    return read_prefectures(root)


def find_prefecture(value: str, *, root: Path = CONTENT_DIR) -> Prefecture | None:
    """The prefecture of 静岡県, 静岡, しずおか, シズオカ or 22; ``None`` if there is none."""
    key = fold(value)
    return _by_key(root).get(key.zfill(2) if key.isdecimal() else key)


@lru_cache(maxsize=4)
def _by_key(root: Path) -> dict[str, Prefecture]:
    keys: dict[str, Prefecture] = {}
    for prefecture in prefectures(root):
        ending = {"県": "けん", "府": "ふ", "都": "と"}.get(prefecture.name[-1], "")
        spoken = prefecture.kana.removesuffix(ending)
        for key in (prefecture.jis, prefecture.name, prefecture.short, prefecture.kana, spoken):
            keys[fold(key)] = prefecture
    return keys
