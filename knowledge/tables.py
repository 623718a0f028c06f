"""Every table there is, so that migrations and test databases see them all."""

from knowledge import heartbeats
from knowledge.articles import models as articles
from knowledge.audit import models as audit
from knowledge.content_store import models as content_store
from knowledge.conversations import models as conversations
from knowledge.desks import models as desks
from knowledge.outbox import models as outbox
from knowledge.programmes import models as programmes

__all__ = [
    "articles",
    "audit",
    "content_store",
    "conversations",
    "desks",
    "heartbeats",
    "outbox",
    "programmes",
]
