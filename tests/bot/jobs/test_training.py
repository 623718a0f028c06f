"""Our training against ``rasa train``: the same model in an archive any Rasa reads."""

import asyncio
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent

BOT = Path(__file__).resolve().parents[3] / "bot"
DOMAIN = {
    "version": "3.1",
    "intents": ["trademarks", "patents", "smalltalk"],
    "actions": ["action_test"],
}
SENTENCES = {
    "trademarks": ["商標を登録したい", "店の名前を守りたい", "ロゴの登録", "商標の費用"],
    "patents": ["特許を出願したい", "発明を守りたい", "審査請求の期限", "特許の費用"],
    "smalltalk": ["こんにちは", "ありがとう", "おはよう", "どうも"],
}


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.dump({"version": "3.1", **content}, allow_unicode=True, sort_keys=False))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with the product's configuration."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "data").mkdir()
    config = yaml.safe_load((BOT / "config.yml").read_text())
    for policy in config["policies"]:
        policy["core_fallback_action_name"] = "action_test"
    _write(folder / "config.yml", config)
    _write(folder / "domain.yml", DOMAIN)
    rules = [{"rule": i, "steps": [{"intent": i}, {"action": "action_test"}]} for i in SENTENCES]
    _write(folder / "rules.yml", {"rules": rules})
    programmes = {"lookup": "programme", "examples": "- J-PlatPat\n"}
    _write(folder / "data" / "names.yml", {"nlu": [programmes]})
    for intent, texts in SENTENCES.items():
        examples = [{"text": t, "metadata": {"by": str(n % 3 + 1)}} for n, t in enumerate(texts)]
        _write(
            folder / "data" / f"{intent}.yml", {"nlu": [{"intent": intent, "examples": examples}]}
        )
    return folder


def _train(project: Path, *more: str) -> subprocess.CompletedProcess[str]:
    given = {"data": "data", "out": "models", "config": "config.yml", "domain": "domain.yml"}
    command = [sys.executable, "-m", "jobs.train", "--name", "ours"]
    for name, file in given.items():
        command += [f"--{name}", str(project / file)]
    command += ["--rules", str(project / "rules.yml"), *more]
    return subprocess.run(
        command,
        cwd=BOT,
        env={**os.environ, "PYTHONPATH": str(BOT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def trained(project: Path) -> subprocess.CompletedProcess[str]:
    """One run of the job."""
    return _train(project)


def test_the_job_says_how_far_it_is_and_where_the_model_lies(
    project: Path, trained: subprocess.CompletedProcess[str]
) -> None:
    assert trained.returncode == 0, trained.stderr[-2000:]
    lines = trained.stdout.splitlines()
    percents = [int(line.split()[1]) for line in lines if line.startswith("progress: ")]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert lines[-1] == f"model: {project / 'models' / 'ours.tar.gz'}"


def test_the_archive_holds_what_rasas_holds_and_reads_the_same(
    project: Path, trained: subprocess.CompletedProcess[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import rasa.model_training

    monkeypatch.chdir(project)
    stock = rasa.model_training.train(
        domain="domain.yml",
        config="config.yml",
        training_files=["data", "rules.yml"],
        output="models",
        fixed_model_name="stock",
        force_training=True,
    )
    ours = project / "models" / "ours.tar.gz"
    assert _names(Path(str(stock.model))) == _names(ours)
    agents = [Agent.load(str(stock.model)), Agent.load(str(ours))]
    for text in ("商標の費用", "J-PlatPatで特許を見たい", "やあ", ""):
        one, other = (asyncio.run(agent.parse_message(text)) for agent in agents)
        assert one == other


def _names(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return {entry.name.lstrip("./") for entry in tar if entry.isfile()}


def test_nothing_of_the_training_is_kept_beside_the_archive(
    project: Path, trained: subprocess.CompletedProcess[str]
) -> None:
    assert sorted(p.name for p in (project / "models").glob("ours*")) == ["ours.tar.gz"]
    with tarfile.open(project / "models" / "ours.tar.gz") as tar:
        texts = [f.read() for e in tar if e.isfile() and (f := tar.extractfile(e))]
        metadata = tar.extractfile("metadata.json")
        assert metadata is not None
        assert json.loads(metadata.read())["model_id"]
    assert not any("店の名前を守りたい".encode() in text for text in texts)


@pytest.mark.parametrize("missing", ["--data", "--rules"])
def test_without_sentences_or_rules_there_is_no_model(
    project: Path, tmp_path: Path, missing: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = _train(project, missing, str(tmp_path / "empty"), "--out", str(tmp_path / "models"))
    assert done.returncode == 1
    assert not (tmp_path / "models").exists()


def test_a_model_that_follows_another_is_made(
    project: Path, trained: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    after = str(project / "models" / "ours.tar.gz")
    done = _train(project, "--after", after, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "cannot be built on" not in done.stderr
    agent = Agent.load(str(tmp_path / "ours.tar.gz"))
    assert asyncio.run(agent.parse_message("特許を出願したい"))["intent"]["name"] == "patents"


def test_a_model_that_cannot_be_built_on_is_left_aside(project: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")
    done = _train(project, "--after", str(broken), "--out", str(tmp_path / "models"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "models" / "ours.tar.gz").exists()
