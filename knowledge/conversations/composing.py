"""Builds answers from triage results and published content; it decides nothing.

Every sentence comes from wording or content; every fact carries its source.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.articles.entry import Article
from knowledge.catalogue import Catalogue
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
from knowledge.sources import Source
from knowledge.triage.answer import DeadlineOut, DeskOut, ProgrammeOut, Triage
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

MAX_PROGRAMMES = 3
MAX_CHOICES = 4
ON_THE_CARD = frozenset({"not_running", "round_closed"})
"""Notices about programmes: their cards carry status and rounds."""


def opening(*, retention_days: int) -> Reply:
    """Purpose, retention, and that answers are automatic and no legal advice."""
    return Reply(
        parts=(
            TextPart(text=say("opening.greeting")),
            TextPart(text=say("opening.notice", days=retention_days)),
        ),
        basis=Basis(wording=("opening.greeting", "opening.notice")),
        author="system",
    )


def guarded() -> Reply:
    """What is said when a text was stopped before it was stored."""
    return Reply(
        parts=(
            TextPart(text=say("guard.withheld")),
            TextPart(text=say("guard.way_on")),
            ChoicesPart(
                prompt=say("guard.prompt"),
                choices=(
                    Choice(label=say("guard.topic_only"), payload={"go": "topics"}),
                    Choice(label=say("guard.meeting"), payload={"go": "session"}),
                    Choice(label=say("guard.keep"), act="keep"),
                ),
            ),
        ),
        basis=Basis(rules=("DOMAIN6-confidential",), wording=("guard.withheld", "guard.way_on")),
        author="system",
    )


def feedback_thanks(*, solved: bool) -> Reply:
    """Thanks; with a way to a person when the answer did not solve it."""
    key = "dialogue.feedback_thanks" if solved else "dialogue.feedback_not_solved"
    parts: list[Part] = [TextPart(text=say(key))]
    if not solved:
        parts.append(ChoicesPart(choices=(person_choice(), _topics_choice())))
    return Reply(parts=tuple(parts), basis=Basis(wording=(key,)), author="system")


def plain(key: str, *, choices: Sequence[Choice] = (), prompt: str | None = None) -> Reply:
    """One keyed sentence, with choices below it."""
    parts: list[Part] = [TextPart(text=say(key))]
    if choices:
        parts.append(ChoicesPart(prompt=prompt, choices=tuple(choices)))
    return Reply(parts=tuple(parts), basis=Basis(wording=(key,)))


def topic_choices(topics: Iterable[str]) -> tuple[Choice, ...]:
    """Named choices of topics, at most four."""
    picked = list(dict.fromkeys(topics))[:MAX_CHOICES]
    return tuple(Choice(label=say(f"topics.{t}"), payload={"topic": t}) for t in picked)


def all_topic_choices() -> tuple[Choice, ...]:
    """Every topic by name, for a visitor who wants to choose instead of typing."""
    return tuple(Choice(label=say(f"topics.{t}"), payload={"topic": t}) for t in TOPICS)


def answer(
    *, triage: Triage, catalogue: Catalogue, today: date, question: ChoicesPart | None
) -> Reply:
    """The whole answer to one inquiry: notices, clocks, article, programmes, desk, question."""
    article = _best_article(triage, catalogue)
    programmes = triage.programmes[:MAX_PROGRAMMES]
    parts: list[Part] = [TextPart(text=_understood(triage))]
    if triage.judgement_or_drafting:
        parts.append(TextPart(text=say("dialogue.judgement_intro")))
    parts += _notice_parts(triage)
    parts += [_deadline_card(d) for d in triage.urgency.deadlines]
    parts += article_parts(article)
    parts += [programme_card(p, catalogue, today) for p in programmes]
    parts += desk_parts(triage)
    if question is not None:
        parts.append(question)
    parts.append(feedback_question())
    sources = _sources(triage, article, programmes)
    return Reply(parts=tuple(parts), sources=sources, basis=_basis(triage, article, catalogue))


def feedback_question() -> ChoicesPart:
    """Did this solve it?"""
    return ChoicesPart(
        prompt=say("dialogue.feedback_prompt"),
        role="feedback",
        choices=(
            Choice(label=say("dialogue.feedback_yes"), payload={"feedback": True}),
            Choice(label=say("dialogue.feedback_no"), payload={"feedback": False}),
        ),
    )


def desk_parts(triage: Triage) -> list[Part]:
    """The leading desk's card with the reasons, and the desks beside it."""
    if triage.desk is None:
        return []
    card = _desk_card(triage.desk)
    rows = list(card.rows)
    if triage.reasons:
        rows.append(Row(label=say("dialogue.desk_why"), value=triage.reasons[0].text))
    if triage.other_desks:
        names = "、".join(_desk_name(d) for d in triage.other_desks)
        rows.append(Row(label=say("dialogue.desk_beside"), value=names))
    links = [*card.links]
    links += [Link(label=_desk_name(d), url=d.url) for d in triage.other_desks if d.url]
    return [card.model_copy(update={"rows": tuple(rows), "links": tuple(links)})]


