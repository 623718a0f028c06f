"""Decides which facts a message states: place, rights, size, amounts, days; judges none of them.

Names come from the bot's entities; numbers and days, which need arithmetic, are read here.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from knowledge.text import fold, normalise
from knowledge.triage.asker import size_of_company, who_asks
from knowledge.triage.date_roles import RoledDay, read_roles
from knowledge.triage.dates import find_dates
from knowledge.triage.numbers import NUMBER, parse_number
from knowledge.triage.places import company_place
from knowledge.triage.signals import Signals
from knowledge.triage.start_days import event_of, settle, variant_of
from knowledge.triage.understanding import Understanding

RIGHT_WORDS: Final = {
    "utility_models": re.compile("実用新案|実案"),
    "patents": re.compile("特許(?!庁|事務所|印紙|情報)|発明(?!者証)"),
    "designs": re.compile("意匠|でざいん"),
    "trademarks": re.compile("商標|店名|屋号|ろご|ぶらんど名"),
    "plant_varieties": re.compile("品種登録|育成者権|新品種|種苗"),
}
ABOUT: Final = (
    r"(?:数)?(?:は|が|も|の数は|合わせて|含めて|入れて|全部で|総勢|約|およそ|だいたい|:|の|、| )*"
)
_PEOPLE: Final = rf"({NUMBER}) ?(?:人|名|にん)"
_EMPLOYEES: Final = (
    # A sum said as one goes before its parts.
    re.compile(r"(?:総勢|合計(?:で)?|全部で|合わせて|あわせて|全員で|社長以下|代表以下)" + _PEOPLE),
    re.compile(
        r"(?:私|自分|僕|俺|わし|社長|代表|役員|家族|妻|夫|嫁|パート(?:さん)?|アルバイト|バイト|派遣)"
        r"(?:も|を|まで)?(?:入れて?|含めて?|含み|あわせて?)(?:も|、)?(?:全部で|総勢|合計)?"
        + _PEOPLE
    ),
    re.compile(
        r"(?:従業員|社員|スタッフ|職人|働き手|人数|総勢|パート(?:さん)?(?:も|を)(?:入れ|含め)て?)"
        rf"{ABOUT}({NUMBER}) ?(?:人|名|にん)"
    ),
    re.compile(
        rf"({NUMBER}) ?(?:人|名)(?:ほど|くらい|ぐらい|規模|程度|体制|だけ)?(?:の|で)"
        r"(?:小さな)?(?:会社|町工場|工場|企業|事務所|所帯|工房|職場|店|スタートアップ|やって|経営|ベンチャー)"
    ),
    re.compile(rf"従業員({NUMBER})(?:人|名)?"),
    re.compile(
        _PEOPLE + r"(?:ほど|くらい|ぐらい|あまり|規模|程度|足らず|弱|強)?"
        r"(?:の(?:社員|従業員|スタッフ|職人|農園|農業法人|蔵|酒蔵|旅館|製作所|組合|法人|チーム|小所帯|零細|個人商店|町の)"
        r"|を?(?:雇|抱え)|で(?:営|切り盛り|回し|立ち上げ|創業|起業|始め|操業))"
    ),
    re.compile(
        r"(?:夫婦|家族|親子|兄弟|姉妹|仲間|(?:妻|夫|嫁|息子|娘|友人|弟|兄|母|父)(?:と|の|との))"
        + _PEOPLE
        + r"(?:だけ)?で"
    ),
)
_CAPITAL: Final = re.compile(rf"資本金(?:の額)?{ABOUT}({NUMBER}) ?(円)?")
_MONEY: Final = re.compile(rf"({NUMBER}) ?(円)|({NUMBER}[万億])(?![0-9人名件個枚回台本社部票超])")
_YEARS_PAID: Final = re.compile(
    rf"({NUMBER}) ?年(?:分|目)(?:まで)?(?:は|を|の)?(?:納|払|支払|おさめ)"
)
_HAS_OFFICE: Final = re.compile(
    "日本(?:支社|支店|法人|の(?:支社|支店|営業所|子会社)"
    "|に(?:住所|支店|支社|営業所|拠点)(?!(?:が|は)(?:な|あり?ませ)))"
)
"""An address in Japan: the periods of people living here hold for a firm from abroad."""

NOT_SHOWN: Final = (
    "asker",
    "asker_said",
    "event",
    "event_date",
    "stated_date",
    "receipt_only",
    "ends_on",
    "disclosed_on",
    "days",
    "variant",
    "years_paid",
    "abroad",
)
"""Facts that the rules use and the public ``entities`` do not carry."""

DAY_FACTS: Final = ("event_date", "stated_date", "receipt_only", "ends_on", "disclosed_on")
"""Facts that follow from the days told and from the event they belong to."""


class DateFact(BaseModel):
    """A day the message names; ``date`` is null where the words do not say which."""

    model_config = ConfigDict(frozen=True)

    date: date | None
    text: str


class Facts(BaseModel):
    """What is known of one inquiry, over one or several messages."""

    model_config = ConfigDict(frozen=True)

    prefecture: str | None = None
    city: str | None = None
    countries: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    company_kind: str | None = None
    company_size: str | None = None
    employees: int | None = None
    capital_yen: int | None = None
    money_yen: int | None = None
    dates: tuple[DateFact, ...] = ()
    programmes: tuple[str, ...] = ()
    asker: str | None = None
    asker_said: bool = False
    event: str | None = None
    event_date: date | None = None
    stated_date: date | None = None
    receipt_only: bool = False
    ends_on: date | None = None
    disclosed_on: date | None = None
    days: tuple[RoledDay, ...] = ()
    variant: str | None = None
    years_paid: int | None = None
    abroad: bool = False

    @property
    def large(self) -> bool:
        """Whether the company is no client of the prefecture desks (R9)."""
        return self.asker == "large" or self.company_size == "large"

    def entities(self) -> dict[str, Any]:
        """The ``entities`` object of the public contract (ARCHITECTURE §5)."""
        return self.model_dump(exclude=set(NOT_SHOWN))


def read_facts(understanding: Understanding, signals: Signals, *, today: date) -> Facts:
    """The facts of one message."""
    text = normalise(understanding.text)
    employees = _employees(text)
    found = find_dates(text, today=today)
    asker = who_asks(understanding, text, signals, employees)
    years = _YEARS_PAID.search(text)
    days = read_roles(text, found, today=today)
    event = event_of(signals.events, days, text)
    variant = variant_of(event, text) if event else None
    return Facts(
        **company_place(understanding, text),
        countries=understanding.values("country"),
        rights=_rights(understanding, text),
        company_kind=asker.known,
        company_size=size_of_company(asker.known, employees),
        employees=employees,
        **_amounts(text),
        dates=tuple(
            DateFact(date=one.date if one.precision == "day" else None, text=one.text)
            for one in found
        ),
        programmes=understanding.values("programme"),
        asker=asker.kind,
        asker_said=asker.said,
        event=event,
        years_paid=parse_number(years[1]) if years else None,
        abroad=signals.abroad or (asker.kind == "foreign" and not _HAS_OFFICE.search(text)),
        days=days,
        variant=variant,
        **settle(event, days, variant=variant, at=signals.event_at),
    )


def merge(earlier: Facts | None, later: Facts) -> Facts:
    """Both messages' facts: what was said later wins, lists are joined, a day finds its event."""
    if earlier is None:
        return later
    said = later.model_dump()
    values: dict[str, Any] = {
        key: getattr(earlier, key) if value is None else value for key, value in said.items()
    }
    for key in ("countries", "programmes", "dates", "days"):
        values[key] = tuple(dict.fromkeys((*getattr(earlier, key), *getattr(later, key))))
    values["rights"] = later.rights or earlier.rights
    if earlier.asker_said and not later.asker_said:
        values["asker"] = earlier.asker
    values["asker_said"] = earlier.asker_said or later.asker_said
    values["abroad"] = earlier.abroad or later.abroad
    return Facts.model_validate(values | _joined_days(earlier, later))


