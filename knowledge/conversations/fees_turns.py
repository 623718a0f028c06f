"""Decides whether a message or an answer concerns the fee form; says nothing."""

import re
from collections.abc import Mapping
from typing import Any, Final

from knowledge.conversations.fees_reading import QUESTION_OF, procedure_of
from knowledge.conversations.small_talk import korean
from knowledge.conversations.state import State, Turn
from knowledge.text import normalise
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import DESKLESS, DIALOGUE_INTENTS, NO_SUBJECT, TOPICS, WANTS

SHORT: Final = 24
"""Up to this many characters a message may be a word about the asking itself."""
LONGER: Final = 48
"""Up to this many characters facts alone are taken as told to the form."""
_AMOUNT: Final = re.compile(
    "いくら|なんぼ|いかほど|何円|料金|費用|値段|金額|安く|安な|やすく|3分の1|三分の一|半額|半分|まけ"
)
_PRICE: Final = re.compile(_AMOUNT.pattern + "|減免|軽減|免除|手数料|印紙代")
_SWITCH: Final = re.compile("だと|なら|の場合|のほう|の方|では|は[??]$|も$")
_CORRECTS: Final = re.compile(
    "やっぱり|やはり|訂正|まちが|間違|違って|じゃなく|ではなく|でなく|に直|に変"
)
_CANCEL: Final = re.compile(
    "(?:計算|料金|質問)?(?:を|は|も)?(?:やめ|中止|キャンセル|中断|もういい|もう結構|いらない|不要)"
)
_WHY: Final = re.compile("なぜ|なんで|どうして|何のため|なんのため|何に使")
_BACK: Final = re.compile("^(?:一つ|ひとつ|1つ)?(?:前|手前)(?:の質問)?に?(?:戻|もど)|^(?:戻|もど)")
_UNKNOWN: Final = re.compile(
    "(?:わか|分か|判)(?:ら(?!れ)|りま?せ|ん)|知らな|知りません|不明|未定|覚えて(?:い)?(?:な|ま)|決まって(?:い)?な|^さあ"
)
_NAMED: Final = (
    ("capital_yen", re.compile("資本金")),
    ("claims", re.compile("請求項")),
    ("classes", re.compile("区分")),
    ("employees", re.compile("従業員|社員|人数")),
    ("founded", re.compile("設立|創業|開業")),
    ("industry", re.compile("業種")),
    ("pages", re.compile("枚数|ページ数")),
    ("years", re.compile("何年分|年分")),
)
_RELATED: Final[Mapping[str, frozenset[str]]] = {
    "design": frozenset({"designs"}),
    "tradem": frozenset({"trademarks"}),
}
_PATENT: Final = frozenset({"patents", "overseas", "startups"})


def question_of(fact: str) -> str:
    """The question a fact answers."""
    return QUESTION_OF.get(fact, fact)


def answers(asking: str | None, found: Mapping[str, Any]) -> bool:
    """Whether the facts answer what was asked."""
    return asking is not None and any(question_of(key) == asking for key in found)


def needs_people(heard: Understanding) -> bool:
    """Distress, another language, a wish for a person: never taken by a form."""
    signals = find_signals(heard.text)
    if signals.has("distress_or_threat") or korean(heard.text):
        return True
    if signals.has("english_input") or signals.has("chinese_input"):
        return True
    return heard.sure and heard.topic in (*WANTS, "start_over")


def cancels(heard: Understanding) -> bool:
    """ "やめる"."""
    text = normalise(heard.text)
    return len(text) <= SHORT and _CANCEL.search(text) is not None


def asks_why(heard: Understanding) -> bool:
    """ "なぜ聞くの"."""
    text = normalise(heard.text)
    return len(text) <= SHORT and (heard.topic == "ask_why" or _WHY.search(text) is not None)


def goes_back(heard: Understanding) -> bool:
    """ "前の質問に戻る"."""
    text = normalise(heard.text)
    return len(text) <= SHORT and _BACK.search(text) is not None


def unknown_in(text: str, asking: str | None) -> tuple[str, ...]:
    """The questions a message says it cannot answer: those it names, else the one asked."""
    if not _UNKNOWN.search(text):
        return ()
    named = tuple(
        name
        for name, words in _NAMED
        if re.search(f"(?:{words.pattern})[^、。]{{0,8}}(?:{_UNKNOWN.pattern})", text)
    )
    if named or asking is None or len(text) > SHORT:
        return named
    return (asking,)


def belongs(
    heard: Understanding, found: Mapping[str, Any], *, known: Mapping[str, Any], asking: str | None
) -> bool:
    """Whether what was read is told to the form, and is not another inquiry with facts in it."""
    if answers(asking, found):
        return True
    new = {key: value for key, value in found.items() if known.get(key) != value}
    text = normalise(heard.text)
    if not new:
        return False
    if "procedure" in new and "procedure" in known:
        return bool(_AMOUNT.search(text) or (_SWITCH.search(text) and len(text) <= SHORT))
    if _CORRECTS.search(text) and len(text) <= LONGER:
        return True
    if _other_subject(heard, known) and (asking is None or len(text) > SHORT):
        return False
    return len(text) <= LONGER or bool(_AMOUNT.search(text))


def _other_subject(heard: Understanding, known: Mapping[str, Any]) -> bool:
    """Sure to be about a right that the price asked for is not about."""
    related = _RELATED.get(str(known.get("procedure"))[:6], _PATENT) | {"fee_reduction"}
    return heard.sure and heard.topic in TOPICS and heard.topic not in related


def could_be_answer(heard: Understanding) -> bool:
    """Whether a message that nothing was read from looks like an answer all the same."""
    text = normalise(heard.text)
    if len(text) > 15 or re.search("[??]|(?:です|ます)か", text):
        return False
    about = heard.topic in (*NO_SUBJECT, *DIALOGUE_INTENTS) or len(text) > 8
    return not (heard.sure and about)


def asks_price(before: State, turn: Turn) -> bool:
    """Whether a new inquiry was answered that is about money, with no clock running."""
    inquiry = turn.state.inquiry
    if inquiry is None or inquiry == before.inquiry or inquiry.judgement_or_drafting:
        return False
    if inquiry.topic in DESKLESS or inquiry.topic not in TOPICS:
        return False
    if any(part.type == "card" and part.kind == "deadline" for part in turn.reply.parts):
        return False
    said = _PRICE.search(normalise(inquiry.text)) is not None
    return said or inquiry.topic == "fee_reduction" or inquiry.need == "cost"


def plainly_a_price(heard: Understanding) -> bool:
    """Whether the words ask for the price of a procedure, although no subject was recognised."""
    recognised = heard.sure and heard.topic in TOPICS
    text = normalise(heard.text)
    named = procedure_of(text) is not None and _AMOUNT.search(text) is not None
    return named and not recognised and not needs_people(heard)


def wants_sheet(inquiry: Understanding, known: Mapping[str, Any]) -> bool:
    """Whether the amount itself is asked for, of a procedure we can price."""
    if "procedure" not in known:
        return False
    return inquiry.need == "cost" or _AMOUNT.search(normalise(inquiry.text)) is not None
