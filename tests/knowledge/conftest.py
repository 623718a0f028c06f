"""A tiny content folder that the linter accepts, to be spoiled by tests, and a fresh database."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine
from sqlmodel import SQLModel

from knowledge.content_store.files import CONTENT_DIR
from knowledge.database import make_engine
from knowledge.vocabulary import NEEDS, TOPICS
from tests.support.postgres import server

SOURCE = {"title": "特許庁 制度の案内", "url": "https://www.jpo.go.jp/a.html", "as_of": "2024-08"}
PLACED = {**SOURCE, "file": "001_719ab47a89941bc7.txt", "section": "1(1)", "confirmed": True}

PROGRAMME: dict[str, Any] = {
    "id": "ipas",
    "kind": "programme",
    "name": "知財アクセラレーションプログラム",
    "name_en": "IP Acceleration Program for Startups",
    "aliases": ["IPAS", "アイパス"],
    "category": "startups",
    "topics": ["startups"],
    "needs": ["strategy"],
    "askers": [],
    "operator": "特許庁",
    "offers": "スタートアップの知財戦略づくりを手伝います。",
    "audience": "創業期のスタートアップ",
    "conditions": None,
    "numbers": None,
    "desk": "inpit-chizai-sogo-madoguchi",
    "other_desks": [],
    "desk_basis": "stated",
    "contact": None,
    "url": "https://ipbase.go.jp/ipas/",
    "url_note": None,
    "status": "running",
    "status_note": None,
    "successor": None,
    "rounds": [],
    "sources": [PLACED],
    "reviewed_on": "2026-11-20",
    "review_on": "2027-03-15",
}
ARTICLE: dict[str, Any] = {
    "title": "拒絶理由通知が届いたとき",
    "questions": ["拒絶理由通知が来た", "審査官から手紙が届いた", "いつまでに返事を出すか"],
    "also": [],
    "needs": list(NEEDS),
    "askers": [],
    "answer": "通知書に書かれた期限が優先します。",
    "points": ["通知書の発送日"],
    "fence": None,
    "programmes": ["ipas"],
    "desk": None,
    "sources": [{**SOURCE, "confirmed": True}],
    "valid_from": "2026-11-20",
    "valid_to": None,
    "review_on": "2027-03-15",
    "unconfirmed": [],
}
DESK: dict[str, Any] = {
    "id": "inpit-chizai-sogo-madoguchi",
    "kind": "desk",
    "name": "INPIT知財総合支援窓口",
    "aliases": ["知財総合支援窓口"],
    "takes": "知的財産の困りごとを聞いて整理します。",
    "phone": None,
    "phone_as_of": None,
    "hours": None,
    "hours_as_of": None,
    "url": "https://chizai-portal.inpit.go.jp/",
    "address": None,
    "sources": [PLACED],
    "note": None,
    "reviewed_on": "2026-11-20",
    "review_on": "2027-03-15",
}


class ContentFolder:
    """Writes entries below ``root``; each call takes the keys that differ from a good entry."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def programme(self, **changes: Any) -> Path:
        return self._write("programmes", {**PROGRAMME, **changes})

    def desk(self, **changes: Any) -> Path:
        return self._write("desks", {**DESK, **changes})

    def article(self, topic: str = "patents", **changes: Any) -> Path:
        id_ = f"{topic.replace('_', '-')}-first"
        entry = {"id": id_, **ARTICLE, "topic": topic, **changes}
        return self._write(f"articles/{topic}", entry)

    def text(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def _write(self, folder: str, entry: dict[str, Any]) -> Path:
        text = yaml.safe_dump(copy.deepcopy(entry), allow_unicode=True, sort_keys=False)
        return self.text(f"{folder}/{entry['id']}.yml", text)


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    """An empty content folder."""
    return ContentFolder(tmp_path / "content")


@pytest.fixture
def good_folder(folder: ContentFolder) -> ContentFolder:
    """A folder in which the linter finds nothing (one article per topic)."""
    folder.programme()
    folder.desk()
    for topic in TOPICS:
        folder.article(topic)
    for name in ("prefectures.yml", "contacts.yml"):
        folder.text(name, (CONTENT_DIR / name).read_text(encoding="utf-8"))
    folder.text("wording/opening.yml", "greeting: こんにちは。\n")
    return folder


@pytest.fixture
def make_entry() -> Callable[..., dict[str, Any]]:
    """The keys of a good entry of a kind, with changes."""
    kinds = {"programme": PROGRAMME, "article": ARTICLE, "desk": DESK}

    def build(kind: str, **changes: Any) -> dict[str, Any]:
        return {**copy.deepcopy(kinds[kind]), **changes}

    return build


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database with all tables."""
    engine = make_engine(f"sqlite:///{tmp_path / 'product.db'}")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server for this run; skips where none can be had."""
    with server() as url:
        yield url
