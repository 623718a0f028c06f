"""What the routing rules look at, and what they answer; no rule stands here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.desks.prefectures import Prefecture
from knowledge.triage.facts import Facts
from knowledge.triage.signals import Signals
from knowledge.wording import say

NOT_PREFECTURE_CLIENTS = frozenset({"large", "attorney", "foreign"})
"""Askers the prefecture desks do not serve (R9)."""


LEAKS_IN = frozenset(
    {"trade_secrets", "contracts", "overseas", "university", "patents", "agriculture", "other_ip"}
)
SAID_BY = {
    "overseas": (
        "abroad_word",
        "abroad_group",
        "bonin_shohyo",
        "suspicious_invoice",
        "secret_order",
    ),
    "trade_secrets": ("secret_word", "leak", "conceal_or_file", "prior_use_patent"),
    "university": ("university_partner",),
    "e_filing": ("e_filing_word",),
    "fee_reduction": ("fee_word",),
}
"""What speaks for a topic that the classifier only guessed."""
BEFOREHAND = frozenset({"strategy", "learn", "people", "cost"})


def leaked(signals: Signals, topic: str, need: str | None) -> bool:
    """Whether the text tells of a leak and the inquiry is about it."""
    told = signals.has("leak", "personal_data_report")
    return told and topic in LEAKS_IN and need not in BEFOREHAND


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that was followed and what it says to a visitor."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One desk, by one rule; ``key`` names the sentence (``triage.reason_<key>``)."""

    desk: str | None
    rule: str
    key: str

    def reason(self, **values: str) -> Reason:
        """The rule with its sentence."""
        return Reason(self.rule, say(f"triage.reason_{self.key}", **values))


@dataclass(frozen=True, slots=True)
class Case:
    """Topic × need × asker × place, and the signals of the text."""

    topic: str
    secondary: tuple[str, ...]
    need: str | None
    asker: str | None
    wants: tuple[str, ...]
    signals: Signals
    facts: Facts
    prefecture: Prefecture | None
    sure: bool = True
    doubtful: frozenset[str] = frozenset()
    """Further topics that are mentioned to the visitor but are less likely there than not."""

    def told(self, topic: str) -> bool:
        """Whether a topic may steer the desk: the classifier was sure, or the words say it."""
        return self.sure or topic not in SAID_BY or self.has(*SAID_BY[topic])

    def concerns(self, topic: str) -> bool:
        """Whether a topic is among those of the message and may steer the desk; one that comes
        second only if it is likelier there than not."""
        return topic in self.topics and topic not in self.doubtful and self.told(topic)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic and the others, the one to be solved first in front."""
        return (self.topic, *self.secondary)

    def has(self, *names: str) -> bool:
        """Whether any of these signals was found."""
        return self.signals.has(*names)

    @property
    def large(self) -> bool:
        """A firm above the line of the prefecture desks."""
        return self.asker == "large" or self.facts.large

    @property
    def prefecture_client(self) -> bool:
        """Whether the prefecture desk serves this asker (R9)."""
        return not (self.large or self.asker in NOT_PREFECTURE_CLIENTS or self.has("student"))

    @property
    def leaked(self) -> bool:
        """Whether secrets have got out, not only that somebody wants to prevent it (R6)."""
        return leaked(self.signals, self.topic, self.need)

    @property
    def in_kansai(self) -> bool:
        """Whether the company stands in one of the seven prefectures."""
        return self.prefecture is not None and self.prefecture.kansai_desk

    @property
    def face_to_face(self) -> bool:
        """Strategy or a meeting in person is wanted (ARCHITECTURE §4)."""
        return (
            self.need == "strategy"
            or "expert_session" in self.wants
            or self.has("meet_in_person", "visit_wanted")
        )


@dataclass(frozen=True, slots=True)
class Routing:
    """The leading desk, those beside it, the facts to ask and the notices that go with them."""

    topic: str
    secondary: tuple[str, ...]
    desk: str | None
    other_desks: tuple[str, ...]
    reasons: tuple[Reason, ...]
    ask: tuple[str, ...] = ()
    notices: tuple[str, ...] = field(default=())

    @property
    def desks(self) -> Iterator[str]:
        """All desks, the leading one first."""
        if self.desk:
            yield self.desk
        yield from self.other_desks
