"""Trains one model from an exported, normalised copy of the language data.

Run in the bot environment from the bot folder: ``python -m jobs.train --data DIR --out DIR
--name NAME``. Prints one line ``progress: <percent> <what>`` per step, then ``model: <path>``.
"""

import argparse
import logging
import sys
import warnings
from pathlib import Path

STEPS = {
    "GinzaTokenizer": (20, "文を単語に分けています"),
    "InquiryClassifier": (40, "話題の見分け方を学んでいます"),
    "FieldEntities": (70, "地名・制度名を覚えています"),
    "RulePolicy": (80, "会話の規則を読み込んでいます"),
}


class _ProgressHandler(logging.Handler):
    """Turns Rasa's own component log lines into progress lines."""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        for name, (percent, label) in STEPS.items():
            if f"'{name}'" in text or f"{name}" in text:
                _say(percent, label)
                return


def _say(percent: int, label: str) -> None:
    sys.stdout.write(f"progress: {percent} {label}\n")
    sys.stdout.flush()


def main() -> int:
    """Train and report; exit code 1 if Rasa produced no model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the exported NLU")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model archive")
    parser.add_argument("--name", required=True, help="name of the archive without ending")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    _say(5, "Rasaを読み込んでいます")
    import rasa.model_training

    handler = _ProgressHandler()
    for name in ("rasa.engine.training.hooks", "rasa.engine.training.components"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.INFO)
    _say(15, "学習データを確かめています")
    result = rasa.model_training.train(
        domain="domain",
        config="config.yml",
        training_files=[str(options.data), "rules"],
        output=str(options.out),
        fixed_model_name=options.name,
        force_training=True,
    )
    if result.code != 0 or not result.model:
        return 1
    _say(100, "できました")
    sys.stdout.write(f"model: {result.model}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
