"""Notes inside the desk, and labels, of one case; the visitor sees neither."""

from collections.abc import Sequence

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.staff.case_view import CaseView
from knowledge import clock
from knowledge.handoffs.labels import set_labels
from knowledge.handoffs.service import note
from knowledge.text import MAX_TEXT_LENGTH
from knowledge.wording import say


class Notes:
    """The notes, and the form for a new one."""

    def __init__(self, view: CaseView) -> None:
        self._view = view
        self._shown = -1
        self._list = kit.box(tag="ul", css="stack")
        with kit.form(view.visit.sending(self._send)):
            self._text = kit.field(
                say("console_case.new_note"),
                "text",
                rows=2,
                required=True,
                maxlength=MAX_TEXT_LENGTH,
                data_key="note",
            )
            kit.Tag("button", say("console_case.keep_note"), css="button plain", type="submit")

    def draw(self) -> None:
        """Bring the list up to date."""
        notes = self._view.file.notes
        if len(notes) == self._shown:
            return
        self._shown = len(notes)
        self._list.clear()
        with self._list:
            for one in notes:
                with kit.box(tag="li"):
                    kit.text(one.text, css="pre")
                    told = f"{one.author_name}　{words.moment(one.at, clock.now())}"
                    kit.Tag("span", told, css="soft small")

    async def _send(self, pairs: Sequence[tuple[str, str]]) -> None:
        text = kit.fields_of(pairs).get("text", "")
        await self._view.do(
            lambda session, actor, now: note(
                session=session, reference=self._view.reference, text=text, actor=actor, now=now
            )
        )
        kit.set_value(self._text, "")


class Labels:
    """The labels, and the form that replaces them."""

    def __init__(self, view: CaseView) -> None:
        self._view = view
        self._shown: tuple[str, ...] | None = None
        self._list = kit.box(css="labels")
        with kit.form(view.visit.sending(self._send)):
            self._text = kit.field(
                say("console_case.labels_field"),
                "labels",
                value="、".join(view.file.row.labels),
                hint=say("console_case.labels_hint"),
                maxlength=400,
            )
            kit.Tag("button", say("console_case.keep_labels"), css="button plain", type="submit")

    def draw(self) -> None:
        """Bring the list up to date."""
        labels = self._view.file.row.labels
        if labels == self._shown:
            return
        self._shown = labels
        self._list.clear()
        with self._list:
            for label in labels:
                kit.badge(label, "key")

    async def _send(self, pairs: Sequence[tuple[str, str]]) -> None:
        typed = kit.fields_of(pairs).get("labels", "")
        wanted = [label for label in typed.replace(",", "、").split("、") if label.strip()]
        await self._view.do(
            lambda session, actor, now: set_labels(
                session=session,
                reference=self._view.reference,
                labels=wanted,
                actor=actor,
                now=now,
            )
        )
