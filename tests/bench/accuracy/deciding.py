"""What the product decides on a parse: the same pure triage that ``POST /triage`` uses, over the
shipped content in a throw-away database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from api.runtime import prepare
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.catalogue import Catalogue, current
from knowledge.database import transaction
from knowledge.triage.answer import Triage
from knowledge.triage.service import triage
from knowledge.triage.understanding import Understanding
from tests.bench.accuracy.gold import Said

LISTS = ("rights", "countries", "programmes", "money_yen", "dates")


@contextmanager
def shipped_content(folder: Path) -> Iterator[Catalogue]:
    """The catalogue of a fresh installation."""
    settings = Settings(data_dir=folder, _env_file=None)
    prepare.prepare(settings)
    engine = prepare.open_engine(settings)
    try:
        with transaction(engine, read_only=True) as session:
            yield current(session=session)
    finally:
        engine.dispose()


def decide(
    parse: dict[str, Any], text: str, catalogue: Catalogue, *, at: datetime | None = None
) -> Triage:
    """Triage one parse as if it had come in at ``at`` (now if not said)."""
    heard = Understanding.from_parse(parse, text=text, model_id="measured")
    return triage(understanding=heard, catalogue=catalogue, now=at or clock.now())


def said(result: Triage) -> Said:
    """A triage in the words of the scores."""
    return Said(
        topic=result.topic,
        confidence=result.confidence,
        secondary=tuple(result.secondary_topics),
        wants=tuple(result.wants),
        need=result.need,
        asker=result.asker,
        judgement=result.judgement_or_drafting,
        desk=result.desk.id if result.desk else None,
        asked_back=bool(result.clarify),
    )


def facts(entities: dict[str, Any]) -> set[tuple[str, str]]:
    """Entities as (kind, value) pairs; of a date only its day counts."""
    found: set[tuple[str, str]] = set()
    for kind, value in entities.items():
        for item in value if kind in LISTS and isinstance(value, list | tuple) else [value]:
            plain = item.get("date") if isinstance(item, dict) else item
            if plain is not None:
                found.add((kind, str(plain)))
    return found


def pair_f1(pairs: list[tuple[set[tuple[str, str]], set[tuple[str, str]]]]) -> float:
    """Micro-F1 of (marked, found) sets over all messages."""
    hits = sum(len(marked & found) for marked, found in pairs)
    total = sum(len(marked) + len(found) for marked, found in pairs)
    return 2 * hits / total if total else float("nan")
