"""The guard on sentences it has never seen: disclosures written apart, and ordinary inquiries."""

from pathlib import Path

import pytest

from knowledge.errors import ContentError
from knowledge.text import fold
from knowledge.triage.guard_model import NLU_DATA, Sentence, guard_sentences, ordinary_sentences
from knowledge.triage.guard_report import GuardReport, Share, measure, report

RECALL = 0.90
FALSE_ALARMS = 0.03
DISCLOSURES = 100
ORDINARY = 500

HELDOUT = NLU_DATA / "guard" / "heldout.yml"


@pytest.fixture(scope="module")
def measured() -> GuardReport:
    assert HELDOUT.is_file(), f"{HELDOUT.name}: the held-out disclosures are missing"
    return measure()


def test_enough_is_measured(measured: GuardReport) -> None:
    assert measured.stopped.of >= DISCLOSURES
    assert measured.false_alarms.of >= ORDINARY


def test_held_out_disclosures_are_stopped(measured: GuardReport) -> None:
    assert measured.stopped.value >= RECALL, "\n".join(measured.lines())


def test_ordinary_inquiries_pass(measured: GuardReport) -> None:
    assert measured.false_alarms.value <= FALSE_ALARMS, "\n".join(measured.lines())


def test_the_bots_own_inquiries_pass(measured: GuardReport) -> None:
    assert measured.false_alarms_by_origin["inquiries"].value <= FALSE_ALARMS


def test_no_held_out_sentence_was_learnt() -> None:
    learnt = {fold(s.text) for s in guard_sentences(NLU_DATA / "guard" / "train.yml")}
    learnt |= {fold(text) for text in ordinary_sentences(NLU_DATA / "train")}

    assert not [s.text for s in guard_sentences(HELDOUT) if fold(s.text) in learnt]


def test_the_training_sentences_are_enough_and_never_twice() -> None:
    own = guard_sentences(NLU_DATA / "guard" / "train.yml")

    assert sum(s.withhold for s in own) >= 300
    assert sum(not s.withhold for s in own) >= 500
    assert len({fold(s.text) for s in own}) == len(own)
    assert not [s.text for s in own if s.withhold and s.disclosed]


def test_a_report_counts_and_quotes_nothing() -> None:
    own = [
        Sentence(
            text="底に磁石を埋めて、回すと爪が外れる箱です。", withhold=True, kind="structure"
        ),
        Sentence(text="料金を教えてください。", withhold=False),
        Sentence(text="先月の展示会で見せました。", withhold=False, disclosed=True),
    ]

    counted = report(own, ["商標の更新はいつですか。"])

    assert counted.stopped == Share(1, 1)
    assert counted.false_alarms == Share(0, 3)
    assert counted.public_told == Share(1, 1)
    assert counted.stopped_by_kind == {"structure": Share(1, 1)}
    assert not any("磁石" in line for line in counted.lines())


def test_nothing_to_measure_on_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"heldout\.yml"):
        measure(tmp_path)
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "heldout.yml").write_text("examples: []", encoding="utf-8")
    with pytest.raises(ContentError, match="heldout"):
        measure(tmp_path)


def test_a_share_of_nothing_is_nothing() -> None:
    assert Share(0, 0).value == 0.0
