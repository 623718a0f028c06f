"""Answers become few messages, in order, within LINE's limits, whatever the answer is."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels.line.limits import problems
from api.channels.line.rendering import Look, quick_text, render
from knowledge.clock import TOKYO
from knowledge.conversations.views import MessageView
from knowledge.sources import Source
from knowledge.wording import say
from tests.support.line_standin.phone import actions, words

Json = dict[str, Any]

LOOK = Look(public_url="https://madoguchi.example.jp")
SOURCE = Source(
    title="特許庁 料金一覧", url="https://www.jpo.go.jp/a", as_of="2026-04", confirmed=True
)


def view(*parts: Json, author: Any = "bot", sources: tuple[Source, ...] = ()) -> MessageView:
    """A message as the API gives it."""
    at = datetime(2026, 11, 20, 10, tzinfo=TOKYO)
    return MessageView(
        id="m", seq=1, author=author, at=at, parts=list(parts), sources=list(sources)
    )


def text(content: str) -> Json:
    return {"type": "text", "text": content}


def choices(*labels: str, prompt: str | None = None, act: str | None = None) -> Json:
    offered = [{"label": label, "id": f"id{i}", "act": act} for i, label in enumerate(labels)]
    return {"type": "choices", "prompt": prompt, "role": None, "choices": offered}


def card(title: str = "窓口", **more: Any) -> Json:
    made = {"type": "card", "kind": "desk", "title": title, "badge": None, "note": None}
    return {**made, "rows": [{"label": "電話", "value": "0570"}], "links": [], **more}


def sheet(**more: Any) -> Json:
    made = {
        "type": "sheet",
        "title": "審査請求料",
        "amount": "50,000円くらい",
        "rows": [{"label": "区分", "value": "小規模企業"}],
        "lines": [
            {
                "label": "基本",
                "full_yen": 138000,
                "paid_yen": 46000,
                "source": SOURCE.model_dump(),
            },
            {"label": "加算", "full_yen": 4000, "paid_yen": None, "source": SOURCE.model_dump()},
        ],
        "sections": [{"title": "条件", "items": ["従業員の数"]}],
        "links": [{"label": "計算のページ", "url": "/fees#a=1"}],
        "note": None,
        "fallback": "審査請求料は…",
    }
    return {**made, **more}


def test_a_text_is_a_text() -> None:
    assert render([view(text("こんにちは"))], LOOK) == [{"type": "text", "text": "こんにちは"}]


def test_neighbouring_texts_are_one_message() -> None:
    (message,) = render([view(text("一"), text("二")), view(text("三"))], LOOK)

    assert message["text"] == "一\n\n二\n\n三"


def test_cards_stand_side_by_side_in_the_order_of_the_answer() -> None:
    messages = render([view(text("前"), card("甲"), card("乙"), text("後"))], LOOK)

    assert [m["type"] for m in messages] == ["text", "flex", "text"]
    titles = [words(b).split("\n")[0] for b in messages[1]["contents"]["contents"]]
    assert titles == ["甲", "乙"]


def test_an_answer_of_many_turns_between_texts_and_cards_still_fits_one_call() -> None:
    parts = [part for n in range(8) for part in (text(f"文{n}"), card(f"札{n}"))]

    messages = render([view(*parts)], LOOK)

    assert problems(messages) == []
    assert all(f"文{n}" in words(messages) and f"札{n}" in words(messages) for n in range(8))


def test_choices_are_quick_replies_below_the_last_message() -> None:
    messages = render(
        [view(choices("商標", "特許", prompt="どちらですか")), view(text("末"))], LOOK
    )

    assert "quickReply" not in messages[0] or len(messages) == 1
    offered = messages[-1]["quickReply"]["items"]
    assert [i["action"]["label"] for i in offered] == ["商標", "特許"]
    assert offered[0]["action"]["data"] == "choice=id0"
    assert "どちらですか" in words(messages)


def test_more_choices_than_line_has_room_for_are_a_list_to_press() -> None:
    messages = render([view(choices(*[f"話題{n}" for n in range(14)]))], LOOK)

    assert problems(messages) == []
    assert [a["data"] for a in actions(messages)] == [f"choice=id{n}" for n in range(14)]


def test_free_times_are_a_card_to_press_that_stays() -> None:
    part = choices("11/25（水）10:00 来所", "ほかの日", prompt="いつがよいですか") | {
        "role": "slots"
    }

    messages = render([view(part)], LOOK)

    assert problems(messages) == []
    assert [m["type"] for m in messages] == ["flex"]
    assert "いつがよいですか" in words(messages)
    assert [a["data"] for a in actions(messages)] == ["choice=id0", "choice=id1"]


def test_a_long_label_is_shown_whole() -> None:
    label = "このまま送る（会話の記録に残ることがわかりました）"

    messages = render([view(choices(label, "やめる"))], LOOK)

    assert problems(messages) == []
    assert label in words(messages)
    assert actions(messages)[0]["displayText"] == label


def test_choices_of_several_parts_beyond_thirteen_are_all_still_offered() -> None:
    parts = (choices(*[f"甲{n}" for n in range(9)]), choices(*[f"乙{n}" for n in range(9)]))

    messages = render([view(text("あ"), *parts)], LOOK)

    assert problems(messages) == []
    assert len(actions(messages)) == 18


def test_what_only_a_page_can_ask_is_left_out() -> None:
    messages = render([view(text("あ"), choices("メールで受け取る", act="contact"))], LOOK)

    assert messages == [{"type": "text", "text": "あ"}]


def test_the_button_that_keeps_a_text_is_the_channels_own() -> None:
    messages = render([view(text("あ"), choices("このまま送る", act="keep"))], LOOK)

    assert actions(messages)[0]["data"] == "keep"


def test_a_sheet_shows_amount_lines_and_their_sources() -> None:
    messages = render([view(sheet())], LOOK)

    assert problems(messages) == []
    shown = words(messages)
    for word in ("50,000円", "46,000円", "138,000円", "4,000円", "2026-04", "従業員の数"):
        assert word in shown
    assert "https://madoguchi.example.jp/fees#a=1" in json.dumps(messages)


def test_a_sheet_too_large_for_a_card_is_said_as_text() -> None:
    sections = [{"title": f"条件{n}", "items": ["あ" * 900]} for n in range(20)]

    messages = render([view(sheet(sections=sections))], LOOK)

    assert messages == [{"type": "text", "text": "審査請求料は…"}]


def test_sources_are_shown_with_date_and_whether_they_were_seen() -> None:
    unseen = Source(title="手引き", url=None, as_of=None, confirmed=False)

    messages = render([view(text("答え"), sources=(SOURCE, unseen))], LOOK)

    shown = words(messages)
    assert f"特許庁 料金一覧（2026-04、{say('line_chat.confirmed')}）" in shown
    assert say("line_chat.unconfirmed") in shown
    assert "https://www.jpo.go.jp/a" in json.dumps(messages)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://www.inpit.go.jp/a?b=1", "https://www.inpit.go.jp/a?b=1"),
        ("https://www.inpit.go.jp/窓口", "https://www.inpit.go.jp/%E7%AA%93%E5%8F%A3"),
        ("tel:0570-082100", "tel:0570-082100"),
        ("/case#K26", "https://madoguchi.example.jp/case#K26"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://a.jp/" + "x" * 1000, None),
    ],
)
def test_a_link_leads_where_a_phone_can_go_or_is_left_out(url: str, kept: str | None) -> None:
    messages = render([view(card(links=[{"label": "開く", "url": url}]))], LOOK)

    assert problems(messages) == []
    assert [a["uri"] for a in actions(messages)] == ([kept] if kept else [])


def test_without_a_public_address_paths_of_ours_are_left_out() -> None:
    messages = render([view(card(links=[{"label": "開く", "url": "/case"}]))], Look())

    assert actions(messages) == []


def test_what_a_person_says_carries_name_and_picture_of_the_desk() -> None:
    look = Look(
        public_url="https://madoguchi.example.jp", speaker="INPIT静岡県知財総合支援窓口です"
    )
    messages = render([view(text("はい")), view(text("担当です"), author="staff")], look)

    assert "sender" not in messages[0]
    assert messages[1]["sender"]["name"].startswith("INPIT静岡県")
    assert messages[1]["sender"]["iconUrl"] == "https://madoguchi.example.jp/line/staff.png"
    assert problems(messages) == []


def test_without_https_there_is_a_name_but_no_picture() -> None:
    (message,) = render([view(text("はい"), author="staff")], Look(public_url="http://localhost"))

    assert message["sender"] == {"name": say("line_chat.sender_staff")}


SECRET_WORDS = "株式会社見本の新しい接着剤 https://example.jp/x"


def test_a_push_shows_no_word_of_the_case_in_its_notification() -> None:
    parts = (text(SECRET_WORDS), card(SECRET_WORDS), sheet(title=SECRET_WORDS))

    messages = render([view(*parts, author="staff")], LOOK, preview_safe=True)

    assert problems(messages) == []
    assert {m["altText"] for m in messages} == {say("line_chat.alt_push")}
    assert words(messages).count("接着剤") == 3
    assert all("sender" in m for m in messages)
    assert "https://example.jp/x" in [a["uri"] for a in actions(messages)]


def test_quick_replies_of_the_channel_say_something_for_the_visitor() -> None:
    quick = [quick_text("はい、静岡県です", "会社の所在地は静岡県です")]

    (message,) = render([view(text("静岡県ですね"))], LOOK, quick=quick)

    assert message["quickReply"]["items"][0]["action"]["text"] == "会社の所在地は静岡県です"


def test_a_part_of_a_kind_to_come_is_still_said() -> None:
    messages = render([view({"type": "slots", "fallback": "11月24日 10時"})], LOOK)

    assert messages == [{"type": "text", "text": "11月24日 10時"}]


def test_nothing_to_say_is_no_message() -> None:
    assert render([], LOOK) == []


_WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
_LABEL = _WORDS.map(lambda t: t[:60]).filter(lambda t: t.strip() != "")
_PART = st.one_of(
    _WORDS.filter(lambda t: t.strip() != "").map(lambda t: text(t * 40)),
    st.lists(_LABEL, min_size=1, max_size=16).map(lambda ls: choices(*ls)),
    _LABEL.map(lambda t: card(t, rows=[{"label": t, "value": t * 5}])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PART, min_size=1, max_size=9), st.booleans())
def test_whatever_is_said_line_takes_it(parts: list[Json], safe: bool) -> None:
    messages = render([view(*parts)], LOOK, preview_safe=safe)

    for start in range(0, len(messages), 5):
        assert problems(messages[start : start + 5]) == []
