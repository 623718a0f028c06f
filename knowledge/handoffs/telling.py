"""What visitors are told about a handoff: wording and choices only; it decides nothing."""

from collections.abc import Sequence
from datetime import datetime

from knowledge.cases.sheet import CaseSheet, SheetDesk
from knowledge.clock import japanese_date
from knowledge.conversations.replies import (
    Basis,
    CardPart,
    Choice,
    ChoicesPart,
    Link,
    Part,
    Reply,
    Row,
    TextPart,
)
from knowledge.handoffs.views import Requested
from knowledge.wording import say

CASE_PAGE = "/case"
SESSIONS_PAGE = "/sessions"


def place_name(place: SheetDesk) -> str:
    """The name a visitor reads."""
    return place.office or place.name


def moment(at: datetime) -> str:
    """A moment as shown: 2026年11月24日（火） 9:00."""
    return f"{japanese_date(at.date())} {at.hour}:{at.minute:02d}"


def queued(requested: Requested, place: str) -> Reply:
    """The case stands in the queue: number, place, wait, or the next opening and the ways out."""
    lines = [say("handoff.queued", place=place, reference=requested.reference)]
    choices: tuple[Choice, ...] = ()
    key = "handoff.queued"
    if requested.position is None:
        lines = [say("handoff.held", reference=requested.reference)]
        key = "handoff.held"
    elif requested.open_now:
        lines.append(_wait(requested))
        choices = (back_choice(),)
    else:
        lines += [_closed(requested), say("handoff.closed_ways")]
        choices = (*contact_choices(), back_choice())
    parts: list[Part] = [TextPart(text="\n".join(lines))]
    if choices:
        parts.append(ChoicesPart(prompt=say("handoff.meanwhile"), choices=choices))
    return Reply(parts=tuple(parts), basis=Basis(wording=(key,)), author="system")


def secret(reference: str, code: str) -> Reply:
    """The code of a case, for the visitor only."""
    text = say("handoff.code", reference=reference, code=code)
    return Reply(
        parts=(TextPart(text=text, private=True),),
        basis=Basis(wording=("handoff.code",)),
        author="system",
    )


def sheet_card(reference: str, sheet: CaseSheet) -> CardPart:
    """The case sheet in short; the page shows and corrects the whole of it."""
    topics = "、".join(say(f"topics.{topic}") for topic in sheet.topics)
    rows = [Row(label=say("cases.topics"), value=topics)]
    if sheet.inquiry:
        rows.append(Row(label=say("cases.inquiry"), value=sheet.inquiry))
    if sheet.prefecture:
        rows.append(Row(label=say("cases.prefecture"), value=sheet.prefecture))
    for one in sheet.deadlines:
        day = japanese_date(one.unshifted)
        rows.append(Row(label=say("cases.deadline"), value=f"{day}（{one.basis}）"))
    if sheet.programmes:
        names = "、".join(one.name for one in sheet.programmes)
        rows.append(Row(label=say("cases.programmes"), value=names))
    rows.append(Row(label=say("cases.desk"), value=place_name(sheet.desk)))
    if sheet.reasons:
        rows.append(Row(label=say("cases.reasons"), value=sheet.reasons[0].text))
    return CardPart(
        kind="case",
        title=say("cases.title", reference=reference),
        rows=tuple(rows),
        links=(Link(label=say("cases.open_page"), url=f"{CASE_PAGE}#{reference}"),),
        note=say("cases.card_note"),
    )


def sheet_shown(reference: str, sheet: CaseSheet, *, asks: bool) -> Reply:
    """The sheet, and where ``asks`` the question whether it may go to the desk."""
    choices = (confirm_choice(), stop_choice()) if asks else (new_code_choice(),)
    prompt = say("handoff.confirm_prompt") if asks else None
    return Reply(
        parts=(
            TextPart(text=say("handoff.sheet_intro" if asks else "handoff.sheet_here")),
            sheet_card(reference, sheet),
            ChoicesPart(prompt=prompt, choices=choices),
        ),
        basis=Basis(wording=("handoff.sheet_intro",)),
        author="system",
    )


def exits() -> Reply:
    """Nobody came yet: the other ways."""
    return Reply(
        parts=(
            TextPart(text=say("handoff.still_waiting")),
            ChoicesPart(
                prompt=say("handoff.meanwhile"), choices=(*contact_choices(), back_choice())
            ),
            CardPart(
                kind="case",
                title=say("handoff.book_title"),
                links=(Link(label=say("handoff.book_link"), url=SESSIONS_PAGE),),
            ),
        ),
        basis=Basis(wording=("handoff.still_waiting",)),
        author="system",
    )


def said(key: str, **values: object) -> Reply:
    """One keyed sentence of the product itself."""
    return Reply(
        parts=(TextPart(text=say(key, **values)),), basis=Basis(wording=(key,)), author="system"
    )


def survey() -> Reply:
    """The one question after the closing, and the invitation to INPIT's own survey (I4)."""
    choices = tuple(
        Choice(label=say(f"handoff.survey_{answer}"), payload={"survey": answer})
        for answer in SURVEY_ANSWERS
    )
    return Reply(
        parts=(
            TextPart(text=say("handoff.closed")),
            ChoicesPart(prompt=say("handoff.survey_prompt"), choices=choices),
        ),
        basis=Basis(rules=("DUTIES-I4",), wording=("handoff.closed", "handoff.survey_prompt")),
        author="system",
    )


SURVEY_ANSWERS: Sequence[str] = ("helped", "partly", "not_helped")


def confirm_choice() -> Choice:
    """The sheet may go to the desk."""
    return Choice(label=say("handoff.choice_confirm"), payload={"handoff": "request"})


def stop_choice() -> Choice:
    """Not now."""
    return Choice(label=say("handoff.choice_stop"), payload={"handoff": "stop"})


def new_code_choice() -> Choice:
    """A new code for the case."""
    return Choice(label=say("handoff.choice_code"), payload={"handoff": "code"})


def back_choice() -> Choice:
    """Out of the queue, back to the bot."""
    return Choice(label=say("handoff.choice_back"), payload={"handoff": "withdraw"})


def contact_choices() -> tuple[Choice, ...]:
    """How the answer may reach her when she does not wait."""
    return (
        Choice(label=say("handoff.choice_message"), payload={"handoff": "message"}),
        Choice(
            label=say("handoff.choice_callback"),
            act="contact_phone",
            payload={"handoff": "callback"},
        ),
        Choice(label=say("handoff.choice_mail"), act="contact_mail", payload={"handoff": "mail"}),
    )


def _wait(requested: Requested) -> str:
    ahead = (requested.position or 1) - 1
    line = say("handoff.ahead", ahead=ahead) if ahead else say("handoff.next")
    if requested.wait_minutes is None:
        return f"{line}\n{say('handoff.wait_unknown')}"
    return f"{line}\n{say('handoff.wait', minutes=requested.wait_minutes)}"


def _closed(requested: Requested) -> str:
    if requested.next_open_at is None:
        return say("handoff.closed_unknown")
    return say("handoff.closed_until", moment=moment(requested.next_open_at))
