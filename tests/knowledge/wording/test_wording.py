"""Every sentence the code asks for exists, and none lies about unused."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from knowledge.errors import ContentError
from knowledge.wording import Wording, say
from knowledge.wording.service import WORDING_DIR

ROOT = Path(__file__).resolve().parents[3]
FILES = frozenset(path.stem for path in WORDING_DIR.glob("*.yml"))
KEY = re.compile(rf"(?:{'|'.join(sorted(FILES))})\.[a-z0-9_]+")
BEGINNING = re.compile(rf"(?:{'|'.join(sorted(FILES))})\.[a-z0-9_]*")
# Keys put together from a name that stands elsewhere: what the name may be is listed there.
NAMED_IN = {
    "triage.notice_": ("knowledge/triage", "knowledge/content/signals.yml"),
    "triage.reason_": ("knowledge/triage/routing",),
    "dialogue.": ("knowledge/conversations", "knowledge/content/small_talk.yml"),
    "dialogue.ask_": ("knowledge/conversations",),
    "dialogue.why_": ("knowledge/conversations",),
    "dialogue.programme_badge_": ("knowledge/programmes/entry.py",),
    "cases.state_": ("knowledge/cases/views.py", "knowledge/handoffs/views.py"),
    "cases.contact_": ("knowledge/cases/documents.py",),
    "handoff.survey_": ("knowledge/handoffs/telling.py",),
    "handoff.urgency_": ("knowledge/handoffs/announce.py",),
    "handoff.write_": ("knowledge/handoffs/visitor.py",),
    "line_chat.menu_": ("api/channels/line/richmenu.py",),
    "rights.": ("knowledge/vocabulary.py",),
    "topics.": ("knowledge/vocabulary.py",),
    "programmes.round_": ("knowledge/programmes/entry.py",),
}


def _sources() -> Iterator[Path]:
    for package in ("knowledge", "actions", "api"):
        yield from sorted((ROOT / package).rglob("*.py"))


@lru_cache(maxsize=1)
def asked() -> tuple[frozenset[str], frozenset[str]]:
    """Whole keys in the code, and the beginnings of keys put together from names."""
    whole, begun = set[str](), set[str]()
    for path in _sources():
        for text, complete in _strings(ast.parse(path.read_text(encoding="utf-8"))):
            if complete and KEY.fullmatch(text) and not text.endswith(".yml"):
                whole.add(text)
            elif not complete and BEGINNING.fullmatch(text):
                begun.add(text)
    return frozenset(whole), frozenset(begun)


def _strings(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every string of a module, and the first piece of every f-string (not complete)."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        if isinstance(first, ast.Constant):
            yield str(first.value), False
        for piece in node.values:
            if isinstance(piece, ast.FormattedValue):
                yield from _strings(piece.value)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value, True
    else:
        for child in ast.iter_child_nodes(node):
            yield from _strings(child)


@lru_cache(maxsize=1)
def shipped_keys() -> frozenset[str]:
    return Wording().keys()


def _words(place: str) -> frozenset[str]:
    path = ROOT / place
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return frozenset(
        word for f in files for word in re.findall(r"[a-z0-9_]+", f.read_text(encoding="utf-8"))
    )


def test_the_scan_finds_keys_at_all() -> None:
    whole, begun = asked()

    assert "errors.internal" in whole
    assert "topics." in begun


def test_every_key_asked_for_exists() -> None:
    whole, _ = asked()

    assert sorted(whole - shipped_keys()) == []


def test_every_beginning_has_keys_and_is_listed_here() -> None:
    _, begun = asked()

    assert sorted(begun - set(NAMED_IN)) == []
    assert [b for b in sorted(begun) if not any(k.startswith(b) for k in shipped_keys())] == []


def test_every_key_is_used() -> None:
    whole, begun = asked()
    unused = [key for key in sorted(shipped_keys() - whole) if not _named(key, begun)]

    assert unused == []


def _named(key: str, begun: frozenset[str]) -> bool:
    """Whether the rest of the key is a name that stands where such names come from."""
    for beginning in begun:
        rest = key.removeprefix(beginning)
        if rest == key:
            continue
        known = frozenset[str]().union(*(_words(place) for place in NAMED_IN[beginning]))
        # judgement_draft_application, false_premise_grip: the kind stands alone in the data.
        # menu_fees_text: what a button of the menu sends.
        kind = (
            rest.removeprefix("judgement_"),
            f"fp_{rest.removeprefix('false_premise_')}",
            rest.removesuffix("_text"),
        )
        if rest in known or not known.isdisjoint(kind):
            return True
    return False


def test_no_sentence_is_empty_and_no_key_stands_twice() -> None:
    for path in sorted(WORDING_DIR.glob("*.yml")):
        node = yaml.compose(path.read_text(encoding="utf-8"))
        assert isinstance(node, yaml.MappingNode)
        names = [key.value for key, _ in node.value]
        assert len(names) == len(set(names)), path.name
        assert all(value.value.strip() for _, value in node.value), path.name


def test_a_blank_is_filled() -> None:
    assert "90日" in say("opening.notice", days=90)


@pytest.mark.parametrize("key", ["errors.no_such", "nowhere.at_all", "errors"])
def test_an_unknown_key_is_an_error_naming_it(key: str) -> None:
    with pytest.raises(ContentError, match=key):
        say(key)


def test_a_missing_blank_is_an_error_naming_the_blank() -> None:
    with pytest.raises(ContentError, match="days"):
        say("opening.notice")


def test_a_folder_without_files_knows_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.yml").write_text("", encoding="utf-8")

    assert Wording(tmp_path).keys() == frozenset()
