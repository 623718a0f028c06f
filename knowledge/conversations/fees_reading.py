"""Decides which facts for the fee calculator a message states; asks nothing, works nothing out.

The result is a flat mapping with the keys of ``FeeRequest`` and of its one applicant, as JSON.
A bare number is taken only as the answer to what was asked.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from knowledge.conversations.fees_words import INDUSTRY_WORDS, KIND_WORDS, PROCEDURE_WORDS
from knowledge.fees.case import years_after
from knowledge.text import normalise
from knowledge.triage.dates import FoundDate, find_dates
from knowledge.triage.facts import ABOUT, read_facts
from knowledge.triage.numbers import NUMBER, parse_number
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Understanding

REQUEST_KEYS: Final = frozenset(
    {
        "procedure",
        "claims",
        "classes",
        "designs",
        "years",
        "pages",
        "filed_on",
        "requested_on",
        "first_instalment_on",
        "late",
        "on_paper",
        "paid_by_instalment",
        "isr_by",
    }
)
"""What belongs to the request; everything else is the applicant's."""
QUESTION_OF: Final[Mapping[str, str]] = {
    "founded_on": "founded",
    "filed": "filed_on",
    "requested": "requested_on",
    "welfare": "tax",
    "resident_tax_exempt": "tax",
    "income_tax_exempt": "tax",
}
"""Facts that one plain question of another name stands for. ``founded`` (young, old), ``filed``
and ``requested`` (before, after 2019-04-01) are what was told instead of a day."""
STARTUP_YEARS: Final = 10

