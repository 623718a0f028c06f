"""One booking at the desk: what it is about, and the steps that its state allows."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import booking_words as words
from api.consoles.staff.words import moment
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.bookings import approving, console, desk
from knowledge.bookings.approving import Decision
from knowledge.bookings.console import BookingSheet
from knowledge.bookings.desk import ADVICE, NEXT_STEPS, Outcome
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.experts import service as experts
from knowledge.staff.actor import Actor
from knowledge.wording import say


async def build(visit: Visit, reference: str) -> None:
    """The page."""
    await _Booking(visit, reference).build()


class _Booking:
    def __init__(self, visit: Visit, reference: str) -> None:
        self._visit = visit
        self._reference = reference
        self._site = visit.house.site

    async def build(self) -> None:
        kit.heading(1, say("bookings.one", reference=self._reference))
        kit.link(say("bookings.back"), "/console/staff/bookings")
        self._place = kit.box()
        await self._refresh()

    async def _refresh(self) -> None:
        reference = self._reference
        sheet = await self._visit.write(
            lambda session, actor, now: console.sheet(
                session=session, reference=reference, actor=actor, now=now
            )
        )
        self._place.clear()
        with self._place:
            _draw_facts(sheet)
            self._draw_steps(sheet)
            _draw_history(sheet)

    def _draw_steps(self, sheet: BookingSheet) -> None:
        status = sheet.row.status
        if sheet.row.kind == "expert" and status == "requested":
            self._draw_approval(sheet)
        if sheet.row.kind == "expert" and status == "confirmed":
            self._draw_acceptance(sheet)
        if sheet.begun and status in ("confirmed", "done", "no_show"):
            self._draw_outcome()
        if status in ("requested", "confirmed") and not sheet.begun:
            step = self._decline if status == "requested" else self._cancel
            key = "bookings.do_decline" if status == "requested" else "bookings.do_cancel"
            kit.button(say(key), self._visit.doing(step), css="danger")

    def _draw_approval(self, sheet: BookingSheet) -> None:
        with kit.box(tag="section", css="block"):
            kit.heading(2, say("bookings.approve"))
            limit = sheet.limit
            told = (
                say("bookings.allowance_unset")
                if limit is None
                else say(
                    "bookings.allowance_now",
                    uses=sheet.used.uses,
                    most=limit.uses,
                    yen=f"{sheet.used.yen:,}",
                    budget=f"{limit.yen:,}",
                )
            )
            kit.text(told, css="soft")
            if sheet.nearer:
                kit.text(say("bookings.need_nearer_reason", ring=sheet.nearer), css="notice")
            with kit.form(self._visit.sending(self._approve), css="narrow"):
                kit.tick(say("bookings.need_heard"), "heard")
                kit.tick(say("bookings.need_advanced"), "advanced")
                kit.tick(say("bookings.need_specialised"), "specialised")
                hint = say("bookings.bad_abstract", most=approving.MOST_ABSTRACT)
                label = say("bookings.abstract")
                kit.field(label, "abstract", rows=2, hint=hint, required=True, maxlength=300)
                cost = say("bookings.cost")
                kit.field(cost, "cost", kind="number", value="0", min="0", max="10000000")
                kit.field(say("bookings.nearer_reason"), "nearer_reason", maxlength=300)
                kit.field(say("bookings.override_reason"), "override_reason", maxlength=300)
                kit.Tag("button", say("bookings.do_approve"), css="button solid", type="submit")

    def _draw_acceptance(self, sheet: BookingSheet) -> None:
        if sheet.sight is not None and sheet.sight.accepted:
            kit.text(say("bookings.accepted"), css="notice good")
            return
        with kit.box(tag="section", css="block"):
            kit.heading(2, say("bookings.acceptance"))
            kit.text(say("bookings.acceptance_told"), css="soft")
            if not sheet.bound:
                kit.text(say("bookings.need_agreement"), css="notice")
                with kit.form(self._visit.sending(self._agree), css="filters"):
                    kit.field(say("bookings.agreement_on"), "day", kind="date", required=True)
                    label = say("bookings.do_agree")
                    kit.Tag("button", label, css="button", type="submit")
            kit.button(say("bookings.do_accept"), self._visit.doing(self._accept), css="solid")

    def _draw_outcome(self) -> None:
        with kit.box(tag="section", css="block"):
            kit.heading(2, say("bookings.outcome"))
            kit.text(say("bookings.outcome_told"), css="soft")
            with kit.form(self._visit.sending(self._finish), css="narrow"):
                for key in ADVICE:
                    kit.tick(say(key), "advised", value=key)
                steps = [(key, say(key)) for key in NEXT_STEPS]
                kit.choice(say("bookings.next_step"), "next_step", steps)
                kit.field(say("bookings.outcome_note"), "note", rows=3, maxlength=2000)
                kit.Tag("button", say("bookings.do_finish"), css="button solid", type="submit")
            kit.button(say("bookings.do_no_show"), self._visit.doing(self._no_show))

    async def _approve(self, pairs: Sequence[tuple[str, str]]) -> None:
        told, reference, site = kit.fields_of(pairs), self._reference, self._site
        decision = Decision(
            heard=told.get("heard") == "on",
            advanced=told.get("advanced") == "on",
            specialised=told.get("specialised") == "on",
            abstract=told.get("abstract", ""),
            cost_yen=_yen(told.get("cost", "")),
            nearer_reason=told.get("nearer_reason", ""),
            override_reason=told.get("override_reason", ""),
        )

        def work(session: Session, actor: Actor, now: datetime) -> str:
            return approving.approve(
                session=session,
                reference=reference,
                decision=decision,
                site=site,
                actor=actor,
                now=now,
            ).warning

        warning = await self._visit.write(work)
        self._visit.tell(f"{say('bookings.did_approved')} {warning}".strip())
        await self._refresh()

    async def _decline(self) -> None:
        await self._visit.write(
            lambda session, actor, now: approving.decline(
                session=session, reference=self._reference, site=self._site, actor=actor, now=now
            )
        )
        await self._done("bookings.did_declined")

    async def _cancel(self) -> None:
        await self._visit.write(
            lambda session, actor, now: desk.cancel(
                session=session, reference=self._reference, site=self._site, actor=actor, now=now
            )
        )
        await self._done("bookings.did_cancelled")

    async def _accept(self) -> None:
        await self._visit.write(
            lambda session, actor, now: approving.accept(
                session=session, reference=self._reference, actor=actor, now=now
            )
        )
        await self._done("bookings.did_accepted")

    async def _agree(self, pairs: Sequence[tuple[str, str]]) -> None:
        day, reference = _day(kit.fields_of(pairs).get("day", "")), self._reference

        def work(session: Session, actor: Actor, now: datetime) -> None:
            booking = desk.locked_for(session=session, reference=reference, actor=actor)
            experts.record_agreement(
                session=session,
                expert_id=booking.expert_id or "",
                signed_on=day,
                actor=actor,
                now=now,
            )

        await self._visit.write(work)
        await self._done("bookings.did_agreed")

    async def _no_show(self) -> None:
        await self._visit.write(
            lambda session, actor, now: desk.no_show(
                session=session, reference=self._reference, actor=actor, now=now
            )
        )
        await self._done("bookings.did_no_show")

    async def _finish(self, pairs: Sequence[tuple[str, str]]) -> None:
        told = kit.fields_of(pairs)
        outcome = Outcome(
            advised=tuple(kit.values_of(pairs, "advised")),
            next_step=told.get("next_step", ""),
            note=told.get("note", ""),
        )
        await self._visit.write(
            lambda session, actor, now: desk.finish(
                session=session, reference=self._reference, outcome=outcome, actor=actor, now=now
            )
        )
        await self._done("bookings.did_done")

    async def _done(self, key: str) -> None:
        self._visit.tell(say(key))
        await self._refresh()


def _draw_facts(sheet: BookingSheet) -> None:
    kit.badge(*words.state(sheet.row.status))
    reach = "、".join(part for part in (sheet.contact.email, sheet.contact.phone) if part)
    experts_ = " ".join(
        part
        for part in (
            sheet.expert_name,
            words.profession(sheet.profession),
            words.ring(sheet.ring),
        )
        if part
    )
    facts = (
        ("bookings.row_when", sheet.row.when),
        ("bookings.col_kind", words.kind(sheet.row.kind)),
        ("bookings.col_mode", words.mode(sheet.row.mode)),
        ("bookings.row_place", sheet.place),
        ("bookings.row_name", sheet.contact.name),
        ("bookings.row_company", sheet.contact.company),
        ("bookings.col_prefecture", sheet.contact.prefecture),
        ("bookings.row_reach", reach),
        ("bookings.row_topic", say(f"topics.{sheet.topic}")),
        ("bookings.col_summary", sheet.summary),
        ("bookings.col_expert", experts_),
        ("bookings.col_why", sheet.why),
        ("bookings.abstract", sheet.sight.abstract if sheet.sight else ""),
    )
    with kit.box(tag="dl", css="rows"):
        for key, value in facts:
            if value:
                kit.Tag("dt", say(key))
                kit.Tag("dd", value)


def _draw_history(sheet: BookingSheet) -> None:
    now = clock.now()
    kit.heading(2, say("bookings.history"))
    with kit.box(tag="ul"):
        for line in sheet.history:
            who = say(words.WHO[line.who])
            kit.Tag("li", f"{moment(line.at, now)} {words.did(line.action)}（{who}）")


def _yen(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) <= 8 else 0


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        problem = FieldProblem("day", say("errors.bad_field"))
        raise InvalidInputError(fields=(problem,)) from error
