"""Writes the calendar entry of a booking (RFC 5545): one UID for its life, SEQUENCE per change.

The entry holds when, where and the reference: nothing of the case, since calendars are shared.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard

from knowledge.bookings.models import Booking
from knowledge.clock import TOKYO
from knowledge.wording import say

CONTENT_TYPE = "text/calendar; charset=utf-8; method={method}"
FILE_NAME = "yoyaku.ics"
OFFSET = timedelta(hours=9)
ALARMS = (timedelta(days=-1), timedelta(hours=-1))
_STATUS = {"confirmed": "CONFIRMED", "done": "CONFIRMED", "no_show": "CONFIRMED"}


def method_of(booking: Booking) -> str:
    """CANCEL for a booking that does not take place any more, else PUBLISH."""
    over = booking.status in ("cancelled", "declined", "lapsed")
    return "CANCEL" if over else "PUBLISH"


def calendar_entry(booking: Booking, *, office_name: str) -> str:
    """The text of the .ics file as the booking stands now."""
    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.changed_at)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", say("bookings.ics_summary", office=office_name))
    event.add("location", booking.place)
    event.add("description", say("bookings.ics_description", reference=booking.reference))
    event.add("status", _status(booking))
    event.add("created", booking.created_at)
    event.add("last-modified", booking.changed_at)
    if booking.status == "confirmed":
        for before in ALARMS:
            event.add_component(_alarm(before))
    calendar = Calendar()
    calendar.add("prodid", "-//Madoguchi//bookings//JA")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(booking))
    calendar.add_component(_tokyo())
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


@lru_cache(maxsize=1)
def _tokyo() -> Timezone:
    """Japan's zone without its summer times of 1948 to 1951; the library would search it anew
    each time, and within the transaction of a booking."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  (local by definition)
    standard.add("tzoffsetfrom", OFFSET)
    standard.add("tzoffsetto", OFFSET)
    standard.add("tzname", "JST")
    zone = Timezone()
    zone.add("tzid", TOKYO.key)
    zone.add_component(standard)
    return zone


def content_type(booking: Booking) -> str:
    """The media type with the method, as mail programs want it."""
    return CONTENT_TYPE.format(method=method_of(booking))


def _status(booking: Booking) -> str:
    if method_of(booking) == "CANCEL":
        return "CANCELLED"
    return _STATUS.get(booking.status, "TENTATIVE")


def _alarm(before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", say("bookings.ics_alarm"))
    alarm.add("trigger", before)
    return alarm
