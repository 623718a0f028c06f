"""Makes a case sheet from what the conversation knows, and works corrections into it; pure.

Topics, facts, last days, programmes and the desk come from the same triage that answered.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from knowledge.cases.sheet import (
    CaseSheet,
    Reason,
    SheetArticle,
    SheetChanges,
    SheetDeadline,
    SheetDesk,
    SheetProgramme,
)
from knowledge.catalogue import Catalogue
from knowledge.conversations.state import State
from knowledge.staff.actor import office_id
from knowledge.triage.answer import DeskOut, Triage
from knowledge.triage.facts import Facts
from knowledge.triage.routing.desks import PREFECTURE
from knowledge.triage.service import triage
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import DESKLESS, TOPICS

NOBODY_SAID = "human"
"""The topic of a case whose visitor asked for a person before naming a subject."""
MOST_TOPICS = 6
VISITORS_OWN = ("wish", "company", "opponents", "contact")
"""What only the visitor writes; a new triage leaves it alone."""


def draft(
    *, state: State, catalogue: Catalogue, now: datetime, place: str | None = None
) -> CaseSheet:
    """The sheet of a conversation; ``place`` is where the page said the company is."""
    inquiry = state.inquiry
    if inquiry is None or inquiry.topic in DESKLESS:
        inquiry = Understanding(text="", topic=NOBODY_SAID, confidence=1.0)
    earlier = [one.topic for one in reversed(state.trail) if one.topic in TOPICS]
    facts = state.facts
    if facts.prefecture is None and place is not None:
        facts = facts.model_copy(update={"prefecture": place})
    return _sheet(inquiry, facts, earlier, catalogue, now)


def refresh(sheet: CaseSheet, fresh: CaseSheet) -> CaseSheet:
    """The newer draft of the same conversation with what the visitor had written herself."""
    own = {name: getattr(sheet, name) for name in VISITORS_OWN}
    return fresh.model_copy(update=own)


def rework(
    sheet: CaseSheet, changes: SheetChanges, *, catalogue: Catalogue, now: datetime
) -> CaseSheet:
    """The sheet with the visitor's corrections; desk, last days and programmes follow them."""
    given = changes.model_dump(exclude_unset=True, exclude={"keep"})
    inquiry = Understanding.model_validate(sheet.basis["inquiry"])
    facts = Facts.model_validate(sheet.basis["facts"])
    topics = list(given.get("topics") or sheet.topics or (inquiry.topic,))
    inquiry = inquiry.model_copy(
        update={
            "topic": topics[0],
            "secondary_topics": tuple(topics[1:]),
            "sure": True,
            "text": given.get("inquiry", inquiry.text) or "",
        }
    )
    names = ("prefecture", "employees", "capital_yen", "rights")
    told = {name: given[name] for name in names if name in given}
    if "rights" in told:
        told["rights"] = tuple(told["rights"] or ())
    if "prefecture" in told and told["prefecture"] != facts.prefecture:
        told["city"] = None
    made = _sheet(inquiry, facts.model_copy(update=told), topics[1:], catalogue, now)
    own = {name: getattr(sheet, name) for name in VISITORS_OWN}
    own |= {name: _own(changes, name) for name in VISITORS_OWN if name in given}
    corrected = tuple(dict.fromkeys((*sheet.corrected, *given)))
    shown = {"topics": tuple(topics), "facts": made.facts | _plain(told), "corrected": corrected}
    if "prefecture" in told:
        shown["prefecture"] = told["prefecture"]
    return made.model_copy(update=own | shown)


