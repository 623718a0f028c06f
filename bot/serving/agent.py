"""Rasa's agent with our processor; a new model is loaded beside the running one."""

import gc
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints

from serving.processor import TurnProcessor
from serving.remote_action import KeptEndpoint
from serving.tracker_store import ConversationStore


class ServingAgent(Agent):
    """As Rasa's agent in everything but how a turn is processed."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model and serve it from the next turn on.

        Raises:
            ModelNotFound: no archive there, or none that can be read.
        """
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
            http_interpreter=self.http_interpreter,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses if self.domain else {}
        _settle()


def make_agent(endpoints: AvailableEndpoints) -> ServingAgent:
    """An agent without a model yet, over the configured stores and action server.

    Raises:
        ValueError: trackers would be kept in memory although several processes share the store.
    """
    tracker_store = TrackerStore.create(endpoints.tracker_store)
    lock_store = LockStore.create(endpoints.lock_store)
    alone = isinstance(lock_store, InMemoryLockStore)
    if isinstance(tracker_store, ConversationStore) and not alone:
        raise ValueError("ConversationStore needs one Rasa process: use `type: SQL` beside a lock")
    action = endpoints.action
    return ServingAgent(
        generator=endpoints.nlg,
        tracker_store=tracker_store,
        lock_store=lock_store,
        action_endpoint=KeptEndpoint.of(action) if action is not None else None,
        model_server=endpoints.model,
    )


def _settle() -> None:
    """A model lives long: the garbage collector need not walk it at every pass."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
