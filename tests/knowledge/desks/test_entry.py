from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.clock import TOKYO
from knowledge.desks.entry import Desk

Entry = Callable[..., dict[str, Any]]
WEEK = ["mon", "tue", "wed", "thu", "fri"]
HOURS = [
    {"days": WEEK, "opens": "09:30", "closes": "12:00"},
    {"days": WEEK, "opens": "13:00", "closes": "17:00"},
]


def _desk(make_entry: Entry, **changes: Any) -> Desk:
    hours = {"hours": HOURS, "hours_as_of": "2026年6月", **changes}
    return Desk.model_validate(make_entry("desk", **hours))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20 09:29", False),
        ("2026-11-20 09:30", True),
        ("2026-11-20 12:00", False),
        ("2026-11-20 12:59", False),
        ("2026-11-20 16:59", True),
        ("2026-11-20 17:00", False),
        ("2026-11-21 10:00", False),
        ("2026-11-23 10:00", False),
        ("2026-12-29 10:00", False),
    ],
)
def test_it_is_open_in_its_hours_on_working_days(
    make_entry: Entry, moment: str, is_open: bool
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=TOKYO)

    assert _desk(make_entry).open_at(at) is is_open


def test_a_moment_of_another_zone_is_read_in_tokyo(make_entry: Entry) -> None:
    assert _desk(make_entry).open_at(datetime.fromisoformat("2026-11-20T01:00:00+00:00")) is True


def test_without_hours_nobody_knows_whether_it_is_open(make_entry: Entry) -> None:
    desk = _desk(make_entry, hours=None, hours_as_of=None)

    assert desk.open_at(datetime(2026, 11, 20, 10, tzinfo=TOKYO)) is None
    assert desk.hours_text is None


def test_old_hours_are_shown_with_their_date_but_do_not_say_open(make_entry: Entry) -> None:
    desk = _desk(make_entry, hours_as_of="2017年12月")

    assert desk.open_at(datetime(2026, 11, 20, 10, tzinfo=TOKYO)) is None
    assert desk.hours_text == "平日 09:30〜12:00、13:00〜17:00（2017年12月の案内による）"


def test_days_other_than_the_working_week_are_named(make_entry: Entry) -> None:
    desk = _desk(make_entry, hours=[{"days": ["mon", "sat"], "opens": "09:00", "closes": "12:00"}])

    assert (desk.hours_text or "").startswith("月土 ")


def test_a_phone_is_shown_with_its_date(make_entry: Entry) -> None:
    desk = _desk(make_entry, phone="0570-082100", phone_as_of="2026年6月")

    assert desk.phone_text == "0570-082100（2026年6月）"
    assert _desk(make_entry).phone_text is None


def test_hours_that_are_no_time_are_refused(make_entry: Entry) -> None:
    with pytest.raises(ValidationError, match="09:30"):
        _desk(make_entry, hours=[{"days": WEEK, "opens": 570, "closes": "12:00"}])
