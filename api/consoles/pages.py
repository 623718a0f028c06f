"""Every page of the console in the order of the menu; a new one is one line here."""

from api.consoles.maintain import advice, entries, entry, release, sentences, training
from api.consoles.maintain import inbox as messages
from api.consoles.registry import ConsolePage
from api.consoles.staff import (
    accounts,
    audit,
    booking,
    bookings,
    calendars,
    canned_texts,
    case,
    deliveries,
    inbox,
    office_settings,
    own,
    switches,
)
from knowledge.staff.actor import Role

DESK: frozenset[Role] = frozenset({"staff", "manager"})
MANAGER: frozenset[Role] = frozenset({"manager"})
MAINTAINER: frozenset[Role] = frozenset({"maintainer"})
ADMIN: frozenset[Role] = frozenset({"administrator"})

PAGES: tuple[ConsolePage, ...] = (
    ConsolePage("/staff", "console_staff.inbox", DESK, inbox.build, key="i"),
    ConsolePage("/staff/cases/{reference}", "console_staff.case", DESK, case.build, menu=False),
    ConsolePage("/staff/bookings", "bookings.page", DESK, bookings.build, key="b"),
    ConsolePage(
        "/staff/bookings/{reference}", "bookings.one_page", DESK, booking.build, menu=False
    ),
    ConsolePage("/staff/calendars", "bookings.calendars", DESK, calendars.build),
    ConsolePage("/staff/canned", "console_staff.canned", DESK, canned_texts.build, key="c"),
    ConsolePage("/staff/deliveries", "console_staff.deliveries", DESK, deliveries.build, key="d"),
    ConsolePage(
        "/staff/offices", "console_staff.office_settings", MANAGER, office_settings.build, key="h"
    ),
    ConsolePage("/staff/switches", "console_staff.switches", MANAGER, switches.build, key="s"),
    ConsolePage("/maintain", "maintain.inbox", MAINTAINER, messages.build, key="m"),
    ConsolePage("/maintain/sentences", "maintain.sentences", MAINTAINER, sentences.build, key="p"),
    ConsolePage("/maintain/training", "maintain.training", MAINTAINER, training.build, key="t"),
    ConsolePage(
        "/maintain/releases/{name}", "maintain.report", MAINTAINER, release.build, menu=False
    ),
    ConsolePage("/maintain/articles", "maintain.articles", MAINTAINER, entries.articles, key="f"),
    ConsolePage(
        "/maintain/articles/{id}", "maintain.articles", MAINTAINER, entry.article, menu=False
    ),
    ConsolePage(
        "/maintain/programmes", "maintain.programmes", MAINTAINER, entries.programmes, key="r"
    ),
    ConsolePage(
        "/maintain/programmes/{id}", "maintain.programmes", MAINTAINER, entry.programme, menu=False
    ),
    ConsolePage("/maintain/advice", "maintain.advice", MAINTAINER, advice.build, key="v"),
    ConsolePage("/staff/accounts", "console_staff.accounts", ADMIN, accounts.build, key="a"),
    ConsolePage("/staff/audit", "console_staff.audit", ADMIN, audit.build, key="l"),
    ConsolePage("/staff/own", "console_staff.own", frozenset(), own.build, key="o"),
)
