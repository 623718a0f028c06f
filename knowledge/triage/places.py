"""Decides where the company stands (C3); where the writer happens to be is another place."""

import re
from typing import Final, NamedTuple

from knowledge.triage.understanding import Entity, Understanding

_NOT_OURS: Final = re.compile(
    r"^(?:市|区|町|村)?(?:内|に?ある)?の?(?:展示会|見本市|会社(?:から|に|が)|業者|企業(?:から|が)|メーカー|弁護士|裁判所|税関"
    r"|地裁|高裁|問屋|取引先|同業|ライバル|得意先|イベント|店(?:が|に|から))|^(?:から(?:警告|手紙|連絡)|(?:で|に)(?:出展|展示|発表))"
)
_AWAY_AFTER: Final = re.compile(
    r"^(?:市|県|府|都)?(?:内)?(?:の(?:ホテル|駅|空港|出張先|旅先|取引先)|(?:に|へ|まで|で)(?:は)?(?:、)?"
    r"(?:(?:いま|今|現在|仕事で|用事で)?(?:来(?:て|と)|きて|出張|旅行|滞在|向かっ|行って|研修|観光|単身|移動)"
    r"|(?:い(?:る|ます|て|ま)|おり|おる|居)))"
)
_AWAY_BEFORE: Final = re.compile(
    r"(?:出張|旅行|観光|研修|視察|帰省|旅先|出先|滞在|移動)(?:先|中)?(?:で|の|に|は|が|、|いま|今)*$"
)
_HOUSE: Final = (
    r"(?:本社|本店|会社|事業所|事務所|店舗?|工場|工房|農園|畑|蔵|うち|弊社|当社|わが社|拠点|本拠)"
)
_OURS_BEFORE: Final = re.compile(
    _HOUSE + r"(?:の(?:場所|所在地|住所|ほう))?(?:は|が|も|:|、|自体は|そのものは)+(?:いま|今)?$"
)
_HEAD_BEFORE: Final = re.compile(
    r"(?:本社|本店|会社)(?:の(?:場所|所在地|住所))?(?:は|が|も|:|、)+$"
)
_OURS_AFTER: Final = re.compile(
    r"^(?:市|県|府|都)?(?:内)?(?:に(?:ある)?(?:会社|本社|本店|店|工場)|(?:で|の)(?:小さな|小さい)?"
    r"(?:会社|町工場|工場|店|農家|酒蔵|蔵元|旅館|工房|商売|営|経営|創業|起業|製造|事業|農業|飲食)|が本社|本社)"
)


class _Place(NamedTuple):
    weight: int
    start: int
    prefecture: str | None
    city: str | None


def company_place(understanding: Understanding, text: str) -> dict[str, str | None]:
    """``prefecture`` and ``city`` of the company; a place somebody only visits is left out."""
    named = _without_twins(
        [one for one in understanding.entities if one.kind in {"prefecture", "city"}]
    )
    places = [_place(one, text) for one in named if _counts(one, text)]
    places.sort(key=lambda one: (-one.weight, one.start))
    prefecture = next((one.prefecture for one in _best(places) if one.prefecture), None)
    for one in places:
        if one.city and (one.prefecture is None or prefecture in {None, one.prefecture}):
            return {"prefecture": prefecture or one.prefecture, "city": one.city}
    return {"prefecture": prefecture, "city": None}


def _without_twins(named: list[Entity]) -> list[Entity]:
    """A bare 京都 or 福岡 is the prefecture: the city of that name is said with its 市."""
    spans = {(one.start, one.end) for one in named if one.kind == "prefecture"}
    return [one for one in named if one.kind == "prefecture" or (one.start, one.end) not in spans]


def _best(places: list[_Place]) -> list[_Place]:
    """The places of the greatest weight, prefectures before the cities that imply them."""
    best = [one for one in places if one.weight == places[0].weight] if places else []
    return sorted(best, key=lambda one: one.city is not None)


def _place(one: Entity, text: str) -> _Place:
    weight = _weight(one, text)
    if one.kind == "prefecture":
        return _Place(weight, one.start, one.value, None)
    match = re.match(r"(北海道|東京都|(?:京都|大阪)府|.{2,3}県)(.+)", one.value)
    return _Place(weight, one.start, match[1] if match else None, match[2] if match else one.value)


def _weight(one: Entity, text: str) -> int:
    before, after = _around(one, text)
    if _HEAD_BEFORE.search(before):
        return 3
    if _OURS_BEFORE.search(before):
        return 2
    return 1 if _OURS_AFTER.match(after) else 0


def _counts(one: Entity, text: str) -> bool:
    before, after = _around(one, text)
    if _NOT_OURS.match(after):
        return False
    if _weight(one, text):
        return True
    return not (_AWAY_AFTER.match(after) or _AWAY_BEFORE.search(before))


def _around(one: Entity, text: str) -> tuple[str, str]:
    return text[max(0, one.start - 14) : one.start], text[one.end : one.end + 14]
