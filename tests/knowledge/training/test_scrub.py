"""What may name somebody is proposed for masking; what the field needs stays."""

import itertools

import pytest

from knowledge.training.scrub import forbidden, marks, masked


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("電話は03-1234-5678です", "電話は〇〇です"),
        ("090 1234 5678に電話して", "〇〇に電話して"),
        ("mihon@example.comに送って", "〇〇に送って"),
        ("https://example.com/a を見て", "〇〇 を見て"),
        ("〒420-0853に住んでいます", "〇〇に住んでいます"),
        ("株式会社見本の商標です", "株式会社〇〇の商標です"),
        ("見本工業株式会社に真似された", "〇〇株式会社に真似された"),
        ("(株)見本(町工場)です", "(株)〇〇(町工場)です"),
        ("山田太郎と申します", "〇〇と申します"),
        ("担当の佐藤さんに聞いた", "担当の〇〇さんに聞いた"),
        ("口座は123456789012です", "口座は〇〇です"),
    ],
)
def test_what_names_somebody_is_proposed(text: str, wanted: str) -> None:
    assert masked(text, marks(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "特許第1234567号の年金を払いたい",
        "特願2020-123456の審査はいつ",
        "静岡県の浜松市で店を開いています",
        "IPASに応募したい",
        "11月3日に警告書が届いた",
        "二丁目の角で店をしています",
    ],
)
def test_what_the_field_needs_is_left_alone(text: str) -> None:
    assert marks(text) == ()


def test_marks_never_overlap_and_stand_in_order() -> None:
    text = "株式会社山田の山田太郎と申します。03-1234-5678、yamada@example.com"

    found = marks(text)

    assert all(left.end <= right.start for left, right in itertools.pairwise(found))


def test_a_public_contact_may_be_quoted_and_is_not_forbidden() -> None:
    text = "03-3501-5765にかけました"

    assert marks(text, public={"03-3501-5765"}) == ()
    assert forbidden(text, public={"03-3501-5765"}) == ()
    assert [mark.kind for mark in forbidden(text)] == ["phone"]


def test_a_mask_is_not_masked_again() -> None:
    once = masked("山田太郎と申します", marks("山田太郎と申します"))

    assert marks(once) == ()