_COUNTS: Final = {
    "claims": re.compile(
        rf"請求項(?:数)?{ABOUT}({NUMBER})(?!番)|({NUMBER}) ?(?:個の請求項|請求項|項)"
    ),
    "classes": re.compile(rf"({NUMBER}) ?区分|区分(?:数)?{ABOUT}({NUMBER})"),
    "designs": re.compile(rf"({NUMBER}) ?意匠|意匠(?:の数|数){ABOUT}({NUMBER})"),
    "pages": re.compile(rf"({NUMBER}) ?(?:枚|ページ|頁)"),
    "employees": re.compile(
        rf"(?:従業員|社員|スタッフ|職人|働き手)[^0-9、。]{{0,6}}?{ABOUT}({NUMBER})"
        rf"|({NUMBER}) ?(?:人|名)(?!目)"
    ),
}
_ALONE: Final = re.compile(
    r"従業員(?:は|が)?(?:い|お)(?:ない|らず|ません)|一人(?:で|だけ)|ひとりで"
)
_CLASS_NAMES: Final = re.compile(rf"第?({NUMBER}) ?類")
_CAPITAL: Final = re.compile(rf"資本金(?:の額)?{ABOUT}({NUMBER}) ?(円)?")
_MONEY: Final = re.compile(rf"({NUMBER}) ?円|((?:{NUMBER})?[0-9一二三四五六七八九十百千][万億千]+)")
_YEARS: Final = re.compile(rf"第?({NUMBER}) ?(?:年(?:目|度)?分?)?(?:〜|~|-|から)第?({NUMBER}) ?年")
_YEAR: Final = re.compile(rf"第?({NUMBER}) ?年(?:分|目|度分)")
_YEARS_PLAIN: Final = re.compile(rf"^第?({NUMBER})(?: ?年)?(?:目|分)?(?:です|だけ)?$")
_YEARS_BARE: Final = re.compile(rf"^第?({NUMBER}) ?(?:〜|~|-|から) ?第?({NUMBER})")
_BARE: Final = re.compile(
    rf"(?:約|およそ|だいたい|たぶん)?({NUMBER}) ?(?:個|つ|人|名|枚|項|区分|件)?"
    "(?:ほど|くらい|ぐらい)?(?:です|だ|かな|ですね|だと思います)?。?"
)
_FOUNDED: Final = re.compile("設立|創業|開業|起業|会社を作|会社をつく|始めた|立ち上げ")
_AGO: Final = re.compile(
    rf"({NUMBER}) ?年(?:ほど|くらい|ぐらい)?(?:以上)?"
    "(?:前|目|になる|たつ|経つ|経って|やって|の会社)"
)
_OLD: Final = re.compile(rf"(?:設立|創業|開業|老舗)[^0-9]{{0,6}}({NUMBER}) ?年(?!前|目|[0-9])")
_TEN_YEARS: Final = (
    ("old", re.compile("10年(?:以上|を?(?:超|過ぎ|すぎ)|より(?:前|長)|(?:は|も)?たって(?:い)?る)")),
    ("young", re.compile("10年(?:未満|以内|より短|(?:は|も|まで)?た(?:た|って(?:い)?)な)")),
    ("old", re.compile("老舗|[0-9一二三四五六七八九十]+代目|明治|大正|昭和|戦前|戦後")),
    ("young", re.compile("できたばかり|作ったばかり|これから設立|去年|昨年|今年|おととし")),
)
_DATED: Final = (
    ("requested_on", re.compile("審査請求(?:を|は)?(?:した|済|日)")),
    ("filed_on", re.compile("出願(?:は|を|日|した|が)|出した")),
)
_FLAGS: Final = (
    ("welfare", re.compile("生活保護")),
    (
        "resident_tax_exempt",
        re.compile(
            "(?:市町村民税|住民税)[^、。]{0,8}(?:非課税|かから|かかって(?:い)?な|払って(?:い)?な|課され)"
        ),
    ),
    (
        "income_tax_exempt",
        re.compile("所得税[^、。]{0,8}(?:非課税|かから|かかって(?:い)?な|払って(?:い)?な|課され)"),
    ),
    (
        "business_tax_exempt",
        re.compile("事業税[^、。]{0,8}(?:非課税|かから|かかって(?:い)?な|払って(?:い)?な|課され)"),
    ),
    (
        "corporate_tax_exempt",
        re.compile("法人税[^、。]{0,8}(?:非課税|かから|かかって(?:い)?な|払って(?:い)?な|課され)"),
    ),
)
NO_TAX_FLAG: Final = dict.fromkeys(("welfare", "resident_tax_exempt", "income_tax_exempt"), False)
_CHOSEN: Final[Mapping[str, tuple[tuple[Mapping[str, Any], re.Pattern[str]], ...]]] = {
    "tax": (
        (NO_TAX_FLAG, re.compile("どれで|いずれで|^いいえ|^いえ|ありません|払って|納めて|普通に")),
    ),
    "founded_on": (
        ({"founded": "old"}, re.compile("^はい|^ええ|^(?:もう)?たっています?")),
        ({"founded": "young"}, re.compile("^いいえ|^いえ|^まだ|^たって(?:い)?な")),
    ),
    "filed_on": (
        ({"filed": "before"}, re.compile("^はい|^ええ|^前")),
        ({"filed": "after"}, re.compile("^いいえ|^いえ|^後|^あと|^それより(?:後|あと)")),
    ),
    "requested_on": (
        ({"requested": "before"}, re.compile("^はい|^ええ|^前")),
        ({"requested": "after"}, re.compile("^いいえ|^いえ|^後|^あと|^それより(?:後|あと)")),
    ),
    "kind": (({"kind": "individual"}, re.compile("^個人")),),
    "industry": (({"industry": "other"}, re.compile("^(?:その他|それ以外|どれでも|ほか)")),),
}
_LATE: Final = re.compile("期限(?:を|が)?(?:過ぎ|切れ|すぎ)|追納|倍額|遅れ")
_INSTALMENT: Final = re.compile("分納|分割(?:納付|払い|で)|5年(?:分|ずつ)")
_ON_PAPER: Final = re.compile("(?:紙|書面|郵送)で(?:出|手続|請求|提出)")


def procedure_of(text: str) -> str | None:
    """The procedure whose price is asked for, where the words name one."""
    folded = normalise(text)
    return next((name for name, words in PROCEDURE_WORDS if words.search(folded)), None)


def read(
    heard: Understanding, *, asking: str | None, procedure: str | None, today: date
) -> dict[str, Any]:
    """The facts of one message; ``asking`` is what was asked, so that "8" alone can answer it."""
    text = normalise(heard.text)
    found: dict[str, Any] = {"procedure": procedure_of(text)} if procedure_of(text) else {}
    found |= _counts(text)
    found |= _company(heard, text, today=today)
    found |= _right(text, str(found.get("procedure") or procedure or ""), today=today)
    if asking is not None and asking not in found:
        found |= _answer(text, asking, today=today)
    return found


