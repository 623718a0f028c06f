"""One training of Rasa's graph: what ``rasa train`` does for rules and NLU together, packed by
ourselves. Needs the bot environment; the caller sets ``RASA_MAX_CACHE_SIZE`` before importing."""

import logging
from pathlib import Path
from tarfile import TarError

from rasa.engine.caching import LocalTrainingCache
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.training.graph_trainer import GraphTrainer
from rasa.engine.validation import validate
from rasa.shared.data import TrainingType
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from jobs.packing import QuickStorage

logger = logging.getLogger(__name__)


class NothingToTrainError(RuntimeError):
    """No sentences, no rules or no domain: there would be no model that answers."""


def train(
    *, config: str, domain: str, files: list[str], archive: Path, after: Path | None = None
) -> None:
    """Train from the files and write the archive.

    ``after`` is an earlier model's archive: components may keep what still holds of it (Rasa's
    fine-tuning). A model that Rasa does not accept for that is left aside.

    Raises:
        NothingToTrainError: data, rules or domain are missing.
        InvalidConfigException: a component or policy is not known, or does not fit the others.
    """
    importer = TrainingDataImporter.load_from_config(config, domain, files)
    if importer.get_nlu_data().contains_no_pure_nlu_data():
        raise NothingToTrainError("no sentences to train on")
    if importer.get_domain().is_empty() or importer.get_stories().is_empty():
        raise NothingToTrainError("no domain or no rules")
    if after is not None and _train(importer, archive, after):
        return
    _train(importer, archive, None)


def _train(importer: TrainingDataImporter, archive: Path, after: Path | None) -> bool:
    """One run of the graph; False if ``after`` cannot be built on."""
    settings = importer.get_config()
    graph = Recipe.recipe_for_name(settings.get("recipe")).graph_config_for_recipe(
        settings, {}, training_type=TrainingType.BOTH, is_finetuning=after is not None
    )
    validate(graph)
    with TempDirectoryPath(get_temp_dir_name()) as folder:
        storage = QuickStorage(Path(folder))
        if after is not None:
            try:
                storage, _ = QuickStorage.from_model_archive(Path(folder), after)
            except (OSError, TarError, RasaException, ValueError) as error:
                return _left_aside(after, error)
        trainer = GraphTrainer(storage, LocalTrainingCache(), DaskGraphRunner)
        try:
            trainer.train(
                graph,
                importer,
                archive,
                force_retraining=True,
                is_finetuning=after is not None,
            )
        except RasaException as error:
            if after is None:
                raise
            return _left_aside(after, error)
    return True


def _left_aside(after: Path, error: Exception) -> bool:
    logger.info("%s cannot be built on: %s", after.name, error)
    return False
