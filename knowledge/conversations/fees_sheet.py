"""Turns an estimate into the sheet of a reply; it works nothing out and judges nothing."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from knowledge.clock import japanese_date
from knowledge.conversations.fees_asking import BORDER, Worked
from knowledge.conversations.fees_reading import REQUEST_KEYS
from knowledge.conversations.replies import (
    Basis,
    Link,
    Reply,
    Row,
    SheetLine,
    SheetPart,
    SheetSection,
    TextPart,
)
from knowledge.fees import FeeEstimate, FeeTables
from knowledge.fees.texts import tier_words
from knowledge.sources import Source
from knowledge.wording import say

FACTS: Final[Mapping[str, str]] = {
    "claims": "fees_form.fact_claims",
    "classes": "fees_form.fact_classes",
    "designs": "fees_form.fact_designs",
    "pages": "fees_form.fact_pages",
    "years": "fees_form.fact_years",
    "filed_on": "fees_form.fact_filed_on",
    "filed": "fees_form.fact_filed_on",
    "requested": "fees_form.fact_requested_on",
    "requested_on": "fees_form.fact_requested_on",
    "first_instalment_on": "fees_form.fact_first_instalment_on",
    "late": "fees_form.fact_late",
    "on_paper": "fees_form.fact_paper",
    "paid_by_instalment": "fees_form.fact_instalment",
    "isr_by": "fees_form.fact_isr",
    "kind": "fees_form.fact_kind",
    "industry": "fees_form.fact_industry",
    "employees": "fees_form.fact_employees",
    "founded_on": "fees_form.fact_founded",
    "founded": "fees_form.fact_founded",
    "capital_yen": "fees_form.fact_capital",
    "tax": "fees_form.fact_tax",
    "procedure": "fees_form.fact_procedure",
}
"""How each fact is called on the sheet, in its order there."""
VALUES: Final[Mapping[str, str]] = {
    "company": "fees_form.kind_company",
    "sole_proprietor": "fees_form.kind_sole_proprietor",
    "individual": "fees_form.kind_individual",
    "cooperative": "fees_form.kind_cooperative",
    "npo": "fees_form.kind_npo",
    "university": "fees_form.kind_university",
    "university_researcher": "fees_form.kind_university_researcher",
    "tlo": "fees_form.kind_tlo",
    "public_institute": "fees_form.kind_public_institute",
    "independent_agency": "fees_form.kind_independent_agency",
    "before": "fees_form.value_before",
    "after": "fees_form.value_after",
    "young": "fees_form.value_young",
    "old": "fees_form.value_old",
    "jpo": "fees_form.value_isr_jpo",
    "other_isr": "fees_form.value_isr_other",
    "late": "fees_form.value_late",
    "on_paper": "fees_form.value_paper",
    "paid_by_instalment": "fees_form.value_instalment",
}
FLAGS: Final[Mapping[str, str]] = {
    "welfare": "fees_form.tax_welfare",
    "resident_tax_exempt": "fees_form.tax_resident_tax_exempt",
    "income_tax_exempt": "fees_form.tax_income_tax_exempt",
    "business_tax_exempt": "fees_form.tax_business_tax_exempt",
    "corporate_tax_exempt": "fees_form.tax_corporate_tax_exempt",
}
PAGE: Final = "/fees"
UNITS: Final[Mapping[str, str]] = {
    "claim": "fees_form.fact_claims",
    "class": "fees_form.fact_classes",
    "design": "fees_form.fact_designs",
    "case": "fees_form.unit_case",
}


def value_words(name: str, value: Any, tables: FeeTables) -> str:
    """A fact as said to people: 8人, 製造業, 第1〜3年分."""
    if name == "employees":
        return say("fees_form.value_people", count=value)
    if name == "pages":
        return say("fees_form.value_pages", count=value)
    if name == "capital_yen":
        return say("fees_form.value_yen", yen=f"{value:,}")
    if name == "years":
        first, last = value
        if first == last:
            return say("fees_form.value_year", year=first)
        return say("fees_form.value_years", first=first, last=last)
    if name == "industry":
        return tables.limits.industries[value].label
    if name == "procedure":
        return tables.procedures[value].label
    if name.endswith("_on"):
        return japanese_date(date.fromisoformat(value)).partition("（")[0]
    if name == "isr_by" and value == "other":
        return say(VALUES["other_isr"])
    key = VALUES.get(name if value is True else str(value))
    return say(key) if key else say("fees_form.value_count", count=value)


def sheet_reply(
    known: Mapping[str, Any], worked: Worked, tables: FeeTables, *, lead: tuple[str, ...]
) -> Reply:
    """The whole answer: what was changed, the sheet, its sources."""
    part = sheet(known, worked, tables)
    parts = (*(TextPart(text=text) for text in lead), part)
    return Reply(
        parts=parts,
        sources=worked.high.source,
        basis=Basis(rules=("FEES", worked.high.measure.id), wording=("fees_form.sheet_title",)),
    )


def sheet(known: Mapping[str, Any], worked: Worked, tables: FeeTables) -> SheetPart:
    """The sheet of what is known; where the ends differ, the lines are those of the lower one."""
    one = worked.low
    label = tables.procedures[known["procedure"]].label
    page = f"{PAGE}#{fragment(known)}"
    check = (
        tables.sources["self_check"].url
        if tables.procedures[known["procedure"]].reducible
        else None
    )
    links = [Link(label=say("fees_form.link_page"), url=page)]
    links += [Link(label=say("fees_form.link_self_check"), url=check)] if check else []
    part = SheetPart(
        title=say("fees_form.sheet_title", procedure=label),
        amount=_amount(*worked.ends),
        rows=tuple(_rows(known, worked, tables)),
        lines=tuple(
            SheetLine(
                label=line.label,
                full_yen=line.full_yen,
                paid_yen=line.reduced_yen,
                source=line.source,
            )
            for line in one.lines
        ),
        sections=tuple(_sections(worked, tables)),
        links=tuple(links),
        note=one.disclaimer,
    )
    return part.model_copy(update={"fallback": plain(part)})


def formula(procedure: str, tables: FeeTables, *, today: date) -> tuple[str, Source] | None:
    """The full price in words where it is one formula (no years, one fee), with its source."""
    row = tables.procedures.get(procedure)  # type: ignore[call-overload]  # a key from outside
    if row is None or len(row.fees) > 1 or tables.fees[row.fees[0]].term is not None:
        return None
    rows = [one for one in tables.tariffs if one.fee == row.fees[0] and one.holds(today)]
    found = next((one for one in rows if one.variant in (None, "normal", "lump")), None)
    unit = UNITS.get(found.unit) if found else None
    if found is None or unit is None:
        return None
    parts = [say("fees.part_base", yen=f"{found.base:,}")] if found.base else []
    if found.per_unit:
        parts.append(say("fees_form.formula_unit", yen=f"{found.per_unit:,}", unit=say(unit)))
    price = say("fees.part_plus").join(parts)
    source = tables.source(found.source, confirmed=found.confirmed)
    mark = "" if source.confirmed else say("fees_form.unconfirmed")
    return say("fees_form.formula", procedure=row.label, price=price) + mark, source


def fragment(known: Mapping[str, Any]) -> str:
    """The same facts for the calculator page; a fragment never reaches a server."""
    days = {"filed": "filed_on", "requested": "requested_on"}
    flat: dict[str, Any] = {}
    for key, value in known.items():
        if key == "years":
            flat[key] = "-".join(str(year) for year in value)
        elif key in days:
            flat[days[key]] = BORDER[value]
        elif value is not None:
            flat[key] = str(value).lower() if isinstance(value, bool) else value
    return urlencode(flat)


def plain(part: SheetPart) -> str:
    """The sheet as text, for channels without tables."""
    lines = [part.title, part.amount]
    lines += [f"{row.label}：{row.value}" for row in part.rows]
    lines += [_line(line) for line in part.lines]
    for section in part.sections:
        lines += [f"【{section.title}】", *(f"・{item}" for item in section.items)]
    return "\n".join([*lines, part.note or ""]).strip()


def _line(line: SheetLine) -> str:
    mark = "" if line.source.confirmed else say("fees_form.unconfirmed")
    full = f"{line.full_yen:,}"
    if line.paid_yen is None:
        return say("fees_form.line_open", label=line.label, full=full) + mark
    return say("fees_form.line", label=line.label, full=full, paid=f"{line.paid_yen:,}") + mark


def _amount(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return say("fees_form.sheet_open")
    if low == high:
        return say("fees_form.sheet_amount", yen=f"{high:,}")
    return say("fees_form.sheet_range", low=f"{low:,}", high=f"{high:,}")


def _rows(known: Mapping[str, Any], worked: Worked, tables: FeeTables) -> Iterator[Row]:
    fulls = [one.full_amount_yen for one in (worked.low, worked.high)]
    if fulls[0] is not None and fulls[1] is not None:
        yield Row(label=say("fees_form.row_full"), value=_amount(fulls[0], fulls[1]))
    if tables.procedures[known["procedure"]].reducible:
        yield Row(label=say("fees_form.row_tier"), value=worked.high.measure.name)
        yield Row(label=say("fees_form.row_pays"), value=_pays(worked))
    facts = "、".join(_facts(known, worked, tables))
    if facts:
        yield Row(label=say("fees_form.row_facts"), value=facts)


def _pays(worked: Worked) -> str:
    if worked.high.amount_yen is None:
        return say("fees_form.tier_range")
    tier = worked.high.tier
    return worked.high.measure.name if tier == "mixed" else tier_words(tier)


def _facts(known: Mapping[str, Any], worked: Worked, tables: FeeTables) -> Iterator[str]:
    names = [*FACTS]
    if not tables.procedures[known["procedure"]].reducible:
        names = [name for name in names if name in REQUEST_KEYS]
    for name in names:
        key = FACTS[name]
        if name in worked.assumed:
            low, high = worked.assumed[name]
            yield f"{say(key)} {_between(name, low, high, tables)}"
        elif name in known and name not in {"procedure", "tax"} and known[name] is not False:
            yield f"{say(key)} {value_words(name, known[name], tables)}"
    told = [say(key) for name, key in FLAGS.items() if known.get(name)]
    if told and "kind" in names:
        yield f"{say('fees_form.fact_tax')} {'・'.join(told)}"


def _between(name: str, low: Any, high: Any, tables: FeeTables) -> str:
    first = value_words(name, low, tables)
    if low == high:
        return say("fees_form.value_assumed", value=first)
    return say("fees_form.value_between", low=first, high=value_words(name, high, tables))


def _sections(worked: Worked, tables: FeeTables) -> Iterator[SheetSection]:
    one = worked.high
    reasons = [*one.reasons]
    spread = {n: v for n, v in worked.assumed.items() if v[0] != v[1]}
    for name, (low, _) in spread.items():
        what = f"{say(FACTS[name])} {value_words(name, low, tables)}"
        reasons.append(say("fees_form.section_lines_low", what=what))
    yield SheetSection(title=say("fees_form.section_reasons"), items=tuple(reasons))
    if one.conditions_to_confirm:
        title = say("fees_form.section_conditions")
        yield SheetSection(title=title, items=one.conditions_to_confirm)
    if one.documents:
        yield SheetSection(title=say("fees_form.section_documents"), items=one.documents)
    if one.better_tier is not None:
        items = tuple(_better(one, spread=bool(spread)))
        yield SheetSection(title=say("fees_form.section_better"), items=items)


def _better(one: FeeEstimate, *, spread: bool) -> Iterator[str]:
    better = one.better_tier
    if better is None:
        return
    tier, name = tier_words(better.tier), better.measure.name
    if better.amount_yen is None or spread:
        yield say("fees_form.better", measure=name, tier=tier)
    else:
        yen = f"{better.amount_yen:,}"
        yield say("fees_form.better_yen", measure=name, tier=tier, yen=yen)
    yield from better.reasons
