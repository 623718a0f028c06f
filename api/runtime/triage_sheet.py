"""One triage as a Japanese sheet to read at a terminal; decides nothing."""

from collections.abc import Iterable, Iterator

from knowledge.clock import japanese_date
from knowledge.sources import Source
from knowledge.triage.answer import DeadlineOut, DeskOut, ProgrammeOut, Triage
from knowledge.wording import say

NEED_LABELS = {
    "learn": "知りたい・守り方を選びたい",
    "procedure": "手続のしかた",
    "deadline": "期限",
    "cost": "費用",
    "search": "調べ方",
    "strategy": "進め方・戦略",
    "infringed": "まねされている",
    "accused": "警告・請求を受けた",
    "contract": "契約",
    "use_money": "権利を生かす・お金にする",
    "subsidy": "補助・助成",
    "people": "人（発明者・社員など）",
    "record_change": "名義・住所などの変更",
}
URGENCY_LABELS = {"normal": "ふつう", "soon": "早めに", "urgent": "急ぎ"}
ASKED = ("right", "date", "prefecture")


def sheet(found: Triage) -> str:
    """The sheet, in the order a desk officer reads it; empty sections are left out."""
    sections = (
        ("見立て", _summary(found)),
        ("近い話題", (f"・{one.label}" for one in found.clarify)),
        ("窓口", _desk(found.desk) if found.desk else ("窓口は示していません。",)),
        ("あわせて相談できる窓口", _indented(_desk(desk) for desk in found.other_desks)),
        ("理由", (f"・{one.text}［{one.rule}］" for one in found.reasons)),
        ("期限の目安", _deadlines(found)),
        ("関係する制度", _indented(_programme(one) for one in found.programmes)),
        ("関係する説明", (f"・{one.title}" for one in found.articles)),
        ("お知らせ", _indented(one.text.splitlines() for one in found.notices)),
        ("相談者に聞くこと", (f"・{_question(name)}" for name in found.ask)),
    )
    return "\n\n".join(
        "\n".join((f"■ {title}", *(f"  {line}" for line in lines)))
        for title, lines in ((title, list(lines)) for title, lines in sections)
        if lines
    )


def _summary(found: Triage) -> Iterator[str]:
    yield f"話題　　　{say(f'topics.{found.topic}')}（確からしさ {found.confidence:.0%}）"
    if found.secondary_topics:
        others = "、".join(say(f"topics.{topic}") for topic in found.secondary_topics)
        yield f"ほかの話題　{others}"
    if found.wants:
        yield f"希望　　　{'、'.join(say(f'topics.{want}') for want in found.wants)}"
    if found.need and found.desk:
        yield f"知りたいこと　{NEED_LABELS.get(found.need, found.need)}"
    yield f"急ぎの度合い　{URGENCY_LABELS[found.urgency.level]}"


def _desk(desk: DeskOut) -> Iterator[str]:
    unknown = say("dialogue.desk_unknown")
    yield f"{desk.name}（{desk.office}）" if desk.office else desk.name
    yield f"{say('dialogue.desk_phone')}: {desk.phone or unknown}"
    hours = desk.hours or unknown
    if desk.open_now is not None:
        now = say("dialogue.desk_now_open" if desk.open_now else "dialogue.desk_now_closed")
        hours = f"{hours}（{now}）"
    yield f"{say('dialogue.desk_hours')}: {hours}"
    if desk.url:
        yield f"公式ページ: {desk.url}"


def _deadlines(found: Triage) -> Iterator[str]:
    yield from _indented(_deadline(one) for one in found.urgency.deadlines)
    if found.urgency.deadlines:
        yield say("dialogue.deadline_note")


def _deadline(one: DeadlineOut) -> Iterator[str]:
    day = f"{say('dialogue.deadline_day')}: {japanese_date(one.unshifted)}"
    yield f"{_if_right(one)}{day}［{one.rule}］"
    if one.date != one.unshifted:
        yield f"{say('dialogue.deadline_shifted')}: {japanese_date(one.date)}"
    yield f"{say('dialogue.deadline_basis')}: {one.basis}"
    if one.extension:
        yield f"{say('dialogue.deadline_extension')}: {one.extension}"
    if one.source:
        yield _source(one.source)


def _if_right(one: DeadlineOut) -> str:
    if one.if_right is None:
        return ""
    return say("dialogue.deadline_if_right", right=say(f"rights.{one.if_right}")) + " "


def _programme(one: ProgrammeOut) -> Iterator[str]:
    as_of = one.source.as_of or say("dialogue.desk_unknown")
    yield f"{one.name}［{say(f'dialogue.programme_badge_{one.status}')}、{as_of}］"
    yield one.why
    yield _source(one.source)


def _source(source: Source) -> str:
    unsure = "" if source.confirmed else "（要確認）"
    return f"出典: {source.title}{unsure} {source.url or ''}".rstrip()


def _question(name: str) -> str:
    if name in ASKED:
        return say(f"dialogue.ask_{name}")
    return say("dialogue.ask_other", name=name)


def _indented(blocks: Iterable[Iterable[str]]) -> Iterator[str]:
    """Each block with a bullet before its first line and its other lines under it."""
    for block in blocks:
        for place, line in enumerate(block):
            yield f"{'　' if place else '・'}{line}"
