"""Last days worked out from a date the visitor gave; pure, the table is passed in."""

from knowledge.triage.clocks.answer import ClockAnswer, Deadline, Later, Urgency
from knowledge.triage.clocks.compute import ASK_ABLE_ON, ASK_DATE, ASK_RIGHT, ASK_YEARS_PAID
from knowledge.triage.clocks.rules import UnknownEventError, deadlines, urgency
from knowledge.triage.clocks.table import ClockTable, parse_table

__all__ = [
    "ASK_ABLE_ON",
    "ASK_DATE",
    "ASK_RIGHT",
    "ASK_YEARS_PAID",
    "ClockAnswer",
    "ClockTable",
    "Deadline",
    "Later",
    "UnknownEventError",
    "Urgency",
    "deadlines",
    "parse_table",
    "urgency",
]
