"""One training of Rasa's graph: what ``rasa train`` does for rules and NLU together, packed by
ourselves. Needs the bot environment; the caller sets ``RASA_MAX_CACHE_SIZE`` before importing."""

from pathlib import Path

from rasa.engine.caching import LocalTrainingCache
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.training.graph_trainer import GraphTrainer
from rasa.engine.validation import validate
from rasa.shared.data import TrainingType
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from jobs.packing import QuickStorage


class NothingToTrainError(RuntimeError):
    """No sentences, no rules or no domain: there would be no model that answers."""


def train(*, config: str, domain: str, files: list[str], archive: Path) -> None:
    """Train from the files and write the archive.

    Raises:
        NothingToTrainError: data, rules or domain are missing.
        InvalidConfigException: a component or policy is not known, or does not fit the others.
    """
    importer = TrainingDataImporter.load_from_config(config, domain, files)
    if importer.get_nlu_data().contains_no_pure_nlu_data():
        raise NothingToTrainError("no sentences to train on")
    if importer.get_domain().is_empty() or importer.get_stories().is_empty():
        raise NothingToTrainError("no domain or no rules")
    settings = importer.get_config()
    graph = Recipe.recipe_for_name(settings.get("recipe")).graph_config_for_recipe(
        settings, {}, training_type=TrainingType.BOTH
    )
    validate(graph)
    with TempDirectoryPath(get_temp_dir_name()) as folder:
        storage = QuickStorage(Path(folder))
        trainer = GraphTrainer(storage, LocalTrainingCache(), DaskGraphRunner)
        trainer.train(graph, importer, archive, force_retraining=True)
