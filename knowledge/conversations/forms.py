"""Forms: several questions that belong together. An active form has the first word on every
message, and the normal dialogue goes on where the form does not take it; what is asked and what
the answers mean is each form's own.

A form's choices carry ``{"form": <name>, …}`` as payload; ``{"form": <name>, "begin": true}``
opens it from anywhere.
"""

from collections.abc import Callable
from typing import Any, Protocol

from knowledge.conversations.replies import Choice
from knowledge.conversations.state import FormState, Scene, State, Turn
from knowledge.triage.understanding import Understanding

NOTHING_SAID = Understanding(text="", topic="human", confidence=1.0)
"""What is heard when a form is opened by a button before anything was written."""


class Form(Protocol):
    """One form. It is pure: what it knows between two messages lies in ``State.form``.

    Subclass it explicitly to inherit ``follow``.
    """

    @property
    def name(self) -> str:
        """What ``State.form.name`` says while it is active, and ``form`` in its choices."""
        ...

    def begin(self, scene: Scene, state: State, heard: Understanding) -> Turn:
        """Open it; facts already told are taken over and not asked again."""
        ...

    def hear(self, scene: Scene, state: State, heard: Understanding) -> Turn | None:
        """Take a message while active; None = not for this form, the normal dialogue answers."""
        ...

    def choose(self, scene: Scene, state: State, payload: dict[str, Any]) -> Turn | None:
        """Take a choice with this form's name; None = a choice it does not know (any more)."""
        ...

    def follow(self, scene: Scene, before: State, heard: Understanding, turn: Turn) -> Turn:
        """After the normal dialogue answered: add an offer to ``turn``, begin, or leave it.

        Called for every form. ``before.form`` is the form active when the message came; it stays
        active unless the visitor started over or another form began. The form's own rule may drop
        it here (``state.form = None``) or offer to go on.
        """
        return turn


class Forms:
    """The forms of the installation and who of them is asked when."""

    def __init__(self, *forms: Form) -> None:
        self._forms = {form.name: form for form in forms}

    def hear(
        self,
        scene: Scene,
        state: State,
        heard: Understanding,
        step: Callable[[Scene, State, Understanding], Turn],
    ) -> Turn:
        """The active form's turn, or the normal ``step`` and what the forms add to it."""
        active = self._active(state)
        turn = active.hear(scene, state, heard) if active else None
        if turn is not None:
            return turn
        return self._follow(scene, state, heard, step(scene, state, heard))

    def choose(
        self,
        scene: Scene,
        state: State,
        payload: dict[str, Any],
        step: Callable[[Scene, State, dict[str, Any]], Turn],
    ) -> Turn:
        """The turn of the form a choice belongs to, else the normal ``step`` with additions.

        A choice of a form nobody knows any more goes to ``step`` without its payload.
        """
        heard = state.inquiry or NOTHING_SAID
        if "form" in payload:
            turn = self._chosen(scene, state, heard, payload)
            if turn is not None:
                return turn
            payload = {}
        return self._follow(scene, state, heard, step(scene, state, payload))

    def _chosen(
        self, scene: Scene, state: State, heard: Understanding, payload: dict[str, Any]
    ) -> Turn | None:
        form = self._forms.get(str(payload["form"]))
        if form is None:
            return None
        if payload.get("begin"):
            return form.begin(scene, state, heard)
        return form.choose(scene, state, payload)

    def _follow(self, scene: Scene, before: State, heard: Understanding, turn: Turn) -> Turn:
        if before.form is not None and turn.state != State():  # not started over
            kept = turn.state.model_copy(update={"form": turn.state.form or before.form})
            turn = Turn(turn.reply, kept)
        for form in self._forms.values():
            turn = form.follow(scene, before, heard, turn)
        return turn

    def _active(self, state: State) -> Form | None:
        return self._forms.get(state.form.name) if state.form else None


def begin_choice(form: str, label: str) -> Choice:
    """A button that opens a form."""
    return Choice(label=label, payload={"form": form, "begin": True})


def form_choice(form: str, label: str, **payload: Any) -> Choice:
    """A button inside a form; ``payload`` comes back to the form's ``choose``."""
    return Choice(label=label, payload={"form": form, **payload})


def with_form(state: State, form: FormState | None) -> State:
    """The state with this form active (None: none); a question of the dialogue is over."""
    return state.model_copy(update={"form": form, "pending": None, "misses": 0})
