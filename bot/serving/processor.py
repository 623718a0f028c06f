"""A turn as Rasa's processor plays it, without work whose result nobody uses.

Left out: copies made for debug lines that are not written, a replay of the whole conversation
before each action, slot extraction for a domain in which only actions fill slots.
"""

import asyncio
import logging
import os
import tarfile
from pathlib import Path
from typing import Any

from jsonschema import ValidationError
from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    ActionListen,
    RemoteAction,
    action_for_index,
)
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached, ModelNotFound
from rasa.model import get_latest_model
from rasa.shared.core.constants import (
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
    MAPPING_TYPE,
    SlotMappingType,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from serving.graph import DirectGraphRunner, ServingStorage
from serving.remote_action import LeanRemoteAction

logger = logging.getLogger(__name__)

ACTION_FAILURES = (
    RasaException,
    ValidationError,
    asyncio.TimeoutError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
)
"""What a remote action can raise; as in stock Rasa its events are lost and the turn goes on."""


class TurnProcessor(MessageProcessor):
    """Rasa's message processor; replies, events and errors are the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actions: dict[int, Action] = {}
        self._extracts_slots = extracts_slots(self.domain)

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """As stock, with our graph runner.

        Raises:
            ModelNotFound: no archive there, or none that can be read.
        """
        archive = model_path if os.path.isfile(model_path) else get_latest_model(str(model_path))
        if not archive:
            raise ModelNotFound(f"No model found at path '{model_path}'.")
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            try:
                metadata, runner = loader.load_predict_graph_runner(
                    Path(folder), Path(archive), ServingStorage, DirectGraphRunner
                )
            except tarfile.ReadError as error:
                raise ModelNotFound(f"Model {model_path} can not be loaded.") from error
        return os.path.basename(archive), metadata, runner

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """As stock, unless no slot of the domain is ever filled from a message."""
        if not self._extracts_slots:
            return tracker
        return await super().run_action_extract_slots(output_channel, tracker)

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """As stock; actions hold no state, so each is made once.

        Raises:
            ActionLimitReached: too many actions in one turn.
        """
        again = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, again):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        return self._action(prediction.max_confidence_index), prediction

    def _action(self, index: int) -> Action:
        if index not in self._actions:
            action = action_for_index(index, self.domain, self.action_endpoint)
            if type(action) is RemoteAction:
                action = LeanRemoteAction(action.name(), self.action_endpoint)
            self._actions[index] = action
        return self._actions[index]

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """As stock, without the copy of the tracker: these two kinds of action only read it."""
        if not isinstance(action, LeanRemoteAction | ActionListen):
            return bool(await super()._run_action(action, tracker, output_channel, nlg, prediction))
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain)
        except ActionExecutionRejection:
            rejected = ActionExecutionRejected(
                action.name(), prediction.policy_name, prediction.max_confidence
            )
            tracker.update(rejected)
            return bool(self.should_predict_another_action(action.name()))
        except ACTION_FAILURES as error:
            # The type only: the text of an error may quote what a visitor said.
            logger.error("action '%s' failed: %s", action.name(), type(error).__name__)
            events = []
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            tracker = await self.run_action_extract_slots(output_channel, tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(action.name()))

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """As stock, without deep copies for debug lines."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Nothing: a debug line that would hold what visitors said."""


def extracts_slots(domain: Domain) -> bool:
    """Whether any slot of the domain is filled from messages rather than by actions alone."""
    if ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions:
        return True
    mappings = [m for s in domain.slots if s.name not in DEFAULT_SLOT_NAMES for m in s.mappings]
    custom = str(SlotMappingType.CUSTOM)
    return any(str(m.get(MAPPING_TYPE)) != custom or m.get("action") for m in mappings)
