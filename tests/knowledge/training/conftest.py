"""A tiny root of language data that the linter accepts, to be spoiled by tests."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.training.heldout import record
from knowledge.training.lint import Finding, check
from knowledge.training.registry import INTENTS
from knowledge.vocabulary import DIALOGUE_INTENTS, TOPICS, WANTS

GOOD = {
    "patents": "保温できる弁当箱のしくみを考えました。出願の流れを教えてください",
    "trademarks": "となり町に同じ屋号のパン屋ができて困っています",
    "designs": "椅子の背もたれの形を守る方法はありますか",
    "trade_secrets": "辞めた職人が配合表を持ち出したようです",
    "overseas": "ベトナムで商品名を先に取られていました",
    "startups": "創業二年目です。IPASに応募するには何が要りますか",
    "fee_reduction": "登録料はうちの規模だといくらになりますか",
    "patent_search": "J-PlatPatで公報の番号から探せますか",
    "e_filing": "電子証明書を新しくしたら送信でエラーになります",
    "university": "県立大の先生と一緒に実験した成果は、どちらのものですか",
    "contracts": "部品メーカーとの秘密保持契約で気をつける点は",
    "agriculture": "新しい柿の品種を登録したい",
    "other_ip": "サイトの写真を無断で使われました",
    "ip_management": "うちの強みを何から整理すればよいでしょうか",
    "human": "担当の人と話したい",
    "expert_session": "専門家との面談を予約したいです",
    "smalltalk": "おはようございます",
    "out_of_scope": "明日の天気を教えて",
    "affirm": "はい、それでお願いします",
    "deny": "いいえ、ちがいます",
    "go_back": "一つ前に戻ってください",
    "start_over": "最初からやり直したい",
    "ask_why": "どうしてそれを聞くのですか",
}


def skill_of(intent: str) -> str:
    """The folder an intent belongs to."""
    if intent in TOPICS:
        return "inquiry"
    if intent in WANTS:
        return "handoff"
    return "dialogue" if intent in DIALOGUE_INTENTS else "chitchat"


class DataFolder:
    """Writes language data below ``root``; each call takes what differs from good data."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def row(self, intent: str = "patents", **changes: Any) -> dict[str, Any]:
        """The keys of a good training sentence of an intent, with changes (None: left out)."""
        row: dict[str, Any] = {"text": GOOD[intent], "register": "plain"}
        if intent in TOPICS:
            row["need"] = "procedure"
        return {key: value for key, value in (row | changes).items() if value is not None}

    def train(self, intent: str, *rows: dict[str, Any]) -> Path:
        """The training file of an intent; row ``n`` stands on line ``n + 3`` (from 0)."""
        return self.text(f"train/{skill_of(intent)}/{intent}.yml", _file(intent, rows))

    def beside(self, *rows: dict[str, Any]) -> Path:
        """More training sentences of patents, after the good one."""
        return self.train("patents", self.row(), *rows)

    def heldout(self, intent: str, *rows: dict[str, Any]) -> Path:
        """A held-out file, recorded."""
        path = self.text(f"heldout/{skill_of(intent)}/{intent}.yml", _file(intent, rows))
        record(self.root)
        return path

    def intents(self, *, left_out: str | None = None, **changes: Any) -> Path:
        """The registry; ``changes`` replace whole entries."""
        made = {intent: _entry(intent) for intent in INTENTS if intent != left_out} | changes
        return self.text("intents.yml", yaml.safe_dump(made, allow_unicode=True, sort_keys=False))

    def entry(self, intent: str, **changes: Any) -> dict[str, Any]:
        """A good registry entry with changes."""
        return _entry(intent) | changes

    def text(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def findings(self, *overlays: Path, **options: Any) -> list[Finding]:
        return check([self.root, *overlays], **{"heldout_per_register": 0, **options})

    def the_only(self, **options: Any) -> Finding:
        findings = self.findings(**options)
        assert len(findings) == 1, [str(finding) for finding in findings]
        return findings[0]


def _entry(intent: str) -> dict[str, Any]:
    other = "trademarks" if intent == "patents" else "patents"
    return {
        "skill": skill_of(intent),
        "owner": "特許担当",
        "meaning": "この意図の意味。",
        "is_not": [{"what": "別のこと", "to": [other]}],
        "minimum": {"train": 1, "heldout": 0},
    }


def _file(intent: str, rows: tuple[dict[str, Any], ...]) -> str:
    lines = [f"intent: {intent}", "examples:" if rows else "examples: []"]
    for row in rows:
        flow = yaml.safe_dump(row, allow_unicode=True, default_flow_style=True, width=10_000)
        lines.append(f"  - {flow.strip()}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """One good sentence an intent, one held-out sentence, everything recorded."""
    folder = DataFolder(tmp_path / "nlu_data")
    folder.intents()
    for intent in INTENTS:
        folder.train(intent, folder.row(intent))
    folder.heldout(
        "patents",
        folder.row(text="漁網を巻き上げる機械の工夫、審査はどれくらいかかる", difficulty="easy"),
    )
    folder.text("known_misses.yml", "[]\n")
    folder.text("lookups/rights.yml", "kind: right\nvalues:\n  patents: [特許]\n")
    return folder
