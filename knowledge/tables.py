"""Every table there is, so that migrations and test databases see them all."""

from knowledge import heartbeats
from knowledge.articles import models as articles
from knowledge.audit import models as audit
from knowledge.bookings import models as bookings
from knowledge.cases import models as cases
from knowledge.content_store import models as content_store
from knowledge.conversations import models as conversations
from knowledge.desks import calendar_models as calendars
from knowledge.desks import models as desks
from knowledge.experts import models as experts
from knowledge.handoffs import models as handoffs
from knowledge.line import models as line
from knowledge.outbox import models as outbox
from knowledge.programmes import models as programmes
from knowledge.staff import models as staff
from knowledge.training import models as training

__all__ = [
    "articles",
    "audit",
    "bookings",
    "calendars",
    "cases",
    "content_store",
    "conversations",
    "desks",
    "experts",
    "handoffs",
    "heartbeats",
    "line",
    "outbox",
    "programmes",
    "staff",
    "training",
]
