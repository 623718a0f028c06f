"""Checks what visitors read: no judgement of the single case, no unknown contact, not too long.

A maintainer may quote a forbidden phrase inside 「」 to say that it is not said.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.content_lint.findings import Content, Finding, at, texts_of
from knowledge.text import normalise

LONGEST_ANSWER = 500
LONGEST_POINT = 60
FEWEST_QUESTIONS = 3
MOST_QUESTIONS = 7

JUDGEMENTS = (
    *("登録できます", "登録になります", "特許になります", "特許が取れます"),
    *("侵害です", "侵害になります", "侵害にあたります", "侵害に当たります", "侵害していません"),
    *("似ています", "似ていません", "類似します", "類似しません"),
    *("間に合います", "該当します", "勝てます", "負けます", "問題ありません"),
    *("対象です", "対象になります", "対象となります"),
)
"""Phrases that would decide a visitor's own case (DOMAIN.md §6)."""

NOT_SHOWN = frozenset({"id", "aliases", "questions", "sources", "url"})
"""Keys whose texts are not our own words to a visitor."""

_QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』")
_PHONE = re.compile(r"(?<![0-9-])0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}(?![0-9])|0570-[0-9]{6}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_URL = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}(/[^\s<>\"、。，．「」（）]*)?", re.IGNORECASE)


def judgements(content: Content) -> Iterator[Finding]:
    """No shown text decides a single case."""
    for path, key, text in _shown(content):
        free = _QUOTED.sub("", _QUOTED.sub("", text))
        for phrase in JUDGEMENTS:
            if phrase in free:
                yield at(
                    path,
                    key,
                    f"「{phrase}」は個別の判断になります。「…の可能性があります」などに直してください。",
                )


def contacts(content: Content) -> Iterator[Finding]:
    """Phones and mail addresses in shown texts stand in ``contacts.yml``."""
    for path, key, text in _shown(content):
        plain = normalise(text)
        for value in (*_PHONE.findall(plain), *_MAIL.findall(plain)):
            if value not in content.contacts:
                yield at(path, key, f"連絡先「{value}」は contacts.yml にありません。")


def addresses(content: Content) -> Iterator[Finding]:
    """Web addresses are whole: http(s), a host, nothing of the sentence around them."""
    for located in content.entries:
        entry = located.entry
        urls = [(getattr(entry, "url", None), "url")]
        urls += [(source.url, "sources") for source in entry.sources]
        for url, key in urls:
            if url is not None and not _URL.fullmatch(url):
                yield at(located.path, key, f"アドレス「{url}」の形が正しくありません。")


def statuses(content: Content) -> Iterator[Finding]:
    """Whatever is not running says why; what runs needs no note."""
    for path, programme in ((p.path, p.entry) for p in content.programmes):
        if programme.status != "running" and programme.status_note is None:
            yield at(path, "status_note", "runningでないときは、理由（status_note）が要ります。")
        if programme.status == "running" and programme.status_note is not None:
            yield at(path, "status_note", "runningのときは、status_noteをnullにしてください。")


def article_sizes(content: Content) -> Iterator[Finding]:
    """Answers and points stay short; enough ways of asking; doubts are named."""
    for path, article in ((a.path, a.entry) for a in content.articles):
        if len(article.answer) > LONGEST_ANSWER:
            told = f"答えが{len(article.answer)}字です。{LONGEST_ANSWER}字までにしてください。"
            yield at(path, "answer", told)
        for point in article.points:
            if len(point) > LONGEST_POINT:
                yield at(
                    path, "points", f"「{point[:12]}…」は{LONGEST_POINT}字までにしてください。"
                )
        if not FEWEST_QUESTIONS <= len(article.questions) <= MOST_QUESTIONS:
            yield at(path, "questions", "質問の例は3つから7つにしてください。")
        if not article.unconfirmed and not any(s.confirmed for s in article.sources):
            told = "確認できた出典がないときは、まだ確認できていないことを書いてください。"
            yield at(path, "unconfirmed", told)


def _shown(content: Content) -> Iterator[tuple[Path, str, str]]:
    """Every text a visitor may read: file, top-level key, text."""
    for located in content.entries:
        data: dict[str, Any] = located.entry.model_dump(exclude=set(NOT_SHOWN))
        for key, value in data.items():
            yield from ((located.path, key, text) for text in texts_of(value))
    for path, wording in content.wording:
        for key, value in wording.items():
            yield from ((path, str(key), text) for text in texts_of(value))
