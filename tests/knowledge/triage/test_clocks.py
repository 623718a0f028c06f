"""Last days: every row of the table, the rules of counting, what is asked and what is said."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clock import office_closed
from knowledge.errors import ContentError
from knowledge.triage.clocks import (
    ClockAnswer,
    ClockTable,
    Deadline,
    UnknownEventError,
    deadlines,
    parse_table,
    urgency,
)
from knowledge.triage.clocks.periods import (
    after_open_days,
    anniversary,
    end_of_period,
    opening_day,
    same_day,
)
from knowledge.vocabulary import RIGHTS

CONTENT = Path(__file__).parents[3] / "knowledge" / "content" / "clocks.yml"
RAW: dict[str, Any] = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
TABLE: ClockTable = parse_table(RAW)
TODAY = date(2026, 9, 10)
SEP_1 = date(2026, 9, 1)

# event, right, abroad, variant, start, unshifted, shifted, confirmed: the rows of the handbook.
ROWS = [
    ("office_action", "patents", False, None, SEP_1, "2026-10-31", "2026-11-02", True),
    ("office_action", "patents", True, None, SEP_1, "2026-12-01", "2026-12-01", True),
    ("office_action", "designs", False, None, SEP_1, "2026-10-11", "2026-10-13", False),
    ("office_action", "designs", True, None, SEP_1, "2026-12-01", "2026-12-01", False),
    ("office_action", "trademarks", False, None, SEP_1, "2026-10-11", "2026-10-13", True),
    ("office_action", "trademarks", True, None, SEP_1, "2026-12-01", "2026-12-01", True),
    ("office_action", "trademarks", False, "remote_island", SEP_1,
     "2026-10-26", "2026-10-26", True),
    ("office_action", "patents", False, "remote_island", SEP_1, "2026-10-31", "2026-11-02", True),
    ("formality_order", "designs", False, None, SEP_1, "2026-10-01", "2026-10-01", False),
    ("registration_fee", "patents", False, None, SEP_1, "2026-10-01", "2026-10-01", True),
    ("registration_fee", "designs", False, None, SEP_1, "2026-10-01", "2026-10-01", True),
    ("registration_fee", "trademarks", False, None, SEP_1, "2026-10-01", "2026-10-01", True),
    ("exam_request", "patents", False, None, SEP_1, "2029-09-01", "2029-09-03", True),
    ("exam_request", "patents", False, "divisional", SEP_1, "2026-10-01", "2026-10-01", True),
    ("refusal_appeal", "patents", False, None, SEP_1, "2026-12-01", "2026-12-01", False),
    ("refusal_appeal", "designs", True, None, SEP_1, "2027-01-01", "2027-01-04", False),
    ("refusal_appeal", "trademarks", False, None, SEP_1, "2026-12-01", "2026-12-01", False),
    ("court_appeal", "utility_models", False, None, SEP_1, "2026-10-01", "2026-10-01", False),
    ("opposition", "patents", False, None, SEP_1, "2027-03-01", "2027-03-01", False),
    ("opposition", "trademarks", False, None, SEP_1, "2026-11-01", "2026-11-02", False),
    ("trademark_renewal", "trademarks", False, None, SEP_1, "2036-09-01", "2036-09-01", True),
    ("trademark_second_instalment", "trademarks", False, None, SEP_1,
     "2031-09-01", "2031-09-01", False),
    ("restoration", "patents", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("restoration", "utility_models", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("restoration", "designs", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("restoration", "trademarks", False, None, SEP_1, "2027-03-01", "2027-03-01", True),
    ("novelty_grace", "patents", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("novelty_grace", "utility_models", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("novelty_grace", "designs", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("novelty_grace", "designs", False, "proof", SEP_1, "2026-10-01", "2026-10-01", True),
    ("priority", "patents", False, None, SEP_1, "2027-09-01", "2027-09-01", False),
    ("priority", "utility_models", False, None, SEP_1, "2027-09-01", "2027-09-01", False),
    ("priority", "designs", False, None, SEP_1, "2027-03-01", "2027-03-01", False),
    ("priority", "trademarks", False, None, SEP_1, "2027-03-01", "2027-03-01", False),
    ("domestic_priority", "patents", False, None, SEP_1, "2027-09-01", "2027-09-01", False),
    ("domestic_priority", "utility_models", False, None, SEP_1, "2027-09-01", "2027-09-01", False),
    ("pct_national_phase", "patents", False, None, SEP_1, "2029-03-01", "2029-03-01", False),
    ("pct_national_phase", "patents", False, "europe", SEP_1, "2029-04-01", "2029-04-01", False),
    ("utility_to_patent", "utility_models", False, None, SEP_1, "2029-09-01", "2029-09-03", False),
    ("utility_to_patent", "utility_models", False, "evaluation_notice", SEP_1,
     "2026-10-01", "2026-10-01", False),
    ("shape_imitation", None, False, None, SEP_1, "2029-08-31", "2029-08-31", False),
    ("plant_novelty", "plant_varieties", False, None, SEP_1, "2027-09-01", "2027-09-01", True),
    ("plant_novelty", "plant_varieties", False, "sold_abroad", SEP_1,
     "2030-09-01", "2030-09-02", False),
    ("plant_novelty", "plant_varieties", False, "woody_sold_abroad", SEP_1,
     "2032-09-01", "2032-09-01", True),
    ("customs_procedure", None, False, None, date(2026, 9, 14), "2026-10-01", "2026-10-01", False),
    ("customs_procedure", None, False, "perishable", date(2026, 9, 18),
     "2026-09-28", "2026-09-28", False),
]  # fmt: skip

EVENTS = [
    "office_action", "formality_order", "registration_fee", "exam_request", "refusal_appeal",
    "court_appeal", "opposition", "annuity", "trademark_renewal", "trademark_second_instalment",
    "restoration", "novelty_grace", "priority", "domestic_priority", "pct_national_phase",
    "utility_to_patent", "shape_imitation", "plant_novelty", "customs_procedure", "warning_letter",
    "lawsuit", "data_breach",
]  # fmt: skip

NO_SUCH_PROCEDURE = [
    ("office_action", "utility_models", "実体審査がなく"),
    ("exam_request", "utility_models", "審査請求の手続はありません"),
    ("opposition", "designs", "異議申立ての制度がありません"),
    ("opposition", "utility_models", "異議申立ての制度がありません"),
    ("registration_fee", "utility_models", "出願のときに"),
    ("novelty_grace", "trademarks", "新規性の決まりがなく"),
]

# start, months, end: the handbook's vector first, then what the statute says of odd month ends.
MONTH_ENDS = [
    (date(2026, 4, 30), 3, date(2026, 7, 31)),
    (date(2026, 8, 31), 6, date(2027, 2, 28)),
    (date(2026, 11, 29), 3, date(2027, 2, 28)),
    (date(2026, 11, 30), 3, date(2027, 2, 28)),
    (date(2027, 11, 30), 3, date(2028, 2, 29)),
    (date(2026, 1, 30), 1, date(2026, 2, 28)),
    (date(2026, 1, 31), 1, date(2026, 2, 28)),
    (date(2026, 2, 28), 1, date(2026, 3, 31)),
    (date(2026, 9, 1), 2, date(2026, 11, 1)),
    (date(2027, 2, 28), 12, date(2028, 2, 29)),
]

FORBIDDEN = [
    "登録できます", "侵害です", "似ていません", "間に合います", "該当します", "勝てます",
    "対象です", "大丈夫",
]  # fmt: skip


def ask(event: str, right: str | None = None, on: date | None = SEP_1, **more: Any) -> ClockAnswer:
    return deadlines(TABLE, event=event, right=right, on=on, **({"today": TODAY} | more))


def only(answer: ClockAnswer) -> Deadline:
    (one,) = answer.deadlines
    return one


def all_notes(answer: ClockAnswer) -> str:
    return "\n".join(answer.notes)


# -- the rows


@pytest.mark.parametrize(
    ("event", "right", "abroad", "variant", "on", "unshifted", "shifted", "confirmed"), ROWS
)
def test_each_row_gives_both_dates(
    event: str,
    right: str | None,
    abroad: bool,
    variant: str | None,
    on: date,
    unshifted: str,
    shifted: str,
    confirmed: bool,
) -> None:
    one = only(ask(event, right, on, abroad=abroad, variant=variant))
    assert (one.unshifted.isoformat(), one.date.isoformat()) == (unshifted, shifted)
    assert one.confirmed is confirmed
    assert one.right == right
    assert one.if_right is None


def test_the_table_holds_exactly_the_agreed_events() -> None:
    assert sorted(TABLE.events) == sorted(EVENTS)


def test_every_row_of_the_table_with_a_period_is_tested_above() -> None:
    tested = {
        tuple(one.rule.split("/")[::2]) + tuple(one.rule.split("/")[3:])
        for event, right, abroad, variant, on, *_ in ROWS
        for one in ask(event, right, on, abroad=abroad, variant=variant).deadlines
    }
    written = {
        (name, rule.residence, *([rule.part] if rule.part else []))
        for name, event in TABLE.events.items()
        for rule in event.rules
        if rule.has_period
    }
    own_tests = {"annuity", "data_breach"}
    assert {row for row in written - tested if row[0] not in own_tests} == set()


@pytest.mark.parametrize(("event", "right", "told"), NO_SUCH_PROCEDURE)
def test_a_procedure_that_does_not_exist_gets_a_sentence_and_no_date(
    event: str, right: str, told: str
) -> None:
    answer = ask(event, right)
    assert answer.deadlines == ()
    assert answer.ask == ()
    assert told in all_notes(answer)
    assert answer.urgency == "normal"


def test_the_facts_without_a_clock_are_kept_with_their_mark() -> None:
    assert {name: fact.confirmed for name, fact in TABLE.facts.items()} == {
        "secret_filing": True,
        "non_use": False,
        "employee_invention": False,
    }


# -- the counting


@pytest.mark.parametrize(("on", "months", "end"), MONTH_ENDS)
def test_months_run_by_the_calendar(on: date, months: int, end: date) -> None:
    assert end_of_period(on, "months", months) == end


def test_the_first_day_is_not_counted() -> None:
    assert end_of_period(SEP_1, "days", 60) == date(2026, 10, 31)


def test_a_period_that_counts_its_first_day_ends_one_day_earlier() -> None:
    assert end_of_period(SEP_1, "days", 10, count_first=True) == date(2026, 9, 10)
    assert end_of_period(SEP_1, "years", 3, count_first=True) == date(2029, 8, 31)


def test_working_days_are_refused_where_no_calendar_is_known() -> None:
    with pytest.raises(ValueError, match="calendar"):
        end_of_period(SEP_1, "working_days", 10)


def test_a_leap_day_matches_the_28th_in_other_years() -> None:
    assert anniversary(date(2012, 2, 29), 3) == date(2015, 2, 28)
    assert anniversary(date(2012, 2, 29), 4) == date(2016, 2, 29)


def test_a_window_before_a_month_end_opens_on_a_first() -> None:
    assert opening_day(date(2027, 4, 10), 6) == date(2026, 10, 11)
    assert opening_day(date(2027, 4, 30), 6) == date(2026, 11, 1)


def test_same_day_stays_inside_the_month() -> None:
    assert same_day(date(2026, 8, 31), -6) == date(2026, 2, 28)
    assert same_day(date(2026, 1, 15), -1) == date(2025, 12, 15)


def test_pair_seven_of_the_handbook() -> None:
    patents, designs, trademarks = (
        only(ask("office_action", right)) for right in ("patents", "designs", "trademarks")
    )
    assert (patents.unshifted, patents.date) == (date(2026, 10, 31), date(2026, 11, 2))
    for one in (designs, trademarks):
        assert (one.unshifted, one.date) == (date(2026, 10, 11), date(2026, 10, 13))


def test_a_last_day_in_golden_week_moves_behind_it() -> None:
    one = only(ask("office_action", "patents", date(2026, 3, 4)))
    assert (one.unshifted, one.date) == (date(2026, 5, 3), date(2026, 5, 7))


def test_a_last_day_at_the_year_end_moves_to_the_fourth_of_january() -> None:
    one = only(ask("office_action", "patents", date(2026, 10, 30)))
    assert (one.unshifted, one.date) == (date(2026, 12, 29), date(2027, 1, 4))


def test_an_extension_joins_the_original_period_and_only_the_joint_end_shifts() -> None:
    one = only(ask("office_action", "patents"))
    extension = next(each for each in one.later if each.kind == "extension")
    assert one.date == date(2026, 11, 2)  # would lead to 2 January if it were extended
    assert (extension.unshifted, extension.date) == (date(2026, 12, 31), date(2027, 1, 4))


def test_thirty_days_are_added_to_the_thirty_days_of_a_registration_fee() -> None:
    one = only(ask("registration_fee", "designs"))
    assert [(each.unshifted, each.date) for each in one.later] == [
        (date(2026, 10, 31), date(2026, 11, 2))
    ]


def test_abroad_a_patent_reply_can_be_extended_twice() -> None:
    one = only(ask("office_action", "patents", date(2026, 4, 30), abroad=True))
    ends = [each.unshifted for each in one.later if each.kind == "extension"]
    assert one.unshifted == date(2026, 7, 31)
    assert ends == [date(2026, 9, 30), date(2026, 10, 31)]


def test_the_window_after_expiry_starts_from_the_shifted_end() -> None:
    one = only(ask("office_action", "designs"))
    late = next(each for each in one.later if each.kind == "late")
    assert one.date == date(2026, 10, 13)
    assert late.date == date(2026, 12, 14)  # 13 December is a Sunday
    assert late.unshifted == date(2026, 12, 11)  # nothing moved at all: the safe day


def test_only_trademarks_have_a_window_after_the_registration_fee() -> None:
    kinds = {
        right: {each.kind for each in only(ask("registration_fee", right)).later}
        for right in ("patents", "designs", "trademarks")
    }
    assert kinds["trademarks"] == {"extension", "late"}
    assert kinds["patents"] == kinds["designs"] == {"extension"}


def test_the_fourth_annuity_falls_due_on_the_day_matching_the_registration() -> None:
    one = only(ask("annuity", "patents", date(2012, 2, 24), years_paid=3))
    assert (one.unshifted, one.date) == (date(2015, 2, 24), date(2015, 2, 24))
    assert one.later[0].date == date(2015, 8, 24)
    assert "3年分" in one.basis


def test_a_design_annuity_falls_due_after_the_first_year() -> None:
    assert only(ask("annuity", "designs", SEP_1, years_paid=1)).unshifted == date(2027, 9, 1)


@pytest.mark.parametrize("years_paid", [None, 0, 2, -1, 31, 10**9])
def test_without_a_sensible_number_of_years_an_annuity_is_asked_back(
    years_paid: int | None,
) -> None:
    answer = ask("annuity", "patents", SEP_1, years_paid=years_paid)
    assert answer.deadlines == ()
    assert answer.ask == ("years_paid",)


def test_the_renewal_window_of_a_trademark() -> None:
    one = only(ask("trademark_renewal", "trademarks", date(2018, 4, 10)))
    assert (one.opens, one.unshifted) == (date(2027, 10, 11), date(2028, 4, 10))
    assert (one.later[0].kind, one.later[0].unshifted) == ("late", date(2028, 10, 10))


def test_a_trademark_renewed_before_is_counted_by_the_years_of_its_terms() -> None:
    one = only(ask("trademark_renewal", "trademarks", date(2007, 4, 10), years_paid=20))
    assert one.unshifted == date(2027, 4, 10)


def test_the_term_of_a_right_never_shifts_but_the_day_to_act_does() -> None:
    answer = ask("trademark_renewal", "trademarks", date(2017, 4, 10))  # 2027-04-10 is a Saturday
    one = only(answer)
    assert (one.unshifted, one.date) == (date(2027, 4, 10), date(2027, 4, 12))
    assert "満了日そのものは、休日でも動きません" in all_notes(answer)


def test_the_three_years_of_shape_imitation_neither_skip_their_first_day_nor_shift() -> None:
    one = only(ask("shape_imitation", on=date(2026, 9, 6)))
    assert one.unshifted == one.date == date(2029, 9, 5)
    assert not one.confirmed
    assert not only(ask("shape_imitation", on=date(2024, 9, 2))).confirmed


def test_a_shift_nobody_confirmed_makes_the_date_unconfirmed() -> None:
    moved = ask("novelty_grace", "patents", date(2025, 10, 31))
    assert (only(moved).unshifted, only(moved).date) == (date(2026, 10, 31), date(2026, 11, 2))
    assert not only(moved).confirmed
    assert "休日のときの扱いは要確認" in all_notes(moved)
    assert only(ask("novelty_grace", "patents")).confirmed


def test_ten_customs_days_leave_out_weekends_and_holidays() -> None:
    one = only(ask("customs_procedure", on=date(2026, 9, 14)))
    assert one.date == date(2026, 10, 1)  # 19 to 23 September are closed
    assert "土日祝を除く10日" in one.basis


def test_over_the_new_year_the_safe_customs_day_counts_the_days_offices_pause() -> None:
    one = only(ask("customs_procedure", on=date(2026, 12, 25)))
    assert one.unshifted == date(2027, 1, 12)
    assert one.date == date(2027, 1, 15)


def test_after_open_days_counts_only_what_is_not_closed() -> None:
    assert after_open_days(date(2026, 9, 4), 1, office_closed) == date(2026, 9, 7)


def test_restoration_takes_the_earlier_of_two_limits() -> None:
    early = ask("restoration", "patents", SEP_1, able_on=date(2026, 10, 1))
    late = ask("restoration", "patents", SEP_1, able_on=date(2027, 8, 20))
    assert only(early).unshifted == date(2026, 12, 1)
    assert only(late).unshifted == date(2027, 9, 1)
    assert early.ask == ()
    assert "2026年10月1日" in only(early).basis


def test_restoration_asks_since_when_one_could_act() -> None:
    answer = ask("restoration", "patents")
    assert answer.ask == ("able_on",)
    assert "早いほう" in all_notes(answer)


def test_a_leak_has_two_clocks_and_the_longer_one_depends_on_the_intent() -> None:
    first, final = ask("data_breach").deadlines
    assert (first.unshifted, final.unshifted) == (date(2026, 9, 4), date(2026, 10, 1))
    _, malicious = ask("data_breach", variant="malicious").deadlines
    assert malicious.unshifted == date(2026, 10, 31)
    assert "速報の場合" in all_notes(ask("data_breach"))


# -- what is not known yet


def test_without_the_right_all_candidates_come_the_shortest_first() -> None:
    answer = ask("office_action")
    assert answer.ask == ("right",)
    assert [one.if_right for one in answer.deadlines] == ["designs", "trademarks", "patents"]
    assert all(one.right is None for one in answer.deadlines)
    assert [one.date for one in answer.deadlines] == sorted(one.date for one in answer.deadlines)
    assert "特許の場合、この日付が正しければ" in all_notes(answer)
    assert "実用新案には実体審査がなく" in all_notes(answer)


def test_where_one_period_holds_for_every_right_none_is_asked() -> None:
    answer = ask("court_appeal")
    assert answer.ask == ()
    assert (only(answer).right, only(answer).if_right) == (None, None)


def test_where_only_one_right_knows_the_event_it_is_taken() -> None:
    answer = ask("utility_to_patent")
    assert answer.ask == ()
    assert only(answer).right == "utility_models"


def test_without_a_date_only_the_period_is_told() -> None:
    answer = ask("office_action", "patents", None)
    assert answer.deadlines == ()
    assert answer.ask == ("date",)
    assert "期間は、発送日の翌日から数えて60日です。" in answer.notes
    assert "通知書の記載が優先します。" in answer.notes


def test_without_right_and_date_both_are_asked() -> None:
    assert ask("office_action", None, None).ask == ("right", "date")


def test_a_period_that_counts_its_first_day_is_told_so() -> None:
    assert "日本で最初に販売した日を1日目として3年" in all_notes(ask("shape_imitation", on=None))


def test_the_day_of_receipt_is_no_day_of_dispatch() -> None:
    answer = ask("office_action", "patents", SEP_1, receipt_only=True)
    assert answer.deadlines == ()
    assert answer.ask == ("date",)
    assert "発送日をお知らせください" in all_notes(answer)


def test_a_decision_counts_from_the_day_it_was_served() -> None:
    assert only(ask("refusal_appeal", "patents", SEP_1, receipt_only=True)).date


@pytest.mark.parametrize("on", [None, SEP_1])
def test_a_warning_letter_never_gets_a_date_of_ours(on: date | None) -> None:
    answer = ask("warning_letter", "trademarks", on, stated=date(2026, 9, 30))
    assert answer.deadlines == ()
    assert answer.ask == ()
    assert answer.stated == date(2026, 9, 30)
    assert "法律で決まった期間はありません" in all_notes(answer)
    assert "書面に書かれた期日は2026年9月30日（水）です。" in all_notes(answer)


def test_a_lawsuit_has_only_the_courts_date() -> None:
    answer = ask("lawsuit")
    assert answer.deadlines == ()
    assert "裁判所が決めます" in all_notes(answer)


def test_a_priority_claim_does_not_move_the_novelty_year() -> None:
    answer = ask("priority", "patents", date(2026, 2, 2), disclosed=date(2025, 12, 1))
    assert [(one.rule, one.unshifted) for one in answer.deadlines] == [
        ("novelty_grace/patents/any", date(2026, 12, 1)),
        ("priority/patents/any", date(2027, 2, 2)),
    ]
    assert "優先権を主張しても" in all_notes(answer)
    assert "新規性喪失の例外の場合、この日付が正しければ" in all_notes(answer)


def test_a_disclosure_does_not_matter_to_an_office_action() -> None:
    assert len(ask("office_action", "patents", disclosed=date(2025, 12, 1)).deadlines) == 1


def test_a_combination_without_a_row_is_left_to_the_desk() -> None:
    answer = ask("office_action", "plant_varieties")
    assert answer.deadlines == ()
    assert "窓口におたずねください" in all_notes(answer)


def test_a_date_before_the_rule_was_in_force_is_left_to_the_desk() -> None:
    answer = ask("office_action", "trademarks", date(2021, 12, 31))
    assert answer.deadlines == ()
    assert "その日付のころの決まり" in all_notes(answer)
    assert ask("office_action", "trademarks", date(2022, 1, 1)).deadlines


@pytest.mark.parametrize(("event", "variant"), [("nonsense", None), ("annuity", "perishable")])
def test_an_unknown_event_or_variant_is_a_bug_of_the_caller(
    event: str, variant: str | None
) -> None:
    with pytest.raises(UnknownEventError):
        ask(event, "patents", variant=variant)


# -- what is said


def test_the_sentence_names_the_condition_and_the_notice() -> None:
    notes = ask("office_action", "patents").notes
    assert (
        "この日付が正しければ、末日は2026年11月2日（月）です。通知書の記載が優先します。" in notes
    )
    assert any("2026年10月31日（土）" in note for note in notes)


def test_a_passed_date_is_said_carefully() -> None:
    answer = ask("office_action", "patents", date(2026, 5, 1))
    assert "過ぎている可能性があります" in all_notes(answer)
    assert answer.urgency == "urgent"


def test_the_extension_tells_its_end_and_marks_unconfirmed_fees() -> None:
    told = only(ask("office_action", "patents")).extension or ""
    assert "2027年1月4日（月）" in told
    assert "2,100円、期間経過後の請求が51,000円とされています。（要確認）" in told


def test_the_basis_names_the_start_and_the_period() -> None:
    one = only(ask("office_action", "patents"))
    assert one.basis == "発送日（2026年9月1日）の翌日から数えて60日"
    assert one.rule == "office_action/patents/japan"
    assert one.source.url is not None


def test_an_unconfirmed_row_says_so() -> None:
    assert (
        "この期間は公式の案内で確認できていません（要確認）。" in ask("opposition", "patents").notes
    )


def all_answers() -> list[ClockAnswer]:
    return [
        ask(event, right, on, abroad=abroad, years_paid=10)
        for event in EVENTS
        for right in (None, *RIGHTS)
        for on in (None, SEP_1, date(2020, 1, 31))
        for abroad in (False, True)
    ]


def test_no_answer_promises_or_judges() -> None:
    said = "".join(
        all_notes(answer) + "".join(f"{one.basis}{one.extension}" for one in answer.deadlines)
        for answer in all_answers()
    )
    assert [word for word in FORBIDDEN if word in said + CONTENT.read_text(encoding="utf-8")] == []
    assert "{" not in said
    assert "None年" not in said


def test_every_answer_with_a_date_says_what_has_precedence() -> None:
    for answer in all_answers():
        if answer.deadlines:
            assert "優先します。" in all_notes(answer)


# -- urgency


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-400, "urgent"), (-1, "urgent"), (0, "urgent"), (14, "urgent"), (15, "soon"), (60, "soon"),
     (61, "normal")],
)  # fmt: skip
def test_urgency_follows_the_nearest_safe_day(days: int, expected: str) -> None:
    one = only(ask("court_appeal"))
    today = one.unshifted - timedelta(days=days)
    far = dataclasses.replace(one, unshifted=one.unshifted + timedelta(days=900))
    assert urgency([far, one], today, TABLE.thresholds) == expected


def test_nothing_due_is_not_urgent() -> None:
    assert urgency([], TODAY, TABLE.thresholds) == "normal"


def test_the_thresholds_carry_their_reason() -> None:
    assert (TABLE.thresholds.urgent_days, TABLE.thresholds.soon_days) == (14, 60)
    assert TABLE.thresholds.reason


# -- the table


def test_only_a_seen_official_page_confirms_a_row() -> None:
    for event in TABLE.events.values():
        for rule in event.rules:
            assert not rule.confirmed or rule.source.confirmed


def test_a_broken_table_names_every_place() -> None:
    broken = RAW | {"review_on": "soon", "extra": 1}
    with pytest.raises(ContentError) as caught:
        parse_table(broken)
    assert "clocks.yml review_on" in str(caught.value)
    assert "clocks.yml extra" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"start": "nowhere"}, "unknown start"),
        ({"start": None}, "needs the day it starts from"),
        ({"count": "annuity"}, "years paid at registration"),
    ],
)
def test_a_row_without_a_known_start_is_refused(change: dict[str, Any], told: str) -> None:
    row = RAW["events"]["court_appeal"]["rules"][0] | change
    event = RAW["events"]["court_appeal"] | {"rules": [row]}
    with pytest.raises(ContentError, match=told):
        parse_table(RAW | {"events": RAW["events"] | {"court_appeal": event}})


# -- properties

days = st.dates(min_value=date(2022, 1, 1), max_value=date(2080, 12, 31))
events = st.sampled_from(EVENTS)
rights = st.sampled_from((None, *RIGHTS))
UNSHIFTED_EVENTS = {"shape_imitation", "data_breach"}


@given(events, rights, days, st.booleans(), st.integers(1, 25))
def test_the_shifted_day_is_never_earlier_and_never_on_a_closed_day(
    event: str, right: str | None, on: date, abroad: bool, years_paid: int
) -> None:
    answer = ask(event, right, on, abroad=abroad, years_paid=years_paid)
    for one in answer.deadlines:
        assert one.date >= one.unshifted > on - timedelta(days=1)
        if event in UNSHIFTED_EVENTS:
            assert one.date == one.unshifted
        else:
            assert not office_closed(one.date)
        for later in one.later:
            assert later.date >= later.unshifted > one.unshifted
            assert not office_closed(later.date)


@given(days, st.integers(1, 60))
def test_months_never_end_before_the_day_with_the_same_number(on: date, months: int) -> None:
    end = end_of_period(on, "months", months)
    assert same_day(on, months) <= end <= same_day(on, months) + timedelta(days=3)
    assert end < end_of_period(on + timedelta(days=1), "months", months) + timedelta(days=1)


@given(days, st.integers(1, 60))
def test_a_longer_period_never_ends_earlier(on: date, months: int) -> None:
    assert end_of_period(on, "months", months) < end_of_period(on, "months", months + 1)