def _counts(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, pattern in _COUNTS.items():
        match = pattern.search(text)
        value = parse_number(next(filter(None, match.groups()))) if match else None
        if value is not None:
            found[name] = value
    named = {parse_number(words) for words in _CLASS_NAMES.findall(text)}
    if named and "classes" not in found:
        found["classes"] = len(named)
    return found


def _company(heard: Understanding, text: str, *, today: date) -> dict[str, Any]:
    """Who applies: kind, trade, people, capital, age."""
    facts = read_facts(heard, find_signals(heard.text), today=today)
    found: dict[str, Any] = {}
    if facts.employees is not None:
        found["employees"] = facts.employees
    elif _ALONE.search(text):
        found["employees"] = 0
    if (capital := facts.capital_yen or _capital(text)) is not None:
        found["capital_yen"] = capital
    for key, table in (("kind", KIND_WORDS), ("industry", INDUSTRY_WORDS)):
        value = next((name for name, words in table if words.search(text)), None)
        if value is not None:
            found[key] = value
    if _FOUNDED.search(text):
        found |= _founded(text, today=today)
    return found | {name: True for name, words in _FLAGS if words.search(text)}


def _capital(text: str) -> int | None:
    match = _CAPITAL.search(text)
    if match and (match[2] or re.search("[千万億]", match[1])):
        return parse_number(match[1])
    return None


def _right(text: str, procedure: str, *, today: date) -> dict[str, Any]:
    """What is paid for: years, days, lateness, instalments."""
    found: dict[str, Any] = {}
    if procedure.endswith(("annuity", "registration")) and (years := _years(text)) is not None:
        found["years"] = years
    days = [one for one in find_dates(text, today=today) if one.precision == "day" and one.date]
    for name, words in _DATED:
        day = next((one for one in days if words.search(text[one.end : one.end + 12])), None)
        if day is not None and day.date is not None:
            found[name] = day.date.isoformat()
    if procedure.endswith(("annuity", "registration", "renewal")) and _LATE.search(text):
        found["late"] = True
    if procedure.startswith("trademark_re") and _INSTALMENT.search(text):
        found["paid_by_instalment"] = True
    return found | ({"on_paper": True} if _ON_PAPER.search(text) else {})


def _years(text: str) -> list[int] | None:
    span = _YEARS.search(text) or _YEARS_BARE.search(text)
    if span is not None:
        first, last = parse_number(span[1]), parse_number(span[2])
        return [first, last] if first is not None and last is not None else None
    one = _YEAR.search(text)
    year = parse_number(one[1]) if one else None
    return [year, year] if year is not None else None


def _answer(text: str, asking: str, *, today: date) -> dict[str, Any]:
    """A short answer to our own question; nothing where the words do not say it."""
    if asking in _COUNTS:
        number = _BARE.fullmatch(text)
        count = parse_number(number[1]) if number else None
        return {} if count is None else {asking: count}
    if asking == "capital_yen":
        return _money(text)
    if asking == "years":
        years = _years(text)
        plain = _YEARS_PLAIN.match(text)
        year = parse_number(plain[1]) if plain else None
        years = years or ([year, year] if year is not None else None)
        return {} if years is None else {"years": years}
    if asking == "founded_on":
        return _founded(text, today=today) or _chosen(text, asking)
    if asking in {"filed_on", "requested_on", "first_instalment_on"}:
        days = [one.date for one in find_dates(text, today=today) if one.precision == "day"]
        if days and days[0]:
            return {asking: days[0].isoformat()}
    return _chosen(text, asking)


def _chosen(text: str, asking: str) -> dict[str, Any]:
    """One of the choices named below the question, typed."""
    options = _CHOSEN.get(asking, ())
    return next((dict(value) for value, pattern in options if pattern.search(text)), {})


def _money(text: str) -> dict[str, Any]:
    match = _MONEY.search(text)
    value = parse_number(match[1] or match[2]) if match else None
    return {} if value is None else {"capital_yen": value}


def _founded(text: str, *, today: date) -> dict[str, Any]:
    """The day of foundation, or only whether ten years are over where no day is named."""
    found = [one for one in find_dates(text, today=today) if one.date is not None]
    if found and found[0].precision == "day" and found[0].date:
        return {"founded_on": found[0].date.isoformat()}
    for name, pattern in _TEN_YEARS:
        if pattern.search(text):
            return {"founded": name}
    if found:
        return _period(found[0], today=today)
    old, ago = _OLD.search(text), _AGO.search(text)
    words = old[1] if old else ago[1] if ago else None
    years = parse_number(words) if words else None
    if years is None or years == STARTUP_YEARS:
        return {}
    return {"founded": "young" if years < STARTUP_YEARS else "old"}


def _period(found: FoundDate, *, today: date) -> dict[str, Any]:
    """A month or a year: enough where ten years do not end in it."""
    first, last = found.date, found.until or found.date
    if first is None or last is None:
        return {}
    if found.approximate:  # 「10年前」 may be nine and may be eleven
        first, last = years_after(first, -1), years_after(last, 1)
    young = {today < years_after(day, STARTUP_YEARS) for day in (first, last)}
    return {"founded": "young" if young.pop() else "old"} if len(young) == 1 else {}