def programme_card(match: ProgrammeOut, catalogue: Catalogue, today: date) -> CardPart:
    """A programme with why it fits, what it offers and whether it is open."""
    entry = catalogue.programme(match.id)
    rows = [Row(label=say("dialogue.programme_why"), value=match.why)]
    links: tuple[Link, ...] = ()
    if entry is not None:
        rows.append(Row(label=say("dialogue.programme_offers"), value=entry.offers))
        if match.source.as_of:
            rows.append(Row(label=say("dialogue.programme_as_of"), value=match.source.as_of))
        if entry.status_note:
            rows.append(Row(label=say("dialogue.programme_status"), value=entry.status_note))
        rounds = entry.rounds_note(today)
        if rounds:
            rows.append(Row(label=say("dialogue.programme_rounds"), value=rounds))
        successor = catalogue.programme(entry.successor) if entry.successor else None
        if successor is not None:
            rows.append(Row(label=say("dialogue.programme_successor"), value=successor.name))
        if entry.url:
            links = (Link(label=say("dialogue.programme_site"), url=entry.url),)
    badge = say(f"dialogue.programme_badge_{match.status}")
    return CardPart(kind="programme", title=match.name, badge=badge, rows=tuple(rows), links=links)


def found_articles(catalogue: Catalogue, text: str, *, limit: int = 3) -> list[Part]:
    """Search results as short cards, for the second miss and for the degraded mode."""
    return [
        CardPart(kind="article", title=hit.entry.title, note=hit.entry.answer)
        for hit in catalogue.search_articles(text, limit=limit)
    ]


def article_sources(articles: Iterable[Article]) -> tuple[Source, ...]:
    """The sources of several articles, each once."""
    return tuple(dict.fromkeys(source for a in articles for source in a.sources))


def _understood(triage: Triage) -> str:
    topic = say(f"topics.{triage.topic}")
    if not triage.secondary_topics:
        return say("dialogue.understood", topic=topic) + "\n" + say("dialogue.not_it")
    others = "」「".join(say(f"topics.{t}") for t in triage.secondary_topics)
    return say("dialogue.understood_also", topic=topic, topics=others)


def _notice_parts(triage: Triage) -> list[Part]:
    """The notices; what stands on a card of its own (last days, programmes) is not said twice."""
    parts: list[Part] = []
    shown = [f"{programme.name}：" for programme in triage.programmes] + ["\0"]
    for notice in triage.notices:
        if notice.code in ON_THE_CARD or notice.text.startswith(tuple(shown)):
            continue
        lines = notice.text.splitlines()
        if notice.code == "deadline" and triage.urgency.deadlines:
            lines = [line for line in lines if "末日は" not in line]
        if lines:
            parts.append(TextPart(text="\n".join(dict.fromkeys(lines))))
    return parts


