"""Rasa's SQL tracker store, without reading a whole conversation twice for every turn.

Stock reads all events and replays them before a turn, counts them before it saves, opens a new
SQLite file handle each time and waits for the disk twice. Here a tracker is kept in memory
*between* turns: a turn takes it out and its save puts it back, so a turn that breaks off leaves
nothing half-done behind, and the next one reads the table. This needs what the launcher ensures:
one Rasa process for the store (a lock store in memory). The table is Rasa's own.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.pool import QueuePool

REMEMBERED = 128
"""Conversations kept between turns; some 50 kB each."""
BUSY_MILLISECONDS = 5000
STORED = "_madoguchi_events_in_table"


class ConversationStore(SQLTrackerStore):
    """Same table, same rows, same order as Rasa's SQL store."""

    def __init__(self, *args: Any, remember: int = REMEMBERED, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._remember = int(remember)
        self._kept: OrderedDict[str, tuple[Any, DialogueStateTracker]] = OrderedDict()
        if self.engine.dialect.name == "sqlite":
            self._open_sqlite()

    def _open_sqlite(self) -> None:
        """Keep the file open, log writes ahead; a crash of the machine may lose the last turns,
        which the product holds itself, never the file."""
        self.engine.dispose()
        self.engine = sa.create_engine(
            self.engine.url, poolclass=QueuePool, connect_args={"check_same_thread": False}
        )
        sa.event.listen(self.engine, "connect", _set_pragmas)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The kept tracker (handed over, no longer kept), else what the table says."""
        domain, kept = self._kept.pop(sender_id, (None, None))
        if kept is not None and domain is self.domain:
            return kept
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            _mark_stored(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events in one statement and keep the tracker for the next turn."""
        if not tracker.events:  # a new tracker is saved empty, then used: nothing to write or keep
            return
        known = tracker.__dict__.get(STORED)
        if known is None or self.event_broker is not None or self._bounded(tracker):
            await super().save(tracker)
        else:
            self._write(tracker.sender_id, islice(tracker.events, known, None))
        _mark_stored(tracker)
        self._keep(tracker)

    def _write(self, sender_id: str, events: Iterator[Event]) -> None:
        rows = [_row(sender_id, event) for event in events]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(self.SQLEvent.__table__), rows)

    def forget(self, sender_id: str) -> int:
        """Delete the events of one conversation; returns how many there were."""
        self._kept.pop(sender_id, None)
        table = self.SQLEvent.__table__
        with self.engine.begin() as connection:
            done = connection.execute(sa.delete(table).where(table.c.sender_id == sender_id))
            forgotten = int(done.rowcount)
        if self.engine.dialect.name == "sqlite":
            # The log written ahead still holds the deleted words until it is folded in.
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return forgotten

    def _keep(self, tracker: DialogueStateTracker) -> None:
        if self.event_broker is None and not self._bounded(tracker):
            self._kept[tracker.sender_id] = (self.domain, tracker)
        while len(self._kept) > self._remember:
            self._kept.popitem(last=False)

    @staticmethod
    def _bounded(tracker: DialogueStateTracker) -> bool:
        """A tracker that forgets its first events cannot be counted by its length."""
        return tracker.events.maxlen is not None


def _mark_stored(tracker: DialogueStateTracker) -> None:
    """Note on the tracker how many of its events the table holds."""
    tracker.__dict__[STORED] = len(tracker.events)


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as Rasa's table holds it."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _set_pragmas(connection: Any, record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        # As in the product's own database: what is forgotten is overwritten.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
