"""Which desk leads and which stand beside it, each by a named rule; pure."""

from knowledge.triage.routing.case import Case, Reason, Routing
from knowledge.triage.routing.route import route
from knowledge.triage.routing.topics import Topics, settle_topics

__all__ = ["Case", "Reason", "Routing", "Topics", "route", "settle_topics"]
