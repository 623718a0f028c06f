import pytest

from knowledge.articles.service import shipped as shipped_entries
from knowledge.content_store.files import CONTENT_DIR
from knowledge.triage.first_articles import bound_article, first_article, shipped
from knowledge.vocabulary import NEEDS, TOPICS

KEYS = {*NEEDS, "other"}


def test_every_topic_has_an_article_to_begin_with() -> None:
    for topic in TOPICS:
        assert first_article(topic, None) is not None, topic


def test_every_article_named_exists_and_every_need_is_one() -> None:
    known = set(shipped_entries(root=CONTENT_DIR).by_id())
    for topic, by_need in shipped().items():
        assert set(by_need.values()) - {None} <= known, topic
        if topic in TOPICS:
            assert set(by_need) <= KEYS, topic


@pytest.mark.parametrize(
    ("topic", "reserved", "sized", "article"),
    [
        ("fee_reduction", ("draft_application",), False, "patents-draft-request"),
        ("fee_reduction", (), True, "fee-reduction-sme"),
        ("fee_reduction", (), False, None),
        ("patents", (), True, None),
    ],
)
def test_what_the_law_reserves_goes_before_the_words(
    topic: str, reserved: tuple[str, ...], sized: bool, article: str | None
) -> None:
    assert bound_article(topic, reserved, sized=sized) == article


@pytest.mark.parametrize(
    ("right", "article"),
    [
        ("trademarks", "fee-reduction-trademark-total-cost"),
        ("designs", "designs-cost"),
        ("patents", "fee-reduction-patent-total-cost"),
        ("agriculture", "fee-reduction-patent-total-cost"),
        (None, "fee-reduction-patent-total-cost"),
    ],
)
def test_a_price_begins_with_the_right_it_is_asked_for(right: str | None, article: str) -> None:
    assert first_article("fee_reduction", "cost", right=right) == article


def test_a_date_about_patents_is_left_to_the_search() -> None:
    assert first_article("patents", "deadline") is None