def _joined_days(earlier: Facts, later: Facts) -> dict[str, Any]:
    """What both messages say of days; one read again, or without days, changes nothing."""
    before = {key: getattr(earlier, key) for key in DAY_FACTS}
    now = {key: getattr(later, key) for key in DAY_FACTS}
    if later.event not in {None, earlier.event}:
        if earlier.event is None and not later.days:
            now |= settle(later.event, earlier.days, variant=later.variant)
        return now | {"disclosed_on": now["disclosed_on"] or before["disclosed_on"]}
    if set(later.days) <= set(earlier.days):
        return before if earlier.days or not later.event_date else now
    if later.event is None:
        now = settle(earlier.event, later.days, variant=earlier.variant, answering=True)
    joined = {key: now[key] or before[key] for key in DAY_FACTS}
    joined["receipt_only"] = joined["receipt_only"] and joined["event_date"] is None
    return joined


def _employees(text: str) -> int | None:
    for pattern in _EMPLOYEES:
        match = pattern.search(text)
        if match:
            return parse_number(match[1])
    return None


def _amounts(text: str) -> Mapping[str, int | None]:
    capital = None
    match = _CAPITAL.search(text)
    if match and (match[2] or re.search(r"[千万億]", match[1])):
        capital = parse_number(match[1])
        text = text[: match.start()] + text[match.end() :]
    money = _MONEY.search(text)
    return {
        "capital_yen": capital,
        "money_yen": parse_number(money[1] or money[3]) if money else None,
    }


def _rights(understanding: Understanding, text: str) -> tuple[str, ...]:
    """The rights named; words that mean one of them count where none is named."""
    named = understanding.values("right")
    if named:
        return named
    folded = fold(text)
    return tuple(right for right, words in RIGHT_WORDS.items() if words.search(folded))
