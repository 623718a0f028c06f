"""Trains one model from an exported, normalised copy of the language data.

Run in the bot environment from the bot folder: ``python -m jobs.train --data DIR --out DIR
--name NAME``. Prints one line ``progress: <percent> <what>`` per step, then ``model: <path>``.
"""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from serving.imports import travel_light

Say = Callable[[int, str], None]
STEPS = {
    "RulePolicy": (18, "会話の規則を読み込んでいます"),
    "GinzaTokenizer": (20, "文を単語に分けています"),
    "FieldEntities": (28, "地名・制度名を覚えています"),
    "InquiryClassifier": (30, "話題の見分け方を学んでいます"),
}


class _ProgressHandler(logging.Handler):
    """Turns Rasa's own component log lines into progress lines that never go back."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say
        self._reached = 0

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        for name, (percent, label) in STEPS.items():
            if name in text and percent > self._reached:
                self._reached = percent
                self._say(percent, label)
                return


def say(percent: int, label: str) -> None:
    """How far it is."""
    sys.stdout.write(f"progress: {percent} {label}\n")
    sys.stdout.flush()


def main() -> int:
    """Train and report; exit code 1 if there was nothing to train on."""
    return make(options_parser().parse_args())


def make(options: argparse.Namespace, say: Say = say) -> int:
    """Train as ``options`` say, telling how far it is; the exit code."""
    warnings.filterwarnings("ignore")
    # Rasa would keep the training sentences and every weight a second time, below this folder.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    say(5, "Rasaを読み込んでいます")
    travel_light()
    from rasa.utils.log_utils import configure_structlog

    from jobs.training import NothingToTrainError, train

    configure_structlog(logging.WARNING)  # the rules' debug lines would fill a log
    handler = _ProgressHandler(say)
    for name in ("rasa.engine.training.hooks", "rasa.engine.training.components"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.INFO)
    say(15, "学習データを確かめています")
    archive = options.out / f"{options.name}.tar.gz"
    try:
        train(
            config=options.config,
            domain=options.domain,
            files=[str(options.data), options.rules],
            archive=archive,
            after=options.after,
        )
    except NothingToTrainError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    say(100, "できました")
    sys.stdout.write(f"model: {archive}\n")
    return 0


def options_parser() -> argparse.ArgumentParser:
    """What the job is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the exported NLU")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model archive")
    parser.add_argument("--name", required=True, help="name of the archive without ending")
    parser.add_argument("--after", type=Path, help="archive of the model it follows")
    parser.add_argument("--config", default="config.yml", help="another than the product's own")
    parser.add_argument("--domain", default="domain", help="another than the product's own")
    parser.add_argument("--rules", default="rules", help="others than the product's own")
    return parser


if __name__ == "__main__":
    sys.exit(main())
