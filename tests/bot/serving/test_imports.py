"""What the serving process leaves out, seen in a fresh interpreter each."""

import subprocess
import sys

import pytest

LIGHT = "from serving.imports import travel_light; travel_light();"


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    return (done.stderr if done.returncode else done.stdout).strip()


def test_serving_imports_neither_tensorflow_nor_other_clients() -> None:
    heavy = ["tensorflow", "keras", "spacy", "matplotlib", "boto3.session", "aiogram", "slack_sdk"]
    code = (
        f"{LIGHT} import sys, serving.server, components.tokenizer, components.inquiry_classifier,"
        "components.field_entities, rasa.core.policies.rule_policy;"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    assert _run(code) == "[]"


def test_a_deferred_module_is_there_when_it_is_used() -> None:
    code = (
        f"{LIGHT} import sys, rasa.core.policies.rule_policy; late = sys.modules['rasa.core.test'];"
        "print('matplotlib' in sys.modules); late.test; print('matplotlib' in sys.modules)"
    )
    assert _run(code).split() == ["False", "True"]


def test_training_our_pipeline_does_without_tensorflow_too() -> None:
    code = (
        f"{LIGHT} import sys, jobs.training, yaml;"
        "from rasa.engine.recipes.recipe import Recipe;"
        "from rasa.shared.data import TrainingType;"
        "config = yaml.safe_load(open('config.yml'));"
        "Recipe.recipe_for_name('default.v1').graph_config_for_recipe("
        "config, {}, training_type=TrainingType.BOTH);"
        "print('tensorflow' in sys.modules)"
    )
    assert _run(code) == "False"


def test_channels_keep_their_base_classes() -> None:
    code = f"{LIGHT} from rasa.core.channels import UserMessage; print(UserMessage.__name__)"
    assert _run(code) == "UserMessage"


@pytest.mark.parametrize(
    "name",
    [
        "boto3.resource()",
        "pymongo.mongo_client.MongoClient('x')",
        "rasa.nlu.classifiers.diet_classifier.DIETClassifier({})",
    ],
)
def test_what_is_left_out_refuses_to_be_used(name: str) -> None:
    package = name.split("(")[0].rpartition(".")[0]
    assert "is left out here" in _run(f"{LIGHT} import {package}; {name}")


def test_too_late_is_refused() -> None:
    assert "must come before" in _run(f"import rasa.core.constants; {LIGHT}")


def test_twice_is_once() -> None:
    code = f"{LIGHT} travel_light(); import sys; print(len([f for f in sys.meta_path if type(f).__name__ == 'LightFinder']))"
    assert _run(code) == "1"
