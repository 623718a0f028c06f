"""The month on LINE as a manager sees it: what was free, what was paid for, what is left.

What nobody told us is said to be unknown; nothing is guessed.
"""

from api.consoles import kit
from api.consoles.staff import words
from knowledge import clock
from knowledge.line.counts import Quota
from knowledge.wording import say

LOW_SHARE = 0.1
"""Below this share of the month's pushes it is time to look after it."""


def draw_month(quota: Quota, *, connected: bool) -> None:
    """A section of the page."""
    with kit.box(tag="section", css="block", aria_label=say("line_desk.month")):
        kit.heading(2, say("line_desk.month"))
        if not connected:
            kit.text(say("line_desk.not_connected"), css="soft")
            return
        with kit.box(tag="dl", css="rows"):
            for name, value in _rows(quota):
                kit.Tag("dt", name)
                kit.Tag("dd", value)
        if quota.left == 0:
            kit.text(say("line_desk.none_left"), css="notice bad small")
        elif _is_low(quota):
            kit.text(say("line_desk.few_left"), css="notice small")


def _rows(quota: Quota) -> list[tuple[str, str]]:
    return [
        (say("line_desk.month_of"), quota.month.replace("-", "/")),
        (say("line_desk.replies"), say("line_desk.count", n=f"{quota.replies:,}")),
        (say("line_desk.pushes"), say("line_desk.count", n=f"{quota.pushes:,}")),
        (say("line_desk.unclear"), say("line_desk.count", n=f"{quota.unclear:,}")),
        (say("line_desk.used_of_limit"), _used(quota)),
    ]


def _used(quota: Quota) -> str:
    """What the platform says, or that it said nothing (yet)."""
    if quota.used is None or quota.as_of is None:
        return say("line_desk.unknown")
    at = words.moment(quota.as_of, clock.now())
    used = f"{quota.used:,}"
    if quota.unlimited:
        return say("line_desk.unlimited", used=used, at=at)
    if quota.limit is None:
        return say("line_desk.limit_unknown", used=used, at=at)
    return say("line_desk.used", used=used, limit=f"{quota.limit:,}", left=f"{quota.left:,}", at=at)


def _is_low(quota: Quota) -> bool:
    return bool(quota.limit and quota.left is not None and quota.left <= quota.limit * LOW_SHARE)
