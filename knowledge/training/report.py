"""The report on a candidate beside the live model: numbers and keys of sentences, no words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict

from knowledge.training import gate
from knowledge.training.gate import Reason, TopicScore
from knowledge.training.judging import JudgedBy, Question, Said
from knowledge.training.statistics import calibration, median

MOST_PAIRS = 12
MOST_KEYS = 20
Answers = Mapping[str, Said]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Flip(_Part):
    """A sentence (``key``) with the right intent, and what was said before and after."""

    key: str
    intent: str | None
    before: str | None
    after: str


class Confused(_Part):
    """Sentences of ``intent`` that the candidate takes for ``got``."""

    intent: str
    got: str
    n: int
    keys: tuple[str, ...]


class Share(_Part):
    """So many of so many."""

    right: int
    n: int


class Report(_Part):
    """See the names; ``protected_broken`` are all protected sentences that are wrong (the gate
    counts those that were right), ``ms_*`` medians of one parse, ``shadow`` recent messages that
    would now be taken otherwise (keys are message ids), ``taught`` the own training sentences."""

    against: str | None
    topics: tuple[TopicScore, ...]
    confused: tuple[Confused, ...]
    now_wrong: tuple[Flip, ...]
    now_right: tuple[Flip, ...]
    protected_broken: tuple[Flip, ...]
    protected: Share
    taught: Share
    shadow: tuple[Flip, ...]
    shadow_n: int
    calibration: tuple[dict[str, Any], ...]
    calibration_error: float
    ms_before: float | None
    ms_after: float
    reasons: tuple[Reason, ...]

    @property
    def blocked(self) -> bool:
        """Whether the gate is closed."""
        return bool(self.reasons)

    @property
    def n(self) -> int:
        """Held-out sentences."""
        return sum(topic.n for topic in self.topics)

    @property
    def right(self) -> int:
        """Those the candidate gets right."""
        return sum(topic.after for topic in self.topics)

    @property
    def right_before(self) -> int | None:
        """Those the live model gets right."""
        counts = [topic.before for topic in self.topics]
        return None if None in counts else sum(count or 0 for count in counts)


def make(
    asked: Sequence[Question],
    *,
    after: Answers,
    before: Answers | None,
    against: str | None,
    timed: Collection[str] = (),
) -> Report:
    """Compare the answers of the candidate with those of the live model (None: there is none).

    ``timed`` are the keys both read in the same job: their times are compared.
    """
    held = [q for q in asked if q.by == "heldout"]
    kept = [q for q in asked if q.by == "protected"]
    broken = tuple(_flip(q, after, before) for q in kept if not _right(q, after))
    topics = _topics(held, after, before)
    bins, error = calibration((after[q.key].chance, after[q.key].first == q.intent) for q in held)
    recent = [q for q in asked if q.by == "recent"]
    return Report(
        against=against,
        topics=topics,
        confused=_confused(held, after),
        now_wrong=_flips(held, after, before, right_now=False),
        now_right=_flips(held, after, before, right_now=True),
        protected_broken=broken,
        protected=_share(asked, "protected", after),
        taught=_share(asked, "taught", after),
        shadow=_changed(recent, after, before),
        shadow_n=len(recent),
        calibration=tuple(asdict(one) for one in bins),
        calibration_error=error,
        ms_before=_speed(before, timed) if before and timed else None,
        ms_after=_speed(after, timed or after),
        reasons=gate.judge(topics, protected_broken=sum(_breaks(flip) for flip in broken)),
    )


def _speed(answers: Answers, timed: Iterable[str]) -> float:
    return median([answers[key].ms for key in timed])


def _breaks(flip: Flip) -> bool:
    """Whether a protected sentence that is wrong was right until now."""
    return flip.before is None or flip.before == flip.intent


def _right(question: Question, answers: Answers) -> bool:
    return answers[question.key].name == question.intent


def _topics(
    held: Iterable[Question], after: Answers, before: Answers | None
) -> tuple[TopicScore, ...]:
    of_intent: defaultdict[str, list[Question]] = defaultdict(list)
    for question in held:
        of_intent[question.intent or ""].append(question)
    return tuple(
        TopicScore(
            intent=intent,
            n=len(found),
            before=sum(_right(q, before) for q in found) if before is not None else None,
            after=sum(_right(q, after) for q in found),
        )
        for intent, found in sorted(of_intent.items())
    )


def _confused(held: Iterable[Question], after: Answers) -> tuple[Confused, ...]:
    keys: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for question in held:
        if not _right(question, after):
            keys[question.intent or "", after[question.key].name].append(question.key)
    counts = Counter({pair: len(found) for pair, found in keys.items()})
    return tuple(
        Confused(intent=pair[0], got=pair[1], n=n, keys=tuple(keys[pair][:MOST_KEYS]))
        for pair, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_PAIRS]
    )


def _flips(
    held: Iterable[Question], after: Answers, before: Answers | None, *, right_now: bool
) -> tuple[Flip, ...]:
    if before is None:
        return ()
    return tuple(
        _flip(q, after, before)
        for q in held
        if _right(q, after) is right_now and _right(q, before) is not right_now
    )


def _changed(
    recent: Iterable[Question], after: Answers, before: Answers | None
) -> tuple[Flip, ...]:
    if before is None:
        return ()
    return tuple(_flip(q, after, before) for q in recent if after[q.key].name != before[q.key].name)


def _flip(question: Question, after: Answers, before: Answers | None) -> Flip:
    return Flip(
        key=question.key,
        intent=question.intent,
        before=before[question.key].name if before is not None else None,
        after=after[question.key].name,
    )


def _share(asked: Iterable[Question], by: JudgedBy, after: Answers) -> Share:
    found = [q for q in asked if q.by == by]
    return Share(right=sum(_right(q, after) for q in found), n=len(found))
