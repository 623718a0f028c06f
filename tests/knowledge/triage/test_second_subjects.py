"""A further subject leads to its desk where it is likely, and only stands beside where it is not."""

from collections.abc import Callable

import pytest

from knowledge.triage.routing import Routing
from knowledge.triage.routing import desks as d

Router = Callable[..., Routing]

PULLING = [
    ("共同開発の覚書に何を書くか", "contracts", "contract", "trade_secrets", d.SECRETS),
    ("共同開発の覚書に何を書くか", "contracts", "contract", "overseas", d.OVERSEAS),
    ("共同開発の覚書に何を書くか", "contracts", "contract", "university", d.UNIVERSITY),
    ("商標の住所を変えたい", "trademarks", "record_change", "e_filing", d.E_FILING),
]


@pytest.mark.parametrize(("text", "topic", "need", "second", "desk"), PULLING)
def test_a_likely_second_subject_leads(
    routed: Router, text: str, topic: str, need: str, second: str, desk: str
) -> None:
    routing = routed(text, topic, need, also=(second,), secondary_chances={second: 0.5})
    assert routing.desk == desk


@pytest.mark.parametrize(("text", "topic", "need", "second", "desk"), PULLING)
def test_a_doubtful_one_is_named_but_does_not_lead(
    routed: Router, text: str, topic: str, need: str, second: str, desk: str
) -> None:
    routing = routed(text, topic, need, also=(second,), secondary_chances={second: 0.49})
    assert routing.desk != desk
    assert second in routing.secondary


def test_without_chances_every_second_subject_counts(routed: Router) -> None:
    assert (
        routed("覚書に何を書くか", "contracts", "contract", also=("overseas",)).desk == d.OVERSEAS
    )


def test_a_topic_that_a_rule_put_first_is_never_doubtful(routed: Router) -> None:
    chances = {"trade_secrets": 0.2}
    routing = routed(
        "先使用権を確保したい",
        "patents",
        "strategy",
        also=("trade_secrets",),
        secondary_chances=chances,
    )
    assert (routing.topic, routing.desk) == ("trade_secrets", d.SECRETS)


def test_what_a_university_matter_costs_is_the_fee_desks(routed: Router) -> None:
    routing = routed("大学と出すときの料金は", "fee_reduction", "cost", also=("university",))
    assert routing.desk == d.PROCEDURE
