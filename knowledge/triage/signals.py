"""Decides which named signals a text carries; knows no desk, no topic and no classifier.

The expressions are reviewed data (``knowledge/content/signals.yml``). A text is matched in a folded
form: normalised, lower case, katakana as hiragana, blanks between Japanese characters removed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import ContentError
from knowledge.text import normalise

SIGNALS_FILE = Path(__file__).parent.parent / "content" / "signals.yml"

_WORD = re.compile(r"<([a-z_]+)>")
_KEYS = frozenset({"rule", "any", "all", "not", "needs", "needs_any", "programmes"})
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


@dataclass(frozen=True, slots=True)
class Folded:
    """The form that is matched, and where each of its characters stands in the normalised text."""

    text: str
    offsets: tuple[int, ...]

    def original(self, at: int) -> int:
        """The offset in the normalised text of one character of the folded one."""
        return self.offsets[at] if at < len(self.offsets) else (self.offsets or (0,))[-1]


@dataclass(frozen=True, slots=True)
class Expression:
    """One entry of the file, ready to match."""

    name: str
    rule: str = ""
    any: tuple[re.Pattern[str], ...] = ()
    all: tuple[re.Pattern[str], ...] = ()
    unless: tuple[re.Pattern[str], ...] = ()
    needs: frozenset[str] = frozenset()
    needs_any: frozenset[str] = frozenset()
    programmes: tuple[str, ...] = ()

    def found_at(self, text: str, known: frozenset[str]) -> int | None:
        """Where it first matches, or ``None``; 0 where only other signals carry it."""
        if not self.needs <= known or any(one.search(text) for one in self.unless):
            return None
        if not all(one.search(text) for one in self.all):
            return None
        places = [match.start() for one in self.any if (match := one.search(text))]
        if places:
            return min(places)
        if self.needs_any & known:
            return 0
        return None if self.any or self.needs_any else 0


@dataclass(frozen=True, slots=True)
class Table:
    """The whole file: signals, reserved questions, events for the clocks, askers.

    ``says`` are people's own words of themselves, ``askers`` mentions that only hint at it.
    """

    signals: tuple[Expression, ...]
    reserved: tuple[Expression, ...]
    events: tuple[Expression, ...]
    askers: tuple[Expression, ...]
    abroad: Expression
    says: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Signals:
    """What one text shows.

    ``reserved`` are the kinds of judgement or drafting asked for; ``events`` the names of clocks,
    the most telling first; ``event_at`` where the first of them stands in the normalised text;
    ``said`` who asks in plain words, ``asker`` the same or the best hint.
    """

    names: frozenset[str] = frozenset()
    reserved: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    event_at: int | None = None
    asker: str | None = None
    said: str | None = None
    abroad: bool = False
    rules: Mapping[str, str] = field(default_factory=dict)
    programmes: tuple[tuple[str, str], ...] = ()
    """Programmes that belong to a signal: (programme id, signal)."""

    def has(self, *names: str) -> bool:
        """Whether any of these signals was found."""
        return not self.names.isdisjoint(names)


def fold_for_matching(text: str) -> Folded:
    """Lower case, hiragana, no blanks beside Japanese characters; offsets are kept."""
    plain = normalise(text)
    kept: list[tuple[str, int]] = []
    for at, char in enumerate(plain):
        if char in " \t" and _beside_japanese(plain, at):
            continue
        lowered = char.lower()
        kept.append((lowered if len(lowered) == 1 else char, at))
    folded = "".join(char for char, _ in kept).translate(_TO_HIRAGANA)
    return Folded(folded, tuple(at for _, at in kept))


def find_signals(text: str, *, table: Table | None = None) -> Signals:
    """Every signal of a text as typed."""
    table = table or shipped()
    folded = fold_for_matching(text)
    found = _names(table.signals, folded.text)
    known = frozenset(found)
    events = _events(table.events, folded.text, known)
    first = min(events.values(), key=lambda place: place[0])[1] if events else None
    said = next(iter(_names(table.says, folded.text)), None)
    return Signals(
        names=known,
        reserved=tuple(_names(table.reserved, folded.text)),
        events=tuple(events),
        event_at=None if first is None else folded.original(first),
        asker=said or next(iter(_names(table.askers, folded.text)), None),
        said=said,
        abroad=table.abroad.found_at(folded.text, known) is not None,
        rules={name: found[name].rule for name in found},
        programmes=tuple(
            (programme, name) for name, one in found.items() for programme in one.programmes
        ),
    )


def parse_table(raw: Mapping[str, Any]) -> Table:
    """Check the parsed YAML and compile it.

    Raises:
        ContentError: an unknown key, an unknown word or a broken expression, path first.
    """
    words = {name: _fold_pattern(text) for name, text in raw["words"].items()}
    words = {name: _expand(text, words, name) for name, text in words.items()}
    return Table(
        signals=_section(raw, "signals", words),
        reserved=_section(raw, "reserved", words),
        events=_section(raw, "events", words),
        askers=_askers(raw, "askers", words),
        abroad=_expression("abroad", {"any": raw["abroad"]}, words),
        says=_askers(raw, "says", words),
    )


@lru_cache(maxsize=1)
def shipped() -> Table:
    """The shipped table, compiled once."""
    return parse_table(yaml.safe_load(SIGNALS_FILE.read_text(encoding="utf-8")))


def _names(expressions: tuple[Expression, ...], text: str) -> dict[str, Expression]:
    found: dict[str, Expression] = {}
    for one in expressions:
        if one.found_at(text, frozenset(found)) is not None:
            found[one.name] = one
    return found


def _events(
    expressions: tuple[Expression, ...], text: str, known: frozenset[str]
) -> dict[str, tuple[int, int]]:
    """Event → (its rank in the file, its place in the folded text)."""
    found: dict[str, tuple[int, int]] = {}
    for rank, one in enumerate(expressions):
        at = one.found_at(text, known)
        if at is not None:
            found[one.name] = (rank, at)
    return found


def _beside_japanese(text: str, at: int) -> bool:
    around = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
    return any(ord(char) > 0x3000 for char in around)


def _section(raw: Mapping[str, Any], name: str, words: Mapping[str, str]) -> tuple[Expression, ...]:
    return tuple(
        _expression(f"{name}.{key}", entry or {}, words) for key, entry in raw[name].items()
    )


def _askers(raw: Mapping[str, Any], name: str, words: Mapping[str, str]) -> tuple[Expression, ...]:
    return tuple(
        _expression(f"{name}.{kind}", {"any": expressions}, words)
        for kind, expressions in raw.get(name, {}).items()
    )


def _expression(path: str, entry: Mapping[str, Any], words: Mapping[str, str]) -> Expression:
    unknown = set(entry) - _KEYS
    if unknown:
        raise ContentError(f"signals.yml {path}: 知らない項目です: {', '.join(sorted(unknown))}")

    def compiled(key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(_compile(path, text, words) for text in entry.get(key, ()))

    return Expression(
        name=path.rpartition(".")[2],
        rule=entry.get("rule", ""),
        any=compiled("any"),
        all=compiled("all"),
        unless=compiled("not"),
        needs=frozenset(entry.get("needs", ())),
        needs_any=frozenset(entry.get("needs_any", ())),
        programmes=tuple(entry.get("programmes", ())),
    )


def _compile(path: str, text: str, words: Mapping[str, str]) -> re.Pattern[str]:
    try:
        return re.compile(_expand(_fold_pattern(text), words, path), re.DOTALL)
    except re.error as error:
        raise ContentError(f"signals.yml {path}: 式が正しくありません: {error}") from error


def _fold_pattern(text: str) -> str:
    return text.translate(_TO_HIRAGANA)


def _expand(text: str, words: Mapping[str, str], path: str) -> str:
    def word(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise ContentError(f"signals.yml {path}: words にない語です: {match[1]}")
        return words[match[1]]

    return _WORD.sub(word, text)
