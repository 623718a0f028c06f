"""Dates of a right that is kept by paying belong to the right, amounts to the fees (DOMAIN §4-11)."""

from collections.abc import Callable

import pytest

from knowledge.triage.routing import Routing

Router = Callable[..., Routing]

OF_THE_RIGHT = [
    ("特許の年金、次はいつまでに払えばいい", "patents"),
    ("維持年金を払い忘れた。まだ間に合うか", "patents"),
    ("意匠の登録料の次の納付はいつまで", "designs"),
    ("商標の更新はいつまで", "trademarks"),
    ("商標権の回復はいつまでできる", "trademarks"),
    ("分割納付の後期分の期限", "trademarks"),
]


@pytest.mark.parametrize(("text", "topic"), OF_THE_RIGHT)
def test_until_when_a_right_is_kept_is_about_the_right(
    routed: Router, text: str, topic: str
) -> None:
    routing = routed(text, "fee_reduction", "deadline")
    assert routing.topic == topic
    assert "fee_reduction" in routing.secondary
    assert "DOMAIN§4-11" in {reason.rule for reason in routing.reasons}


OF_THE_FEES = [
    ("特許の年金は四年目からいくら", "cost"),
    ("年金の減免の申請はいつまで", "deadline"),
    ("払いすぎた特許料の返還はいつまで頼める", "deadline"),
    ("審査請求の手数料はいつまで", "deadline"),
    ("年金の納付書の書き方", "procedure"),
]


@pytest.mark.parametrize(("text", "need"), OF_THE_FEES)
def test_amounts_relief_and_ways_to_pay_stay_with_the_fees(
    routed: Router, text: str, need: str
) -> None:
    assert routed(text, "fee_reduction", need).topic == "fee_reduction"
