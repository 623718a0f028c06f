"""Says everything that is wrong with the language data at once, path first, in plain Japanese.

It refuses nothing itself: ``madoguchi data check`` and the tests turn findings into a refusal.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from knowledge.content_store.files import CONTENT_DIR, Problem
from knowledge.training import heldout as held
from knowledge.training import lint_labels as labels
from knowledge.training import lint_overlap as overlap
from knowledge.training import lint_texts as texts
from knowledge.training.heldout import heldout_hash
from knowledge.training.lint_names import check_names
from knowledge.training.registry import Registry, read_registry
from knowledge.training.sentences import Sentence, SentenceFile, read_sentences

__all__ = ["HELDOUT_PER_REGISTER", "Finding", "check", "heldout_hash"]

Finding = Problem
"""``path``, ``line`` (from 1 or ``None``), ``message``; as text ``path:line: message``."""

HELDOUT_PER_REGISTER = 40
"""The fewest held-out sentences of each register: fewer would make its score a guess."""

WORDLESS = frozenset({"smalltalk", "out_of_scope", "affirm", "deny", "ask_why"})
"""Intents a visitor may express by signs alone (👍, ???)."""


def check(
    roots: Iterable[Path], *, heldout_per_register: int = HELDOUT_PER_REGISTER
) -> list[Finding]:
    """Every error of the shipped language data and its overlays, sorted by path and line."""
    roots = list(roots)
    registry, found = read_registry(roots)
    train, unread = read_sentences(roots, "train")
    heldout, unread_heldout = read_sentences(roots, "heldout")
    findings = [*found, *unread, *unread_heldout, *check_names(roots)]
    findings += _sentences(registry, [*train, *heldout])
    learned, judged = _all(train), _all(heldout)
    findings += labels.minimums(registry, learned, judged)
    findings += labels.registers(registry, judged, heldout_per_register)
    findings += _overlaps(learned, judged)
    findings += held.unrecorded_changes(roots)
    findings += held.misses(roots, judged)
    return sorted(dict.fromkeys(findings), key=lambda f: (str(f.path), f.line or 0, f.message))


def _sentences(registry: Registry, files: Sequence[SentenceFile]) -> Iterator[Finding]:
    sentences = _all(files)
    yield from labels.files(files, registry)
    yield from labels.words(sentences)
    yield from labels.belonging(sentences)
    yield from labels.of_the_part(sentences, _desks())
    yield from texts.markup(sentences)
    yield from texts.readable(sentences, WORDLESS)
    yield from texts.personal_data(sentences, texts.public_contacts())


def _overlaps(train: Sequence[Sentence], heldout: Sequence[Sentence]) -> Iterator[Finding]:
    yield from overlap.repeated(train)
    yield from overlap.nearly_repeated(train)
    yield from overlap.repeated(heldout)
    yield from overlap.leaked(train, heldout)


def _all(files: Iterable[SentenceFile]) -> list[Sentence]:
    return [sentence for file in files for sentence in file.sentences]


def _desks() -> frozenset[str]:
    return frozenset(path.stem for path in (CONTENT_DIR / "desks").glob("*.yml"))
