"""Decides which days and tariffs one request means; knows no tier and no rounding.

A day that was not told and cannot be worked out leaves several possible days, one per system.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.fees.models import Applicant, FeeRequest
from knowledge.fees.tables import FeeTables, ProcedureRow, Tariff

ONE_DAY = timedelta(days=1)
PCT_ITEMS = "pct_"


def years_after(day: date, years: int) -> date:
    """The day on which so many years are complete; 29 February is then 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@dataclass(frozen=True, slots=True)
class Case:
    """A request beside the tables and the day it is asked on."""

    request: FeeRequest
    tables: FeeTables
    today: date

    @property
    def procedure(self) -> ProcedureRow:
        """The row of the procedure."""
        return self.tables.procedures[self.request.procedure]

    @property
    def applicants(self) -> tuple[Applicant, ...]:
        """Those who pay; one of whom nothing is known where none is named."""
        return self.request.applicants or (Applicant(),)

    @property
    def paid_on(self) -> date:
        """The day of payment."""
        return self.request.paid_on or self.today

    @property
    def demanded_on(self) -> date:
        """The day of the demand for international preliminary examination."""
        return self.request.paid_on or self.request.requested_on or self.today

    @property
    def second_instalment(self) -> bool:
        """Whether the second half of a trademark's term is paid."""
        return self.request.first_instalment_on is not None

    @property
    def fees(self) -> tuple[str, ...]:
        """The fees asked for, without the surcharge on paper."""
        items = self.request.fee_items
        fees = self.procedure.fees
        if items is None or not fees[0].startswith(PCT_ITEMS):
            return fees
        return tuple(fee for fee in fees if fee.removeprefix(PCT_ITEMS) in items)

    @property
    def on_paper(self) -> bool:
        """Whether the surcharge for paper is due."""
        return bool(self.request.on_paper) and self.procedure.paper

    def years_of(self, fee: str) -> tuple[int | None, ...]:
        """The years of a right paid for; ``(None,)`` for what is paid once."""
        if self.tables.fees[fee].term is None:
            return (None,)
        span = self.procedure.years or self.request.years
        return tuple(range(span[0], span[1] + 1)) if span else ()

    def variant(self, fee: str) -> str | None:
        """Which of a fee's price lists is meant."""
        request = self.request
        if fee == "exam_request":
            if request.isr_by is not None:
                return f"isr_{request.isr_by}"
            return "search_report" if request.search_report_submitted else "normal"
        if fee.startswith("trademark_re"):
            return self._instalment(fee)
        return None

    def _instalment(self, fee: str) -> str:
        first = self.request.first_instalment_on
        if first is not None:
            old = self.tables.rows(fee, variant="second_old", year=None)
            if old and first <= (old[-1].valid_to or first):
                return "second_old"
        return "instalment" if first or self.request.paid_by_instalment else "lump"

    def filing_days(self) -> tuple[date, ...]:
        """The day of filing, or one day for each tariff it may have fallen under."""
        if self.request.filed_on is not None:
            return (self.request.filed_on,)
        if self.request.procedure != "exam_request":
            return (self.today,)
        requested = self.request.requested_on or self.today
        row = self.tables.rows("exam_request", variant=self.variant("exam_request"), year=None)[-1]
        term = self.tables.limits.exam_request_years
        if requested < row.valid_from or requested >= years_after(row.valid_from, term):
            return (requested,)
        return (row.valid_from - ONE_DAY, requested)

    def request_days(self) -> tuple[date, ...]:
        """The day examination was requested, or one day under the old and one under the new."""
        if self.request.requested_on is not None:
            return (self.request.requested_on,)
        limits = self.tables.limits
        span = self.request.years
        if self.request.procedure != "patent_annuity" or span is None or span[0] <= 3:
            return (self.today,)
        registered = years_after(self.paid_on, 1 - span[0])
        if registered >= limits.taken_as_new_from:
            return (self.today,)
        return (limits.new_system_from - ONE_DAY, self.today)

    def tariff_day(self, fee: str, filed_on: date) -> date:
        """The day that picks the row of a fee."""
        first = self.request.first_instalment_on
        if first is not None and self.variant(fee) == "second_old":
            return first
        if fee == "paper" and self.request.procedure == "exam_request":
            return self.request.requested_on or self.today
        if fee == "paper" and self.request.procedure == "utility_evaluation":
            return self.paid_on
        return filed_on if self.tables.fees[fee].day == "filed_on" else self.paid_on

    def status_day(self, request_day: date) -> date:
        """The day on which an applicant must fulfil the conditions."""
        if self.request.procedure == "exam_request":
            return request_day
        if self.request.procedure == "pct_filing":
            return self.filing_days()[-1]
        if self.request.procedure == "pct_preliminary_examination":
            return self.demanded_on
        return self.paid_on

    def system_day(self, request_day: date) -> date:
        """The day that decides between the old and the new system of reductions."""
        if self.request.procedure in ("exam_request", "patent_annuity"):
            return request_day
        return self.status_day(request_day)

    def tariffs(self, filed_on: date) -> Iterator[tuple[int | None, Tariff]]:
        """Each year and row to be paid; a row that is not held is left out."""
        fees = (*self.fees, "paper") if self.on_paper else self.fees
        for fee in fees:
            day = self.tariff_day(fee, filed_on)
            for year in self.years_of(fee):
                rows = self.tables.rows(fee, variant=self.variant(fee), year=year)
                yield from ((year, row) for row in rows if row.holds(day))
