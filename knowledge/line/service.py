"""What the rest of the house asks of the LINE channel; the parts do the work.

``contacts`` who writes · ``intake`` events stored first · ``queue`` handed out under a lease ·
``remarks``, ``unsending``, ``joining``, ``linking``, ``files`` what an event does · ``counts`` the
quota · ``desk`` and ``given_up`` what staff see and decide.
"""

from knowledge.line.contacts import ask_for_files as ask_for_files
from knowledge.line.contacts import of_conversation as contact_of_conversation
from knowledge.line.counts import Quota as Quota
from knowledge.line.counts import quota as quota
from knowledge.line.files import of_conversation as files_of
from knowledge.line.files import read as read_file
from knowledge.line.intake import store as store
from knowledge.line.queue import troubled as troubled_events
from knowledge.line.queue import waiting as waiting_events
from knowledge.line.retention import sweep as sweep

__all__ = [
    "Quota",
    "ask_for_files",
    "contact_of_conversation",
    "files_of",
    "quota",
    "read_file",
    "store",
    "sweep",
    "troubled_events",
    "waiting_events",
]
