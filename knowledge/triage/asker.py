"""Decides who asks: what people say of themselves, then a marked kind, then the bot's guess.

A guess that the words contradict is dropped; it never becomes a kind or a size of company.
"""

import re
from typing import Final, NamedTuple

from knowledge.text import fold
from knowledge.triage.signals import Signals
from knowledge.triage.understanding import Entity, Understanding
from knowledge.vocabulary import ASKERS

MID_FROM: Final = 301
"""More employees than this line of manufacturing: above the SME line (DOMAIN §9: ``mid``)."""
LARGE_FROM: Final = 2_001
SMALL_TO: Final = 5
"""Small in every trade; up to 20 it depends on the trade (DOMAIN §2), so it is not said."""
ALONE_TO: Final = 20
"""A person working for herself has no more people than this."""

_SAID_OF_ONESELF: Final = frozenset({"sole", "sme", "founder", "mid"})
"""Kinds that people name for themselves; 「大学」 or 「弁理士」 is mostly the other side."""
_IT_IS_US: Final = re.compile(
    r"^(?:です|でござ|だ|なん|の(?:者|(?:職員|担当者?|社員|知財|法務|教員|研究者)(?:です|で|と))|をして|として|に勤|で働|。|$)"
)
_ANY_HOUSE: Final = re.compile("当社|弊社|わが社|我が社|うち|会社$|私ども|農協|組合|JA|漁協")
"""Marked words that everybody uses of a house, or that are mostly named as somebody else."""
_SOMEBODY_ELSE: Final = re.compile(
    r"(?:クライアント|支援先|顧問先|取引先|融資先|相手(?:方)?|地域|管内|[市町村県]内|ライバル|競合|同業|他|別|近所)"
    r"(?:の|は|が|から)$"
)
_NOT_ME: Final = re.compile(
    r"^(?:診断士|キャピタル|庁|支援|団体|基盤|等?(?:向け|限定)|から|に(?:警告|訴え)|と(?:共同|共有|契約|組)"
    r"|が(?:真似|まね|勝手)|でも(?:行われ|使われ))"
)

_COMPANY_VOICE: Final = re.compile(
    "当社|弊社|わが社|我が社|うちの(?:会社|製品|商品|店|工場|社員|技術)"
)
_PUBLIC_VOICE: Final = re.compile(
    "職員|役場|役所|[県府都道]庁|自治体|行政|管内|[市町村県域]内|[市町村県]民|産業振興|地域|議会|条例"
    "|[市町村]長|知事|わが[市町村]|[市町村県]として"
)
_FOREIGN_VOICE: Final = re.compile(
    r"海外|外国|外資|日本(?:法人|支社|支店|で|の|に)|在外|\b(?:the|our|company|apply|Japan)\b"
)
_OLD_HOUSE: Final = re.compile(
    "老舗|[0-9一二三四五六七八九十]+代目|先代|町工場|大企業(?:です|の知財|の法務)|大手(?:で|の知財|の法務)|(?:創業|設立)(?:から)?[0-9一二三四五六七八九十百]{2,}年"
)
_NO_COMPANY: Final = frozenset({"municipality", "university", "attorney", "individual"})


class Asker(NamedTuple):
    """Who asks; ``said`` where the words tell it; ``known`` is what a company kind may be."""

    kind: str | None
    said: bool
    known: str | None


def who_asks(
    understanding: Understanding, text: str, signals: Signals, employees: int | None
) -> Asker:
    """Own words beat a marked kind, a marked kind beats the guess, the guess beats a mention."""
    counted = _size_of(employees) if employees is not None else None
    marked = _marked(understanding, text)
    told = signals.said or marked
    if told in {None, "sme"} and counted in {"mid", "large"}:
        told = counted
    if told is not None:
        return Asker(told, signals.said is not None or told == counted, told)
    hint = signals.asker or counted
    guess = understanding.asker
    if guess is not None and not _contradicted(guess, understanding, text, signals, employees):
        return Asker(guess, False, hint)
    return Asker(hint, False, hint)


def size_of_company(known: str | None, employees: int | None) -> str | None:
    """The size that was said; a guess gives none."""
    if employees is not None:
        return "small" if employees <= SMALL_TO else _size_of(employees)
    if known == "sole":
        return "small"
    return known if known in {"sme", "mid", "large"} else None


def _size_of(employees: int) -> str:
    return "sme" if employees < MID_FROM else "mid" if employees < LARGE_FROM else "large"


def _marked(understanding: Understanding, text: str) -> str | None:
    for one in understanding.entities:
        if one.kind == "company_kind" and one.value in ASKERS and _own(one, text):
            return one.value
    return None


def _own(one: Entity, text: str) -> bool:
    after = text[one.end : one.end + 8]
    if _SOMEBODY_ELSE.search(text[max(0, one.start - 8) : one.start]) or _NOT_ME.match(after):
        return False
    if _IT_IS_US.match(after) and not re.match("当社|弊社|うち", one.text):
        return True
    return one.value in _SAID_OF_ONESELF and not _ANY_HOUSE.search(one.text)


def _contradicted(
    guess: str,
    understanding: Understanding,
    text: str,
    signals: Signals,
    employees: int | None,
) -> bool:
    """Whether the words speak against the guess, or lack what such an asker would say."""
    if employees is not None and guess in {"mid", "large", "individual"}:
        return True
    if guess == "sole":
        return employees is not None and employees > ALONE_TO
    if guess in _NO_COMPANY and _COMPANY_VOICE.search(text):
        return True
    if guess == "municipality":
        return signals.has("municipal_grant") or not _PUBLIC_VOICE.search(text)
    if guess == "foreign":
        named = bool(understanding.values("country"))
        return not named and not _FOREIGN_VOICE.search(text)
    return guess == "founder" and bool(_OLD_HOUSE.search(text) or _OLD_HOUSE.search(fold(text)))
