"""What needs a question first: passing on, wrong desk, closing, merging, a quarrel at one desk."""

from collections.abc import Sequence
from typing import Any, cast

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.staff.case_view import CaseView
from knowledge.handoffs import merging
from knowledge.handoffs.service import close, resolve_conflict, transfer, wrong_desk
from knowledge.handoffs.views import Outcome, OutcomeFacts
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

OUTCOMES: dict[Outcome, str] = {
    "answered": "console_case.outcome_answered",
    "guided": "console_case.outcome_guided",
    "expert": "console_case.outcome_expert",
    "other_desk": "console_case.outcome_other_desk",
    "booked": "console_case.outcome_booked",
    "no_reply": "console_case.outcome_no_reply",
    "withdrawn": "console_case.outcome_withdrawn",
    "out_of_scope": "console_case.outcome_out_of_scope",
}
GROWTH = {
    "": "console_case.not_heard",
    "up": "console_case.growth_up",
    "same": "console_case.growth_same",
    "down": "console_case.growth_down",
    "unknown": "console_case.growth_unknown",
}
MADE = {
    "": "console_case.not_heard",
    "made": "console_case.made_made",
    "planned": "console_case.made_planned",
    "none": "console_case.made_none",
    "unknown": "console_case.growth_unknown",
}
BUILT = {
    "": "console_case.not_heard",
    "built": "console_case.built_built",
    "planned": "console_case.made_planned",
    "none": "console_case.made_none",
    "unknown": "console_case.growth_unknown",
}
HEARD = (
    ("sales", "console_case.heard_sales", GROWTH),
    ("profit", "console_case.heard_profit", GROWTH),
    ("investment", "console_case.heard_investment", MADE),
    ("organisation", "console_case.heard_organisation", BUILT),
)


