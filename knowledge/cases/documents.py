"""The case sheet on paper: plain text and PDF, from what the visitor sees and nothing else.

The PDF embeds the part of the IPAex font it uses (it ships with ``matplotlib-fontja``), so that
it can be read where no Japanese font is installed.
"""

from collections.abc import Iterator
from importlib import resources

from fpdf import FPDF

from knowledge.cases.views import CaseView
from knowledge.clock import TOKYO, japanese_date
from knowledge.wording import say

FONT = "ipaexg.ttf"
MARGIN = 20.0
"""Millimetres."""

Section = tuple[str, list[str]]


def as_text(case: CaseView) -> str:
    """The sheet as plain text, lines ended by CR LF (it is opened on Windows as well)."""
    lines = [say("cases.title", reference=case.reference), say("cases.paper_note"), ""]
    for heading, body in sections(case):
        lines += [f"■ {heading}", *body, ""]
    return "\r\n".join(line for text in lines for line in text.split("\n")) + "\r\n"


def as_pdf(case: CaseView) -> bytes:
    """The sheet as PDF, A4."""
    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.set_lang("ja")
    pdf.set_title(say("cases.title", reference=case.reference))
    with resources.as_file(resources.files("matplotlib_fontja") / "fonts" / FONT) as path:
        pdf.add_font("sheet", fname=path)
    pdf.add_page()
    _write(pdf, say("cases.title", reference=case.reference), 18)
    _write(pdf, say("cases.paper_note"), 9)
    for heading, body in sections(case):
        pdf.ln(3)
        _write(pdf, heading, 12)
        pdf.set_draw_color(120)
        pdf.line(MARGIN, pdf.get_y(), pdf.w - MARGIN, pdf.get_y())
        pdf.ln(1)
        for line in body:
            _write(pdf, line, 10)
    return bytes(pdf.output())


def sections(case: CaseView) -> Iterator[Section]:
    """The sheet part by part; parts without content are left out."""
    found: list[Section] = [
        (say("cases.state"), [say(f"cases.state_{case.state}"), *_times(case)]),
        (say("cases.topics"), _numbered(say(f"topics.{topic}") for topic in case.topics)),
        (say("cases.inquiry"), [case.inquiry]),
        (say("cases.wish"), [case.wish]),
        (say("cases.facts"), list(_facts(case))),
        (say("cases.deadline"), [_deadline(case, n) for n in range(len(case.deadlines))]),
        (say("cases.programmes"), [f"・{one.name}：{one.why}" for one in case.programmes]),
        (say("cases.desk"), [case.desk.office or case.desk.name]),
        (say("cases.reasons"), [f"・{one.text}（{one.rule}）" for one in case.reasons]),
        (say("cases.beside"), [f"・{one.office or one.name}" for one in case.other_desks]),
        (say("cases.contact"), list(_contact(case))),
    ]
    for heading, body in found:
        kept = [line for line in body if line]
        if kept:
            yield heading, kept


def _write(pdf: FPDF, text: str, size: int) -> None:
    pdf.set_font("sheet", size=size)
    pdf.multi_cell(0, size * 0.6, text, new_x="LMARGIN", new_y="NEXT", align="L")


def _times(case: CaseView) -> list[str]:
    made, last = case.created_at.astimezone(TOKYO), case.last_at.astimezone(TOKYO)
    return [
        say("cases.made", moment=f"{japanese_date(made.date())} {made:%H:%M}"),
        say("cases.changed", moment=f"{japanese_date(last.date())} {last:%H:%M}"),
    ]


def _numbered(names: Iterator[str]) -> list[str]:
    return [f"{number}. {name}" for number, name in enumerate(names, start=1)]


def _facts(case: CaseView) -> Iterator[str]:
    if case.company:
        yield f"{say('cases.company')}：{case.company}"
    if case.prefecture:
        yield f"{say('cases.prefecture')}：{case.prefecture}"
    rights = case.facts.get("rights") or ()
    if rights:
        names = "、".join(say(f"rights.{right}") for right in rights)
        yield f"{say('cases.rights')}：{names}"
    if case.facts.get("employees") is not None:
        yield f"{say('cases.employees')}：{case.facts['employees']:,}人"
    if case.facts.get("capital_yen") is not None:
        yield f"{say('cases.capital')}：{case.facts['capital_yen']:,}円"
    days = [str(one["text"]) for one in case.facts.get("dates") or () if one.get("text")]
    if days:
        yield f"{say('cases.dates')}：{'、'.join(days)}"
    if case.opponents:
        yield f"{say('cases.opponents')}：{'、'.join(case.opponents)}"


def _deadline(case: CaseView, number: int) -> str:
    one = case.deadlines[number]
    right = f"（{say(f'rights.{one.if_right}')}の場合）" if one.if_right else ""
    return f"・{japanese_date(one.unshifted)}{right} {one.basis}"


def _contact(case: CaseView) -> Iterator[str]:
    contact = case.contact
    for key, value in (
        ("name", contact.name),
        ("mail", contact.mail),
        ("phone", contact.phone),
        ("when", contact.when),
    ):
        if value:
            yield f"{say(f'cases.contact_{key}')}：{value}"