def _best_article(triage: Triage, catalogue: Catalogue) -> Article | None:
    return catalogue.article(triage.articles[0].id) if triage.articles else None


def article_parts(article: Article | None) -> list[Part]:
    """What a visitor reads of an article; without one, that there is none."""
    if article is None:
        return [TextPart(text=say("dialogue.no_article"))]
    text = f"【{article.title}】\n{article.answer.strip()}"
    if article.points:
        lines = "\n".join(f"・{point}" for point in article.points)
        text += f"\n\n{say('dialogue.points')}\n{lines}"
    if article.unconfirmed:
        items = "／".join(article.unconfirmed)
        text += f"\n\n{say('dialogue.article_unconfirmed', items=items)}"
    return [TextPart(text=text)]


def _deadline_card(deadline: DeadlineOut) -> CardPart:
    rows = [
        Row(label=say("dialogue.deadline_day"), value=japanese_date(deadline.unshifted)),
        Row(label=say("dialogue.deadline_shifted"), value=japanese_date(deadline.date)),
        Row(label=say("dialogue.deadline_basis"), value=deadline.basis),
    ]
    if deadline.extension:
        rows.append(Row(label=say("dialogue.deadline_extension"), value=deadline.extension))
    title = say("dialogue.deadline_title")
    if deadline.if_right:
        right = say(f"rights.{deadline.if_right}")
        title += f"（{say('dialogue.deadline_if_right', right=right)}）"
    return CardPart(
        kind="deadline", title=title, rows=tuple(rows), note=say("dialogue.deadline_note")
    )


def _desk_name(desk: DeskOut) -> str:
    return (
        f"{desk.name}（{desk.office}）" if desk.office and desk.office != desk.name else desk.name
    )


def _phone(desk: DeskOut) -> str | None:
    if desk.phone is None or desk.phone_as_of is None:
        return desk.phone
    return f"{desk.phone}（{desk.phone_as_of}）"


def _desk_card(desk: DeskOut) -> CardPart:
    unknown = say("dialogue.desk_unknown")
    rows = [
        Row(label=say("dialogue.desk_phone"), value=_phone(desk) or unknown),
        Row(label=say("dialogue.desk_hours"), value=desk.hours or unknown),
    ]
    if desk.open_now is not None:
        key = "dialogue.desk_now_open" if desk.open_now else "dialogue.desk_now_closed"
        rows[1] = Row(label=rows[1].label, value=f"{rows[1].value}（{say(key)}）")
    links = (Link(label=say("dialogue.desk_site"), url=desk.url),) if desk.url else ()
    return CardPart(
        kind="desk",
        title=_desk_name(desk),
        badge=say("dialogue.desk_badge"),
        rows=tuple(rows),
        links=links,
    )


def _sources(
    triage: Triage, article: Article | None, programmes: Sequence[ProgrammeOut]
) -> tuple[Source, ...]:
    found = [*(article_sources([article]) if article else ())]
    found += [p.source for p in programmes]
    found += [d.source for d in triage.urgency.deadlines if d.source is not None]
    return tuple(dict.fromkeys(found))


def _basis(triage: Triage, article: Article | None, catalogue: Catalogue) -> Basis:
    return Basis(
        articles=(catalogue.version_of(article.id),) if article else (),
        programmes=tuple(catalogue.version_of(p.id) for p in triage.programmes[:MAX_PROGRAMMES]),
        rules=tuple(dict.fromkeys(r.rule for r in triage.reasons)),
        wording=tuple(f"notice:{n.code}" for n in triage.notices),
    )


def _topics_choice() -> Choice:
    return Choice(label=say("guard.topic_only"), payload={"go": "topics"})


def person_choice() -> Choice:
    """The way to a person, offered wherever an answer may not be enough."""
    return Choice(label=say("dialogue.person"), payload={"go": "person"})