def place_of(
    desk: DeskOut | None, prefecture: str | None, catalogue: Catalogue
) -> tuple[SheetDesk, str]:
    """The place that takes the case: the leading desk, or the prefecture desk where the lead is
    another body; with the prefecture's office where it has one."""
    entry = catalogue.desk(desk.id) if desk is not None else None
    if entry is None or entry.kind != "desk":
        entry = catalogue.desk(PREFECTURE)
    id_, name = (entry.id, entry.name) if entry is not None else (PREFECTURE, PREFECTURE)
    place = catalogue.prefecture(prefecture) if prefecture and id_ == PREFECTURE else None
    office = office_id(id_, place.jis if place else None)
    shown = SheetDesk(id=id_, name=name, office=place.office if place else None, office_id=office)
    return shown, office


def place_named(office: str, catalogue: Catalogue) -> SheetDesk | None:
    """The place of an office id; ``None`` if no desk or prefecture is called that."""
    id_, _, jis = office.partition("/")
    desk = catalogue.desk(id_)
    place = catalogue.prefecture(jis) if jis else None
    if desk is None or desk.kind != "desk" or (jis and (place is None or id_ != PREFECTURE)):
        return None
    return SheetDesk(
        id=id_, name=desk.name, office=place.office if place else None, office_id=office
    )


def _sheet(
    inquiry: Understanding,
    facts: Facts,
    more_topics: Sequence[str],
    catalogue: Catalogue,
    now: datetime,
) -> CaseSheet:
    result = triage(
        understanding=inquiry,
        catalogue=catalogue,
        now=now,
        facts=facts,
        prefecture=facts.prefecture,
    )
    prefecture = result.entities.get("prefecture")
    desk, _ = place_of(result.desk, prefecture, catalogue)
    topics = dict.fromkeys((result.topic, *result.secondary_topics, *more_topics))
    basis = {
        "inquiry": inquiry.model_dump(mode="json", exclude={"ranking"}),
        "facts": facts.model_dump(mode="json"),
    }
    return CaseSheet(
        topics=tuple(topics)[:MOST_TOPICS],
        inquiry=inquiry.text,
        need=result.need,
        asker=result.asker,
        confidence=result.confidence,
        judgement_or_drafting=result.judgement_or_drafting,
        facts=_plain(result.entities),
        prefecture=prefecture,
        urgency=result.urgency.level,
        desk=desk,
        other_desks=_others(result, desk, prefecture, catalogue),
        basis=basis,
        **_lists(result),
    )


def _lists(result: Triage) -> dict[str, Any]:
    return {
        "deadlines": tuple(
            SheetDeadline(
                date=one.date,
                unshifted=one.unshifted,
                basis=one.basis,
                rule=one.rule,
                if_right=one.if_right,
            )
            for one in result.urgency.deadlines
        ),
        "programmes": tuple(
            SheetProgramme(id=p.id, name=p.name, why=p.why, status=p.status, source=p.source)
            for p in result.programmes
        ),
        "articles": tuple(SheetArticle(id=a.id, title=a.title) for a in result.articles[:3]),
        "reasons": tuple(Reason(rule=r.rule, text=r.text) for r in result.reasons),
    }


def _others(
    result: Triage, lead: SheetDesk, prefecture: str | None, catalogue: Catalogue
) -> tuple[SheetDesk, ...]:
    """The desks beside, and the leading body where it takes no cases here."""
    found = []
    for desk in (result.desk, *result.other_desks):
        if desk is None or desk.id == lead.id:
            continue
        place = catalogue.prefecture(prefecture) if prefecture and desk.id == PREFECTURE else None
        found.append(
            SheetDesk(
                id=desk.id,
                name=desk.name,
                office=desk.office,
                office_id=office_id(desk.id, place.jis if place else None),
            )
        )
    return tuple(found)


def _own(changes: SheetChanges, name: str) -> Any:
    """A field of the visitor's own as the sheet keeps it; null empties it."""
    value = getattr(changes, name)
    if name == "opponents":
        return tuple(value or ())
    return value if value is not None else CaseSheet.model_fields[name].get_default()


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them."""
    dumped = Facts.model_validate(facts).model_dump(mode="json")
    return {name: dumped[name] for name in facts}