class Dialogs:
    """The dialogs of a case; built with the page, opened by its buttons."""

    def __init__(self, view: CaseView) -> None:
        self._view = view
        self.transfer = self._build_transfer()
        self.wrong = self._build_wrong()
        self.close = self._build_close()
        self.merge = self._build_merge()
        self.conflict = self._build_conflict()

    def _offices(self) -> list[tuple[str, str]]:
        here = self._view.file.row.office
        return [(place.id, place.name) for place in self._view.places if place.id != here]

    def _build_transfer(self) -> kit.Dialog:
        dialog = kit.Dialog(say("console_case.transfer"))

        async def send(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            await self._view.send_away(
                lambda session, actor, now: transfer(
                    session=session,
                    reference=self._view.reference,
                    office=sent.get("office", ""),
                    reason=sent.get("reason", ""),
                    actor=actor,
                    now=now,
                )
            )
            name = self._view.place(sent.get("office", ""))
            self._view.leave(say("console_case.transferred", name=name))

        with dialog.body:
            kit.text(say("console_case.transfer_hint"))
            with kit.form(self._view.visit.sending(send)):
                kit.choice(say("console_case.to_office"), "office", self._offices())
                kit.field(
                    say("console_case.reason"), "reason", rows=3, required=True, maxlength=1000
                )
                _ends(dialog, say("console_case.transfer_do"))
        return dialog

    def _build_wrong(self) -> kit.Dialog:
        dialog = kit.Dialog(say("console_case.wrong_desk"))

        async def send(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            await self._view.send_away(
                lambda session, actor, now: wrong_desk(
                    session=session,
                    reference=self._view.reference,
                    office=sent.get("office", ""),
                    topic=sent.get("topic") or None,
                    actor=actor,
                    now=now,
                )
            )
            name = self._view.place(sent.get("office", ""))
            self._view.leave(say("console_case.moved", name=name))

        topics = [("", say("console_case.topic_is_right"))]
        topics += [(topic, words.topic(topic)) for topic in TOPICS]
        with dialog.body:
            kit.text(say("console_case.wrong_desk_told"))
            with kit.form(self._view.visit.sending(send)):
                kit.choice(say("console_case.right_office"), "office", self._offices())
                kit.choice(say("console_case.right_topic"), "topic", topics)
                _ends(dialog, say("console_case.move"))
        return dialog

    def _build_close(self) -> kit.Dialog:
        dialog = kit.Dialog(say("console_case.close"))

        async def send(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            seen = self._view.file.last_seq
            done = await self._view.do(
                lambda session, actor, now: close(
                    session=session,
                    reference=self._view.reference,
                    outcome=cast(Outcome, sent.get("outcome", "")),
                    actor=actor,
                    now=now,
                    facts=_facts(sent),
                    good_case="good_case" in sent,
                    seen_seq=seen,
                )
            )
            dialog.close()
            key = "console_case.reopened_at_once" if done.reopened else "console_case.closed_done"
            self._view.visit.tell(say(key), bad=done.reopened)

        with dialog.body, kit.form(self._view.visit.sending(send)):
            told = [(name, say(key)) for name, key in OUTCOMES.items()]
            kit.choice(say("console_case.outcome"), "outcome", told)
            with kit.Tag("fieldset") as self._heard:
                kit.Tag("legend", say("console_case.heard"))
                kit.text(say("console_case.heard_hint"), css="hint")
                for name, key, options in HEARD:
                    listed = [(value, say(word)) for value, word in options.items()]
                    kit.choice(say(key), name, listed)
                kit.field(say("console_case.heard_comment"), "comment", rows=2, maxlength=1000)
            kit.tick(say("console_case.good_case"), "good_case")
            kit.text(say("console_case.good_case_hint"), css="hint")
            kit.text(say("console_case.survey_hint"), css="hint")
            _ends(dialog, say("console_case.close_do"))
        return dialog

    def draw(self) -> None:
        """加速的支援 is left out of the hearing (DUTIES.md I3)."""
        self._heard.put(hidden=self._view.file.accelerated, disabled=self._view.file.accelerated)

    def _build_merge(self) -> kit.Dialog:
        dialog = kit.Dialog(say("console_case.merge"))

        async def send(pairs: Sequence[tuple[str, str]]) -> None:
            into = kit.fields_of(pairs).get("into", "").strip().upper()
            await self._view.send_away(
                lambda session, actor, now: merging.merge(
                    session=session,
                    reference=self._view.reference,
                    into=into,
                    actor=actor,
                    now=now,
                )
            )
            self._view.leave(say("console_case.merged", into=into), to=into)

        with dialog.body:
            kit.text(say("console_case.merge_hint"))
            with kit.form(self._view.visit.sending(send)):
                kit.field(say("console_case.merge_into"), "into", required=True, maxlength=20)
                _ends(dialog, say("console_case.merge_do"))
        return dialog

    def _build_conflict(self) -> kit.Dialog:
        dialog = kit.Dialog(say("console_case.conflict"))

        async def send(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            stays = sent.get("decision") == "stay"
            await self._view.send_away(
                lambda session, actor, now: resolve_conflict(
                    session=session,
                    reference=self._view.reference,
                    decision="stay" if stays else "other_office",
                    instruction=sent.get("instruction", ""),
                    office=sent.get("office") or None,
                    actor=actor,
                    now=now,
                )
            )
            self._view.leave(
                say("console_case.conflict_done"), to=self._view.reference if stays else ""
            )

        decisions = [
            ("stay", say("console_case.conflict_stay")),
            ("other_office", say("console_case.conflict_other")),
        ]
        with dialog.body:
            kit.text(say("console_case.conflict_told"))
            with kit.form(self._view.visit.sending(send)):
                kit.choice(say("console_case.decision"), "decision", decisions)
                proposed = self._view.file.proposed_office or ""
                kit.choice(say("console_case.to_office"), "office", self._offices(), value=proposed)
                kit.field(
                    say("console_case.instruction"),
                    "instruction",
                    hint=say("console_case.instruction_hint"),
                    rows=2,
                    required=True,
                    maxlength=1000,
                )
                _ends(dialog, say("console_case.decide"))
        return dialog


def _ends(dialog: kit.Dialog, words_: str) -> None:
    with kit.box(css="buttons"):
        kit.Tag("button", words_, css="button solid", type="submit")
        dialog.closer(say("console_case.cancel"))


def _facts(sent: kit.Fields) -> OutcomeFacts | None:
    names = [*(name for name, _, _ in HEARD), "comment"]
    given: dict[str, Any] = {name: sent[name] for name in names if sent.get(name, "").strip()}
    return OutcomeFacts.model_validate(given) if given else None
