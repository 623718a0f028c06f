"""The questions of the fee form: what is asked, why, with which choices; decides no order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from knowledge.conversations.fees_reading import NO_TAX_FLAG
from knowledge.conversations.forms import form_choice
from knowledge.conversations.replies import Choice, ChoicesPart
from knowledge.fees import FeeTables
from knowledge.wording import say

NAME: Final = "fees"
"""The form's name in the state and in the payloads of its choices."""
SETTING: Final = "set"
UNKNOWN: Final = "unknown"
WHY: Final = "why"
CANCEL: Final = "cancel"
START: Final = "start"
RESUME: Final = "resume"
"""Keys of those payloads; ``start`` opens the form for a procedure (or null)."""

Option = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """Wording keys of one question; ``options`` are (wording key, what choosing sets)."""

    ask: str
    why: str
    example: str
    options: tuple[Option, ...] = ()


_DAYS: Final = (("fees_form.choice_before", "before"), ("fees_form.choice_after", "after"))
_KINDS: Final = (
    ("fees_form.kind_company", "company"),
    ("fees_form.kind_sole_proprietor", "sole_proprietor"),
    ("fees_form.kind_individual", "individual"),
    ("fees_form.kind_cooperative", "cooperative"),
    ("fees_form.kind_npo", "npo"),
    ("fees_form.kind_university", "university"),
    ("fees_form.kind_university_researcher", "university_researcher"),
    ("fees_form.kind_tlo", "tlo"),
    ("fees_form.kind_public_institute", "public_institute"),
    ("fees_form.kind_independent_agency", "independent_agency"),
)
_TAX: Final[tuple[Option, ...]] = (
    ("fees_form.tax_welfare", {**NO_TAX_FLAG, "welfare": True}),
    ("fees_form.tax_resident_tax_exempt", {**NO_TAX_FLAG, "resident_tax_exempt": True}),
    ("fees_form.tax_income_tax_exempt", {**NO_TAX_FLAG, "income_tax_exempt": True}),
    ("fees_form.choice_none", dict(NO_TAX_FLAG)),
)
QUESTIONS: Final[Mapping[str, Question]] = {
    "procedure": Question(
        "fees_form.ask_procedure", "fees_form.why_procedure", "fees_form.example_procedure"
    ),
    "claims": Question("fees_form.ask_claims", "fees_form.why_claims", "fees_form.example_count"),
    "classes": Question(
        "fees_form.ask_classes", "fees_form.why_classes", "fees_form.example_count"
    ),
    "pages": Question("fees_form.ask_pages", "fees_form.why_pages", "fees_form.example_count"),
    "years": Question("fees_form.ask_years", "fees_form.why_years", "fees_form.example_years"),
    "filed_on": Question(
        "fees_form.ask_filed_on",
        "fees_form.why_day",
        "fees_form.example_choose",
        tuple((key, {"filed": day}) for key, day in _DAYS),
    ),
    "requested_on": Question(
        "fees_form.ask_requested_on",
        "fees_form.why_day",
        "fees_form.example_choose",
        tuple((key, {"requested": day}) for key, day in _DAYS),
    ),
    "kind": Question(
        "fees_form.ask_kind",
        "fees_form.why_kind",
        "fees_form.example_choose",
        tuple((key, {"kind": kind}) for key, kind in _KINDS),
    ),
    "employees": Question(
        "fees_form.ask_employees", "fees_form.why_employees", "fees_form.example_count"
    ),
    "industry": Question(
        "fees_form.ask_industry", "fees_form.why_industry", "fees_form.example_choose"
    ),
    "tax": Question("fees_form.ask_tax", "fees_form.why_tax", "fees_form.example_choose", _TAX),
    "founded": Question(
        "fees_form.ask_founded",
        "fees_form.why_founded",
        "fees_form.example_founded",
        (
            ("fees_form.choice_young", {"founded": "young"}),
            ("fees_form.choice_old", {"founded": "old"}),
        ),
    ),
    "capital_yen": Question(
        "fees_form.ask_capital", "fees_form.why_capital", "fees_form.example_capital"
    ),
}
_YEARS: Final[Mapping[str, tuple[tuple[str, list[int]], ...]]] = {
    "patent_annuity": (
        ("fees_form.choice_first", [1, 3]),
        ("fees_form.choice_fourth", [4, 6]),
    ),
    "utility_registration": (("fees_form.choice_fourth", [4, 6]),),
    "design_registration": (
        ("fees_form.choice_first_design", [1, 1]),
        ("fees_form.choice_fourth_right", [4, 4]),
    ),
}


def question_part(name: str, procedure: str | None, tables: FeeTables) -> ChoicesPart:
    """One question with its choices, and the ways out: not known, why, stop."""
    chosen = [
        form_choice(NAME, label, **{SETTING: values})
        for label, values in _options(name, procedure, tables)
    ]
    if name != "procedure":
        chosen.append(form_choice(NAME, say("fees_form.unknown"), **{UNKNOWN: name}))
    chosen.append(form_choice(NAME, say("fees_form.why"), **{WHY: name}))
    chosen.append(form_choice(NAME, say("fees_form.cancel"), **{CANCEL: True}))
    return ChoicesPart(prompt=say(QUESTIONS[name].ask), choices=tuple(chosen))


def offer(procedure: str | None) -> Choice:
    """The button below an answer that opens the form."""
    return form_choice(NAME, say("fees_form.offer_button"), **{START: procedure})


def resume() -> Choice:
    """The button that goes back to the open question."""
    return form_choice(NAME, say("fees_form.resume_button"), **{RESUME: True})


def _options(name: str, procedure: str | None, tables: FeeTables) -> list[Option]:
    if name == "procedure":
        return [(row.label, {"procedure": key}) for key, row in tables.procedures.items()]
    if name == "industry":
        rows = tables.limits.industries.items()
        return [(row.label, {"industry": key}) for key, row in rows]
    if name == "years":
        return [(say(key), {"years": span}) for key, span in _YEARS.get(procedure or "", ())]
    return [(say(key), values) for key, values in QUESTIONS[name].options]
