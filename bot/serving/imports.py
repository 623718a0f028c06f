"""What the serving process need not import: TensorFlow, other channels, other stores.

Python's import hooks, nothing patched. *Deferred* modules are loaded when somebody first uses
them (``importlib.util.LazyLoader``; a second ``import`` counts as use), so training code still
works, it only comes later. *Bare* packages are entered without running their ``__init__``.
*Vacant* are packages of stores this product never opens and Rasa's neural *networks*, which its
pipeline has none of; whatever is asked of them is a class that refuses to be used.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

DEFERRED = frozenset(
    {
        # Imported by every extractor, used in training only; brings TensorFlow (5 s, 320 MB).
        "rasa.utils.train_utils",
        # Evaluation, imported by the rule policy; brings matplotlib.
        "rasa.core.test",
        # Interactive shells.
        "questionary",
    }
)
BARE = frozenset(
    {
        # Its __init__ imports the clients of ten messaging services (1 s); ours is one class.
        "rasa.core.channels",
    }
)
NETWORKS = frozenset(
    {
        # Rasa's neural components: the recipe names them all before it trains any pipeline (5 s).
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.extractors.crf_entity_extractor",
        "rasa.nlu.selectors.response_selector",
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    }
)
VACANT = frozenset({"boto3", "botocore", "pymongo"})
"""Clients of the DynamoDB and MongoDB tracker stores (0.5 s)."""


class VacantError(RuntimeError):
    """Something of a package that this process leaves out was used after all."""


class _VacantModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {"__module__": self.__name__, "__init__": _refuse})


def _refuse(self: Any, *args: object, **kwargs: object) -> None:
    raise VacantError(f"{type(self).__module__} is left out here; start with `rasa run` instead")


class _VacantLoader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _VacantModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


class _BareLoader(importlib.abc.Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """The default module."""

    def exec_module(self, module: ModuleType) -> None:
        """The package stays empty; a name asked of it comes from its submodule ``channel``."""

        def look_up(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(importlib.import_module(f"{module.__name__}.channel"), name)

        module.__getattr__ = look_up  # type: ignore[method-assign]


class LightFinder(importlib.abc.MetaPathFinder):
    """Answers for the modules named above and leaves all others to Python."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """See ``importlib.abc.MetaPathFinder``."""
        if name.split(".")[0] in VACANT or name in NETWORKS:
            return importlib.machinery.ModuleSpec(name, _VacantLoader(), is_package=True)
        if name not in DEFERRED | BARE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            deferred = name in DEFERRED
            spec.loader = importlib.util.LazyLoader(spec.loader) if deferred else _BareLoader()
        return spec


def travel_light() -> None:
    """Install the finder; to be called before Rasa is imported.

    Raises:
        RuntimeError: Rasa is already imported, it would be too late.
    """
    if any(isinstance(finder, LightFinder) for finder in sys.meta_path):
        return
    if "rasa.core" in sys.modules:
        raise RuntimeError("travel_light() must come before the first import of Rasa")
    sys.meta_path.insert(0, LightFinder())
