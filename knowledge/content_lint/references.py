"""Checks ids: their form, their files, that what they point to exists, and names used twice."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from knowledge.content_lint.findings import Content, Finding, at
from knowledge.content_store.files import Located
from knowledge.text import fold
from knowledge.vocabulary import ASKERS, NEEDS, TOPICS

ID_FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def file_names(content: Content) -> Iterator[Finding]:
    """The id is the file name, in small Latin letters; no id is used twice."""
    for located in content.entries:
        id_ = located.entry.id
        if located.path.stem != id_:
            told = f"id「{id_}」とファイル名「{located.path.stem}」を同じにしてください。"
            yield at(located.path, "id", told)
        if not ID_FORM.fullmatch(id_):
            told = f"id「{id_}」は英小文字と数字を - でつないでください。"
            yield at(located.path, "id", told)
    for kind in (content.programmes, content.articles, content.desks):
        yield from _twice(kind)


def article_places(content: Content) -> Iterator[Finding]:
    """An article lies in the folder of its topic and its id begins with the topic."""
    for path, article in ((a.path, a.entry) for a in content.articles):
        if path.parent.name != article.topic:
            told = f"topicは「{article.topic}」、フォルダーは「{path.parent.name}」です。"
            yield at(path, "topic", told)
        prefix = article.topic.replace("_", "-") + "-"
        if not article.id.startswith(prefix):
            yield at(path, "id", f"idは「{prefix}」で始めてください。")


def known_words(content: Content) -> Iterator[Finding]:
    """Topics, needs and askers are those of the vocabulary."""
    both: tuple[Located[Any], ...] = (*content.programmes, *content.articles)
    for located in both:
        entry = located.entry
        yield from _unknown(located, "topic", "話題", entry.topics, TOPICS)
        yield from _unknown(located, "needs", "用件", entry.needs, NEEDS)
        yield from _unknown(located, "askers", "相談者", entry.askers, ASKERS)


def known_ids(content: Content) -> Iterator[Finding]:
    """Desks, programmes and successors that are named exist."""
    for located in content.programmes:
        entry = located.entry
        desks = [id_ for id_ in (entry.desk, *entry.other_desks) if id_]
        yield from _unknown(located, "desk", "窓口", desks, content.desk_ids)
        if entry.successor == entry.id:
            yield at(located.path, "successor", "successorが自分自身を指しています。")
        elif entry.successor:
            yield from _unknown(
                located, "successor", "後継の施策", [entry.successor], content.programme_ids
            )
    for article in content.articles:
        desks = [article.entry.desk] if article.entry.desk else []
        yield from _unknown(article, "desk", "窓口", desks, content.desk_ids)
        yield from _unknown(
            article, "programmes", "施策", article.entry.programmes, content.programme_ids
        )


def names_used_twice(content: Content) -> Iterator[Finding]:
    """One name leads to one programme; a programme and its successor may share old names."""
    owners: dict[str, Located[Any]] = {}
    heirs = {p.entry.id: p.entry.successor for p in content.programmes}
    for located in content.programmes:
        for name in dict.fromkeys((located.entry.name, *located.entry.aliases)):
            other = owners.setdefault(fold(name), located)
            ours, theirs = located.entry.id, other.entry.id
            if ours == theirs or heirs.get(ours) == theirs or heirs.get(theirs) == ours:
                continue
            yield at(located.path, "aliases", f"呼び名「{name}」は「{theirs}」にもあります。")


def _twice(kind: Iterable[Located[Any]]) -> Iterator[Finding]:
    seen: dict[str, Located[Any]] = {}
    for located in kind:
        first = seen.setdefault(located.entry.id, located)
        if first is not located:
            yield at(located.path, "id", f"id「{located.entry.id}」は {first.path} にもあります。")


def _unknown(
    located: Located[Any], key: str, kind: str, given: Iterable[str], known: Iterable[str]
) -> Iterator[Finding]:
    names = frozenset(known)
    for word in given:
        if word not in names:
            yield at(located.path, key, f"{kind}「{word}」はありません。つづりを確かめてください。")
