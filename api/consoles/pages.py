"""Every page of the console in the order of the menu; a new one is one line here."""

from api.consoles.registry import ConsolePage
from api.consoles.staff import (
    accounts,
    audit,
    booking,
    bookings,
    canned_texts,
    case,
    deliveries,
    inbox,
    own,
    switches,
)
from knowledge.staff.actor import Role

DESK: frozenset[Role] = frozenset({"staff", "manager"})
MANAGER: frozenset[Role] = frozenset({"manager"})
ADMIN: frozenset[Role] = frozenset({"administrator"})

PAGES: tuple[ConsolePage, ...] = (
    ConsolePage("/staff", "console_staff.inbox", DESK, inbox.build, key="i"),
    ConsolePage("/staff/cases/{reference}", "console_staff.case", DESK, case.build, menu=False),
    ConsolePage("/staff/bookings", "bookings.page", DESK, bookings.build, key="b"),
    ConsolePage(
        "/staff/bookings/{reference}", "bookings.one_page", DESK, booking.build, menu=False
    ),
    ConsolePage("/staff/canned", "console_staff.canned", DESK, canned_texts.build, key="c"),
    ConsolePage("/staff/deliveries", "console_staff.deliveries", DESK, deliveries.build, key="d"),
    ConsolePage("/staff/switches", "console_staff.switches", MANAGER, switches.build, key="s"),
    ConsolePage("/staff/accounts", "console_staff.accounts", ADMIN, accounts.build, key="a"),
    ConsolePage("/staff/audit", "console_staff.audit", ADMIN, audit.build, key="l"),
    ConsolePage("/staff/own", "console_staff.own", frozenset(), own.build, key="o"),
)
