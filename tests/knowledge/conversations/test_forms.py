from typing import Any

import pytest

from knowledge.catalogue import Catalogue
from knowledge.conversations import composing, dialogue
from knowledge.conversations.forms import Form, Forms, begin_choice, form_choice, with_form
from knowledge.conversations.replies import Reply, TextPart
from knowledge.conversations.state import FormState, Scene, State, Turn
from knowledge.triage.understanding import Understanding
from tests.knowledge.conversations.test_dialogue import NOW, SHOP, hear

COLOURS = ("赤", "青")


def _said(text: str) -> Reply:
    return Reply(parts=(TextPart(text=text),))


class ColourForm(Form):
    """Asks for one colour; offers itself below every answer while it waits."""

    name = "colour"

    def begin(self, scene: Scene, state: State, heard: Understanding) -> Turn:
        return Turn(_said("何色ですか"), with_form(state, FormState(name="colour", asking="which")))

    def hear(self, scene: Scene, state: State, heard: Understanding) -> Turn | None:
        if heard.text not in COLOURS:
            return None
        return Turn(_said(f"{heard.text}ですね"), with_form(state, None))

    def choose(self, scene: Scene, state: State, payload: dict[str, Any]) -> Turn | None:
        return Turn(_said("やめます"), with_form(state, None)) if payload.get("stop") else None

    def follow(self, scene: Scene, before: State, heard: Understanding, turn: Turn) -> Turn:
        if turn.state.form is None:
            return turn
        parts = (*turn.reply.parts, TextPart(text="色の続き"))
        return Turn(turn.reply.model_copy(update={"parts": parts}), turn.state)


class ShapeForm(ColourForm):
    """A second form, which begins by itself when its word falls."""

    name = "shape"

    def follow(self, scene: Scene, before: State, heard: Understanding, turn: Turn) -> Turn:
        if "形" not in heard.text:
            return turn
        return Turn(turn.reply, with_form(turn.state, FormState(name="shape")))


FORMS = Forms(ColourForm(), ShapeForm())
ASKED = State(form=FormState(name="colour", asking="which"), pending="date")


@pytest.fixture
def scene(catalogue: Catalogue) -> Scene:
    """Noon of a working day, with the shipped content."""
    return Scene(catalogue, NOW)


def _texts(turn: Turn) -> list[str]:
    return [part.text for part in turn.reply.parts if isinstance(part, TextPart)]


def test_an_active_form_has_the_first_word(scene: Scene) -> None:
    turn = FORMS.hear(scene, ASKED, hear("赤", "smalltalk"), dialogue.smalltalk)

    assert _texts(turn) == ["赤ですね"]
    assert turn.state.form is None
    assert turn.state.pending is None


def test_what_is_not_for_the_form_is_answered_as_ever_and_the_form_waits(scene: Scene) -> None:
    turn = FORMS.hear(scene, ASKED, hear(SHOP), dialogue.answer_inquiry)

    assert "商標" in _texts(turn)[0]
    assert _texts(turn)[-1] == "色の続き"
    assert turn.state.form == ASKED.form
    assert turn.state.inquiry is not None


def test_without_a_form_nothing_but_the_step_speaks(scene: Scene) -> None:
    heard = hear(SHOP)

    assert FORMS.hear(scene, State(), heard, dialogue.answer_inquiry) == dialogue.answer_inquiry(
        scene, State(), heard
    )


def test_starting_over_drops_the_form(scene: Scene) -> None:
    turn = FORMS.hear(scene, ASKED, hear("最初から", "start_over"), dialogue.start_over)

    assert turn.state == State()


def test_a_form_may_begin_by_itself_below_an_answer(scene: Scene) -> None:
    turn = FORMS.hear(scene, State(), hear("形の商標のこと"), dialogue.answer_inquiry)

    assert turn.state.form == FormState(name="shape")


def test_a_form_is_opened_by_a_choice_from_anywhere(scene: Scene) -> None:
    payload = begin_choice("colour", "色を選ぶ").payload

    turn = FORMS.choose(scene, State(), payload, dialogue.choose)

    assert _texts(turn) == ["何色ですか"]
    assert turn.state.form == FormState(name="colour", asking="which")


def test_a_choice_of_the_form_goes_to_the_form(scene: Scene) -> None:
    payload = form_choice("colour", "やめる", stop=True).payload

    assert _texts(FORMS.choose(scene, ASKED, payload, dialogue.choose)) == ["やめます"]


@pytest.mark.parametrize("payload", [{"form": "colour", "old": 1}, {"form": "gone", "begin": True}])
def test_a_choice_no_form_knows_any_more_leads_to_the_list_of_topics(
    scene: Scene, payload: dict[str, Any]
) -> None:
    turn = FORMS.choose(scene, State(), payload, dialogue.choose)

    assert turn.reply == dialogue.choose(scene, State(), {}).reply


def test_another_choice_in_the_middle_is_answered_and_the_form_waits(scene: Scene) -> None:
    payload = composing.person_choice().payload

    turn = FORMS.choose(scene, ASKED, payload, dialogue.choose)

    assert _texts(turn)[-1] == "色の続き"
    assert turn.state.form == ASKED.form


def test_a_form_of_an_older_release_hears_nothing(scene: Scene) -> None:
    old = State(form=FormState(name="gone"))

    turn = FORMS.hear(scene, old, hear(SHOP), dialogue.answer_inquiry)

    assert "商標" in _texts(turn)[0]
