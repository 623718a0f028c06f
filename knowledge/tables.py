"""Every table there is, so that migrations and test databases see them all."""

from knowledge import heartbeats
from knowledge.articles import models as articles
from knowledge.content_store import models as content_store
from knowledge.conversations import models as conversations
from knowledge.desks import models as desks
from knowledge.programmes import models as programmes

__all__ = ["articles", "content_store", "conversations", "desks", "heartbeats", "programmes"]
