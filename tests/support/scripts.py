"""Played conversations: reads a script (YAML), plays it on the product, checks each answer.

A script has ``title``, maybe ``prefecture``, and ``turns``; ``known_miss: why`` marks one that does
not play yet, and fails as soon as it does. A turn has ``say`` or ``choose`` (part
of the label of a choice offered before) and ``expect`` with any of:

``topic``     word in 「…」 of the line that says what was understood
``contains``  each of these is shown; ``any_of``: at least one; ``never``: none
``cards``     kinds of card that are there; ``desk``: part of the text of a desk card
``choices``   labels offered; ``withheld``: the text was stopped before it was stored
``status``    HTTP status of a refusal; then ``contains`` looks at its Japanese detail

What no answer may ever do is checked for every turn of every script (``house_rules``).
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.product import Json, Product, Talk, cards, choices, shown

FORBIDDEN = (
    "登録できます",
    "特許が取れます",
    "侵害です",
    "侵害しています",
    "侵害ではありません",
    "似ています",
    "似ていません",
    "間に合います",
    "該当します",
    "勝てます",
    "対象です",
    "問題ありません",
    "無視してください",
    "無視して構いません",
    "期限は大丈夫",
)
"""Judgements of the single case (DOMAIN.md §6); never said to a visitor."""
SCRIPT_KEYS = {"title", "prefecture", "turns", "known_miss"}
KEYS = {
    "topic",
    "contains",
    "any_of",
    "never",
    "cards",
    "desk",
    "choices",
    "withheld",
    "status",
}
GAVE_UP = "分かりません"


def load_scripts(folder: Path) -> list[Path]:
    """The scripts of one folder."""
    return sorted(folder.glob("*.yml"))


def play(product: Product, path: Path) -> Talk:
    """Play one script; AssertionError names the turn and what was shown."""
    script: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(script) <= SCRIPT_KEYS, f"unknown keys in {path.name}"
    reason = script.get("known_miss")
    try:
        talk = _play_turns(product, path, script)
    except AssertionError:
        if reason:
            pytest.xfail(str(reason))
        raise
    assert not reason, f"{path.name} plays as written now: remove known_miss"
    return talk


def _play_turns(product: Product, path: Path, script: dict[str, Any]) -> Talk:
    talk = product.talk(script.get("prefecture"))
    before = ""
    for number, turn in enumerate(script["turns"], start=1):
        expect = turn.get("expect", {})
        assert set(expect) <= KEYS, f"unknown keys in {path.name}: {set(expect) - KEYS}"
        before = _play_turn(talk, turn, expect, before, f"{path.stem} turn {number}")
    return talk


def _play_turn(talk: Talk, turn: Json, expect: Json, before: str, where: str) -> str:
    if "status" in expect:
        response = talk.post(text=turn["say"])
        assert response.status_code == expect["status"], f"{where}: {response.text}"
        _check_words(expect, response.text, f"{where}: {response.text}")
        return before
    replies = talk.choose(turn["choose"]) if "choose" in turn else talk.say(turn["say"])
    words = shown(replies)
    said = f"{where}: {turn.get('say') or turn.get('choose')}\n--- shown\n{words}"
    house_rules(replies, said)
    assert not (GAVE_UP in before and GAVE_UP in words), f"{said}\n--- gave up twice in a row"
    _check_words(expect, words, said)
    _check_parts(expect, replies, said)
    _check_withheld(talk, expect, replies, said)
    return words


def house_rules(replies: list[Json], said: str) -> None:
    """What holds for every answer: something is said, nothing is judged, no stray markup."""
    words = shown(replies)
    assert words.strip(), f"{said}\n--- nothing was said"
    bad = [phrase for phrase in FORBIDDEN if _asserted(phrase, words)]
    assert not bad, f"{said}\n--- judges the single case: {bad}"
    assert not re.search(r"\{\w*\}|None|<[a-z/]|\*\*|null", words), f"{said}\n--- raw text shown"
    for source in [source for reply in replies for source in reply["sources"]]:
        assert source["title"], f"{said}\n--- a source without a title"
        assert source["confirmed"] in (True, False), f"{said}\n--- confirmed or not is not said"
    for card in cards(replies):
        assert all(link["url"].startswith(("https://", "tel:")) for link in card["links"]), said


def _asserted(phrase: str, words: str) -> bool:
    """The phrase stands as a statement: a question or a quotation of it is no judgement."""
    return re.search(rf"{phrase}(?!か|とは|」|と(?:は)?(?:言|い)え)", words) is not None


def _check_words(expect: Json, words: str, said: str) -> None:
    for wanted in expect.get("contains", ()):
        assert wanted in words, f"{said}\n--- is missing: {wanted}"
    some = expect.get("any_of", ())
    assert not some or any(wanted in words for wanted in some), f"{said}\n--- has none of {some}"
    for unwanted in expect.get("never", ()):
        assert unwanted not in words, f"{said}\n--- must not be there: {unwanted}"
    if topic := expect.get("topic"):
        told = (f"「{topic}」についてのご相談", f"先に「{topic}」から")
        assert any(line in words for line in told), f"{said}\n--- topic is not {topic}"


def _check_parts(expect: Json, replies: list[Json], said: str) -> None:
    kinds = {card["kind"] for card in cards(replies)}
    assert set(expect.get("cards", ())) <= kinds, f"{said}\n--- cards: {kinds}"
    if desk := expect.get("desk"):
        found = [str(card) for card in cards(replies, "desk")]
        assert any(desk in text for text in found), f"{said}\n--- desk cards: {found}"
    labels = [choice["label"] for choice in choices(replies)]
    for wanted in expect.get("choices", ()):
        assert any(wanted in label for label in labels), f"{said}\n--- offered: {labels}"


def _check_withheld(talk: Talk, expect: Json, replies: list[Json], said: str) -> None:
    message = talk.messages[-len(replies) - 1]
    stopped = bool(expect.get("withheld"))
    assert message["withheld"] is stopped, f"{said}\n--- withheld: {message['withheld']}"
    assert not (stopped and message["parts"]), f"{said}\n--- a stopped text came back"
