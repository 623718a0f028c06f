"""Trackers between turns in memory, in the table what Rasa would have written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from serving.tracker_store import ConversationStore
from sqlalchemy import text as sql

Make = Callable[..., ConversationStore]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A store over one file; made again it is another process."""

    def store(**settings: Any) -> ConversationStore:
        made = ConversationStore(Domain.empty(), db=str(tmp_path / "t.db"), **settings)
        made.domain = Domain.empty()
        return made

    return store


async def _turn(store: ConversationStore, sender: str, *events: Event) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    for event in events:
        tracker.update(event)
    await store.save(tracker)
    return tracker


def _rows(store: SQLTrackerStore, sender: str) -> list[str]:
    with store.engine.connect() as connection:
        found = connection.execute(
            sql("SELECT type_name FROM events WHERE sender_id = :s ORDER BY id"), {"s": sender}
        )
        return [row[0] for row in found]


def _in_files(folder: Path, words: bytes) -> bool:
    return any(words in file.read_bytes() for file in folder.iterdir())


async def test_a_kept_tracker_is_handed_over_and_its_new_events_are_written(make: Make) -> None:
    store = make()
    first = await _turn(store, "a", UserUttered("一"))
    second = await _turn(store, "a", ActionExecuted("action_listen"), UserUttered("二"))
    assert second is first
    assert _rows(store, "a") == ["user", "action", "user"]
    assert _rows(make(), "a") == ["user", "action", "user"]


async def test_another_process_reads_the_same_conversation(make: Make) -> None:
    await _turn(make(), "a", UserUttered("一"), UserUttered("二"))
    again = make()
    tracker = await _turn(again, "a", UserUttered("三"))
    assert [event.text for event in tracker.events] == ["一", "二", "三"]
    assert _rows(again, "a") == ["user"] * 3


async def test_a_turn_that_breaks_off_leaves_nothing_behind(make: Make) -> None:
    store = make()
    await _turn(store, "a", UserUttered("一"))
    broken = await store.retrieve("a")
    assert broken is not None
    broken.update(UserUttered("半分"))
    tracker = await _turn(store, "a", UserUttered("二"))
    assert [event.text for event in tracker.events] == ["一", "二"]
    assert _rows(store, "a") == ["user", "user"]


async def test_a_first_turn_that_breaks_off_leaves_nothing_behind(make: Make) -> None:
    store = make()
    tracker = await store.get_or_create_tracker("a", append_action_listen=False)
    tracker.update(UserUttered("半分"))
    assert await store.retrieve("a") is None


async def test_a_save_that_fails_is_not_remembered_as_done(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make()
    await _turn(store, "a", UserUttered("一"))

    def full(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store, "_write", full)
    with pytest.raises(OSError, match="full"):
        await _turn(store, "a", UserUttered("二"))
    monkeypatch.undo()
    tracker = await _turn(store, "a", UserUttered("三"))
    assert [event.text for event in tracker.events] == ["一", "三"]
    assert _rows(store, "a") == ["user", "user"]


async def test_with_a_new_model_the_tracker_is_built_anew(make: Make) -> None:
    store = make()
    before = await _turn(store, "a", UserUttered("一"))
    store.domain = Domain.from_dict(
        {"slots": {"facts": {"type": "any", "mappings": [{"type": "custom"}]}}}
    )
    after = await _turn(store, "a", SlotSet("facts", 1))
    assert after is not before
    assert after.get_slot("facts") == 1


async def test_no_more_than_the_set_number_is_kept(make: Make) -> None:
    store = make(remember=2)
    for sender in "abc":
        await _turn(store, sender, UserUttered(sender))
    assert list(store._kept) == ["b", "c"]
    tracker = await _turn(store, "a", UserUttered("二"))
    assert [event.text for event in tracker.events] == ["a", "二"]


async def test_forgetting_deletes_rows_and_memory(make: Make) -> None:
    store = make()
    await _turn(store, "a", UserUttered("秘密"), UserUttered("二"))
    await _turn(store, "b", UserUttered("他"))
    assert store.forget("a") == 2
    assert await store.retrieve("a") is None
    assert _rows(store, "b") == ["user"]
    assert store.forget("a") == 0


async def test_forgotten_words_are_in_no_file_while_the_store_is_open(
    make: Make, tmp_path: Path
) -> None:
    store = make()
    await _turn(store, "a", UserUttered("himitsu no haigou"))
    assert _in_files(tmp_path, b"himitsu")
    store.forget("a")
    assert not _in_files(tmp_path, b"himitsu")


async def test_a_bounded_history_is_stored_the_stock_way(make: Make) -> None:
    store = make()
    tracker = DialogueStateTracker("a", [], max_event_history=2)
    for word in "一二三":
        tracker.update(UserUttered(word))
    await store.save(tracker)
    assert _rows(store, "a") == ["user", "user"]
    assert "a" not in store._kept


class _Broker(EventBroker):
    def __init__(self) -> None:
        self.seen: list[Any] = []

    @classmethod
    async def from_endpoint_config(cls, *args: Any, **kwargs: Any) -> "_Broker":
        return cls()

    def publish(self, event: dict[str, Any]) -> None:
        self.seen.append(event["text"])


async def test_with_a_broker_every_event_is_published_once(make: Make) -> None:
    store = make()
    broker = store.event_broker = _Broker()
    await _turn(store, "a", UserUttered("一"))
    await _turn(store, "a", UserUttered("二"))
    assert broker.seen == ["一", "二"]
    assert _rows(store, "a") == ["user", "user"]


def test_the_file_is_written_ahead(make: Make) -> None:
    with make().engine.connect() as connection:
        assert connection.execute(sql("PRAGMA journal_mode")).scalar() == "wal"
