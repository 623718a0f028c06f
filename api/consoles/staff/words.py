"""How states, times and places are said on the staff's pages; pure, nothing is looked up twice."""

from datetime import date, datetime

from knowledge.clock import WEEKDAYS
from knowledge.handoffs.views import Row
from knowledge.staff.actor import Role
from knowledge.wording import say

STATES = {
    "new": ("console_staff.state_new", "key"),
    "queued": ("console_staff.state_queued", "warn"),
    "held": ("console_staff.state_held", "bad"),
    "active": ("console_staff.state_active", "good"),
    "pending": ("console_staff.state_pending", ""),
    "closed": ("console_staff.state_closed", ""),
    "merged": ("console_staff.state_merged", ""),
}
URGENCIES = {
    "urgent": ("console_staff.urgency_urgent", "bad"),
    "soon": ("console_staff.urgency_soon", "warn"),
    "normal": ("console_staff.urgency_normal", ""),
}
CHANNELS = {
    "web": "console_staff.channel_web",
    "line": "console_staff.channel_line",
    "phone": "console_staff.channel_phone",
}
ROLE_NAMES: dict[Role, str] = {
    "staff": "console_staff.role_staff",
    "maintainer": "console_staff.role_maintainer",
    "manager": "console_staff.role_manager",
    "administrator": "console_staff.role_administrator",
}


def ago(since: datetime, now: datetime) -> str:
    """How long something has lasted: 3分, 2時間, 4日."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return say("console_staff.minutes", n=minutes)
    if minutes < 60 * 48:
        return say("console_staff.hours", n=minutes // 60)
    return say("console_staff.days", n=minutes // (60 * 24))


def moment(at: datetime, now: datetime) -> str:
    """A time as short as it can be told: 14:05 today, else with its date."""
    if at.date() == now.date():
        return f"{at:%H:%M}"
    year = f"{at.year}/" if at.year != now.year else ""
    return f"{year}{at.month}/{at.day}（{WEEKDAYS[at.weekday()]}）{at:%H:%M}"


def due(day: date, now: datetime) -> str:
    """A last day and how many days are left; the day itself counts as none left."""
    left = (day - now.date()).days
    if left < 0:
        told = say("console_staff.due_past", n=-left)
    elif left == 0:
        told = say("console_staff.due_today")
    else:
        told = say("console_staff.due_left", n=left)
    return f"{day.month}/{day.day}（{WEEKDAYS[day.weekday()]}）{told}"


def topic(name: str) -> str:
    """The Japanese name of a topic."""
    return say(f"topics.{name}")


def state(row: Row) -> tuple[str, str]:
    """The state in words and its colour."""
    key, colour = STATES.get(row.state, STATES["new"])
    return say(key), colour


def urgency(row: Row) -> tuple[str, str]:
    """The urgency in words and its colour."""
    key, colour = URGENCIES[row.urgency]
    return say(key), colour


def channel(name: str) -> str:
    """Where the visitor came from."""
    key = CHANNELS.get(name)
    return say(key) if key else name
