"""Reads a content folder and runs every check over it; nothing is raised, all is told at once."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from knowledge.articles import service as articles
from knowledge.articles.entry import Article
from knowledge.catalogue import Catalogue
from knowledge.content_lint import dates, references, texts
from knowledge.content_lint.findings import Content, Finding
from knowledge.content_store.exchange import to_yaml
from knowledge.content_store.files import Located, read_yaml
from knowledge.desks import service as desks
from knowledge.desks.prefectures import read_prefectures
from knowledge.errors import ContentError
from knowledge.programmes import service as programmes
from knowledge.programmes.entry import Programme
from knowledge.vocabulary import NEEDS, TOPICS

MINIMUM_ARTICLES = 150
PREFECTURES = tuple(f"{number:02}" for number in range(1, 48))
KANSAI = frozenset({"18", "25", "26", "27", "28", "29", "30"})

CHECKS = (
    references.file_names,
    references.article_places,
    references.known_words,
    references.known_ids,
    references.names_used_twice,
    dates.order,
    dates.review,
    dates.seen_on,
    texts.judgements,
    texts.contacts,
    texts.addresses,
    texts.statuses,
    texts.article_sizes,
)


def check(
    root: Path, *, today: date | None = None, minimum_articles: int = MINIMUM_ARTICLES
) -> list[Finding]:
    """Every error of a content folder, sorted by path and line.

    With ``today`` entries whose day of review has come are told too.
    """
    kinds = (programmes.shipped(root=root), articles.shipped(root=root), desks.shipped(root=root))
    found = [problem for reading in kinds for problem in reading.problems]
    wording, broken = _wording(root)
    allowed, unreadable = _contacts(root)
    found += [*broken, *unreadable, *_prefectures(root)]
    content = Content(
        root=root,
        programmes=kinds[0].found,
        articles=kinds[1].found,
        desks=kinds[2].found,
        wording=wording,
        contacts=allowed,
    )
    for rule in CHECKS:
        found += rule(content)
    found += _coverage(content, minimum_articles)
    if today is not None:
        found += dates.overdue(content, today)
    return sorted(dict.fromkeys(found), key=lambda f: (str(f.path), f.line or 0, f.message))


def entry_findings(entry: Article | Programme, catalogue: Catalogue) -> list[Finding]:
    """Every error of one entry as it would stand among those of the catalogue."""
    with TemporaryDirectory() as folder:
        root, others = Path(folder), Path(folder, "others.yml")
        others.touch()
        article = isinstance(entry, Article)
        place = f"articles/{entry.topic}" if isinstance(entry, Article) else "programmes"
        own = root / place / f"{entry.id}.yml"
        own.parent.mkdir(parents=True)
        own.write_text(to_yaml(entry), encoding="utf-8")
        content = Content(
            root=root,
            programmes=_located(catalogue.programmes, others, None if article else (own, entry)),
            articles=_located(catalogue.articles, others, (own, entry) if article else None),
            desks=_located(catalogue.desks, others, None),
            contacts=_contacts(catalogue.root)[0],
        )
        found = [finding for rule in CHECKS for finding in rule(content)]
    return [finding for finding in dict.fromkeys(found) if finding.path == own]


def _located(
    entries: Iterable[Any], others: Path, changed: tuple[Path, Any] | None
) -> tuple[Located[Any], ...]:
    found = {entry.id: Located(others, entry) for entry in entries}
    if changed is not None:
        found[changed[1].id] = Located(*changed)
    return tuple(found.values())


def _wording(root: Path) -> tuple[tuple[tuple[Path, dict[str, object]], ...], list[Finding]]:
    good: list[tuple[Path, dict[str, object]]] = []
    bad: list[Finding] = []
    for path in sorted((root / "wording").glob("*.yml")):
        data, problems = read_yaml(path)
        bad += problems
        if isinstance(data, dict):
            good.append((path, data))
        elif data is not None:
            bad.append(Finding(path, 1, "「項目: 文」の形で書いてください。"))
    return tuple(good), bad


def _contacts(root: Path) -> tuple[frozenset[str], list[Finding]]:
    path = root / "contacts.yml"
    if not path.exists():
        return frozenset(), []
    data, problems = read_yaml(path)
    bad = list(problems)
    allowed: set[str] = set()
    for number, item in enumerate(data if isinstance(data, list) else ()):
        if isinstance(item, dict) and all(item.get(k) for k in ("value", "as_of", "source")):
            allowed.add(str(item["value"]))
        else:
            bad.append(Finding(path, None, f"{number + 1}番目に value、as_of、source が要ります。"))
    return frozenset(allowed), bad


def _prefectures(root: Path) -> Iterator[Finding]:
    path = root / "prefectures.yml"
    try:
        known = read_prefectures(root)
    except ContentError as error:
        yield Finding(path, None, f"都道府県の一覧を読めません: {error}")
        return
    if tuple(p.jis for p in known) != PREFECTURES:
        yield Finding(path, None, "都道府県は、JISコード01から47までを順に並べてください。")
    if {p.jis for p in known if p.kansai_desk} != KANSAI:
        yield Finding(path, None, "kansai_desk は福井・滋賀・京都・大阪・兵庫・奈良・和歌山です。")


def _coverage(content: Content, minimum: int) -> Iterator[Finding]:
    folder = content.root / "articles"
    entries = [located.entry for located in content.articles]
    if len(entries) < minimum:
        yield Finding(folder, None, f"記事が{len(entries)}件です。{minimum}件以上にしてください。")
    topics = {topic for article in entries for topic in article.topics}
    needs = {need for article in entries for need in article.needs}
    for word in (w for w in TOPICS if w not in topics):
        yield Finding(folder, None, f"話題「{word}」に答える記事がありません。")
    for word in (w for w in NEEDS if w not in needs):
        yield Finding(folder, None, f"用件「{word}」に答える記事がありません。")
