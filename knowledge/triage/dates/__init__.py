"""Dates named in Japanese text, with their offsets; pure, today's date is passed in."""

from knowledge.triage.dates.find import find_dates
from knowledge.triage.dates.shapes import FoundDate, Precision

__all__ = ["FoundDate", "Precision", "find_dates"]
