"""Which Rasa this package was made for, and where it takes its place.

Each entry names a function of Rasa that ours overrides or stands in for, why, and the hash of the
source it was compared with. Another Rasa is refused at start; ``tests/bot/serving/test_seams.py``
fails as soon as one of these functions reads differently, ``test_turns.py`` when a turn does.
"""

import hashlib
import importlib
import inspect
from importlib.metadata import version

RASA = "3.6.21"

SEAMS = {
    # Plans with dask anew for each call: 0.8 ms.
    "rasa.engine.runner.dask:DaskGraphRunner.run": "45f0f52f574f",
    # Reads the training half of a model too, which imports TensorFlow: 5 s, 320 MB.
    "rasa.engine.storage.local_model_storage:LocalModelStorage._load_metadata": "66142ec69c7c",
    "rasa.core.processor:MessageProcessor._load_model": "17f24faf9681",
    # Walks all slots for each message, although only actions fill ours.
    "rasa.core.processor:MessageProcessor.run_action_extract_slots": "ff52049be97d",
    "rasa.core.actions.action:ActionExtractSlots.run": "13487835d751",
    # Makes the stock remote action.
    "rasa.core.processor:MessageProcessor.predict_next_with_tracker_if_should": "7ef2b933ac1e",
    # Replays all events of the conversation before each action, copies events for debug lines.
    "rasa.core.processor:MessageProcessor._run_action": "6d383d0179ef",
    "rasa.core.processor:MessageProcessor._log_action_on_tracker": "d973d12a6d0a",
    "rasa.core.processor:MessageProcessor._log_slots": "cfc60d6857d3",
    # Makes the stock processor.
    "rasa.core.agent:Agent.load_model": "f4c1ab4c5c7a",
    "rasa.core.agent:load_agent": "abc2a4cb13cb",
    # Compiles a schema of all events for each reply: 12 ms. Sends every event with each call.
    "rasa.core.actions.action:RemoteAction._validate_action_result": "f8cdb4be6812",
    "rasa.core.actions.action:RemoteAction._action_call_format": "428795b944f2",
    "rasa.core.actions.action:RemoteAction.run": "ccabf6f1160d",
    # Opens a connection for each call.
    "rasa.utils.endpoints:EndpointConfig.request": "ccdb778aed82",
    "rasa.utils.endpoints:EndpointConfig.session": "e55aa13d9d4f",
    # Reads and replays the conversation before, counts it after each turn, opens SQLite each time.
    "rasa.core.tracker_store:SQLTrackerStore._retrieve": "c8adbf6f4b61",
    "rasa.core.tracker_store:SQLTrackerStore.save": "57165e46eab3",
    "rasa.core.tracker_store:SQLTrackerStore._additional_events": "d22f99eb863a",
    "rasa.core.tracker_store:TrackerStore.get_or_create_tracker": "0b08ab42bd97",
    # Its place is taken by our server with our channel's routes alone.
    "rasa.core.run:load_agent_on_start": "b23e12447feb",
    "rasa.core.channels.channel:register": "f6dc783f1ad3",
}


class WrongRasaError(RuntimeError):
    """Another Rasa is installed than the seams were checked against."""


def check_version() -> None:
    """Refuse to serve over another Rasa than the one whose seams are known.

    Raises:
        WrongRasaError: with what to do.
    """
    found = version("rasa")
    if found != RASA:
        raise WrongRasaError(
            f"serving/ was checked against Rasa {RASA}, installed is {found}: run "
            "tests/bot/serving, or start with `rasa run` until they pass"
        )


def source_hash(seam: str) -> str:
    """The first 12 hex digits over the installed source of ``module:Class.function``."""
    module, _, path = seam.partition(":")
    found = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return hashlib.sha256(inspect.getsource(found).encode()).hexdigest()[:12]
