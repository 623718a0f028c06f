"""Reads short messages of a visitor who is booking: a day, a number in the list, who she is, yes,
no, stop. It says nothing and knows no slot's state.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from knowledge.bookings.orders import find_email, find_phone
from knowledge.bookings.slot_ids import Mode
from knowledge.text import normalise
from knowledge.triage.dates import find_dates

SHORT: Final = 24
"""Up to this many characters a message may be a word to the form."""
STOP: Final = re.compile(
    r"^(?:やっぱ(?:り|し)?)?(?:もう)?(?:予約(?:を)?)?"
    r"(?:やめ(?:る|ます|たい|とく|ときます|て)?|キャンセル|取(?:り)?消し?|取消|中止|いらない|いい(?:です|や)?|"
    r"結構です|けっこうです|不要|ストップ)(?:したい|します|する|して(?:ください)?|で|です|お願い(?:します|いたします)?|ください)?[。.!ー~]*$"
)
CANCEL: Final = re.compile(r"キャンセル|取(?:り)?消|取りやめ|予約.{0,4}やめ|行けな(?:い|く)")
MOVE: Final = re.compile(r"変更|変えたい|変えて|ずらし|別の日|ほかの日|他の日|日を改め")
LATER: Final = re.compile(
    r"別の|ほかの|他の|違う日|もっと(?:先|あと|後)|次の日|合わない|都合が(?:悪|つか)|無理|だめ|ダメ|行けない|いけない"
)
BOOK: Final = re.compile(
    r"(?:面談|相談|打(?:ち)?合わせ)[^。]{0,6}(?:予約|申し?込)|予約(?:し|を(?:取|と|し)|でき|お願い)"
)
YES: Final = re.compile(
    r"^(?:はい|うん|ええ|お願い(?:します|いたします)?|おねがいします|予約(?:する|します|して(?:ください)?)|"
    r"それで(?:お願いします|いい(?:です)?|大丈夫(?:です)?)?|ok|オッケー|おk|大丈夫(?:です)?|よろしく(?:お願いします)?|了解(?:です)?|確定)"
    r"[。.!ー~]*$",
    re.IGNORECASE,
)
NO: Final = re.compile(
    r"^(?:いいえ|いえ|違(?:う|います)|ちがう|ちがいます|だめ|ダメ|直(?:す|したい))[。.!]*$"
)
_MODES: Final[tuple[tuple[re.Pattern[str], Mode], ...]] = (
    (re.compile(r"オンライン|ウェブ|web|zoom|リモート", re.IGNORECASE), "online"),
    (re.compile(r"対面|窓口で|来所|行きます|伺います"), "place"),
    (re.compile(r"電話(?:で|が)"), "phone"),
)
_AROUND_PLACE: Final = re.compile(
    r"(?:会社は|うちは|場所は)|(?:です|だ|になります|にあります)?[。.!~ ]*$"
)
_QUESTION: Final = re.compile(
    r"[?？]$|ですか|ますか|でしょうか|なに|何|いくら|どこ|なぜ|どうして|教えて"
)
_ORDINAL: Final = re.compile(
    r"^(?:(\d{1,2})(?:番|つ)?目?|最初|一番上|上)(?:の|のやつ|で|がいい|番目)*(?:です|お願いします|で)?[。.]*$"
)
_DAY_OF_MONTH: Final = re.compile(r"(?<![\d月/])(\d{1,2})日(?!間|前|以内)")
_HOUR: Final = re.compile(r"(?:(午前|午後)\s*)?(\d{1,2})\s*(?:時|:(\d{2}))(半)?")
_COMPANY: Final = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|組合|法人|大学|商店|商会|工業|製作所|工房|農園|\((?:株|有|同)\)|㈱|㈲|個人|本舗|酒造|屋$|社$|店$"
)
_LABELS: Final = re.compile(
    r"(?:お?名前|氏名|会社名?|屋号|連絡先)\s*(?:は|:|=)\s*|"
    r"(?:メール(?:アドレス)?|電話(?:番号)?|tel|mail)\s*(?:は|:|=)?\s*",
    re.IGNORECASE,
)
_ENDINGS: Final = re.compile(
    r"(?:と申します|といいます|です|になります|でお願いします|、?よろしくお願いします)[。.]*$"
)


@dataclass(frozen=True, slots=True)
class Told:
    """Who she is, as far as one message says it."""

    name: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None


def day_in(text: str, today: date) -> date | None:
    """The day a message asks for; one that is past by its words is the next of its kind."""
    found = next((f for f in find_dates(text, today=today) if f.date is not None), None)
    if found is not None and found.date is not None:
        return _coming(found.date, found.text, today)
    number = _DAY_OF_MONTH.search(text)
    return _next_day_of_month(int(number[1]), today) if number else None


def hour_in(text: str) -> int | None:
    """The hour a message asks for, 0 to 23."""
    found = _HOUR.search(text)
    if found is None:
        return None
    hour = int(found[2]) + (12 if found[1] == "午後" and int(found[2]) < 12 else 0)
    return hour if hour < 24 else None


def number_in(text: str) -> int | None:
    """Which of a list is meant, from 0; None if a message is no such word."""
    found = _ORDINAL.fullmatch(normalise(text))
    if found is None:
        return None
    return int(found[1]) - 1 if found[1] else 0


def mode_in(text: str) -> Mode | None:
    """The way of meeting a message asks for."""
    for pattern, mode in _MODES:
        if pattern.search(text):
            return mode
    return None


def place_in(text: str) -> str:
    """A message without what stands around the name of a prefecture."""
    return _AROUND_PLACE.sub("", normalise(text))


def asks(text: str) -> bool:
    """Whether a short message is a question of hers, not an answer."""
    return bool(_QUESTION.search(normalise(text)))


def who(text: str) -> Told:
    """Name, company and ways to reach her, in any order, parted by spaces, commas or lines."""
    plain = normalise(text)
    email, phone = find_email(plain), find_phone(plain)
    for known in (email, phone):
        plain = plain.replace(known, "\n") if known else plain
    plain = _LABELS.sub("\n", plain)
    parts = [_ENDINGS.sub("", p.strip(" 　。.:")) for p in re.split(r"[、,/\n|;]", plain)]
    parts = [p for p in parts if p and re.search(r"\w", p)]
    name, company = _names(parts)
    return Told(name, company, email, phone)


def _names(parts: list[str]) -> tuple[str | None, str | None]:
    words = parts if len(parts) > 1 else [w for p in parts for w in p.split(" ") if w]
    companies = [w for w in words if _COMPANY.search(w)]
    company = companies[0] if companies else None
    others = [w for w in words if w != company and w != "の"]
    if company is None and len(others) >= 3:
        return " ".join(others[:-1]), others[-1]
    if company is None and len(others) == 2 and len(parts) > 1:
        return others[0], others[1]
    if company is None and len(others) == 2:
        # 山田 花子: short words are the two halves of one name.
        halves = all(len(w) <= 3 for w in others)
        return (" ".join(others), None) if halves else (others[0], others[1])
    return (" ".join(others) or None), company


def _coming(day: date, words: str, today: date) -> date:
    if day >= today:
        return day
    if "曜" in words:
        return day + timedelta(days=7 * (-(-(today - day).days // 7)))
    if "年" in words:
        return day
    try:
        return day.replace(
            year=today.year if day.replace(year=today.year) >= today else today.year + 1
        )
    except ValueError:
        return day


def _next_day_of_month(number: int, today: date) -> date | None:
    for ahead in range(62):
        day = today + timedelta(days=ahead)
        if day.day == number:
            return day
    return None
