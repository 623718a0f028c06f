"""Knows whether a chat can be reached: who came, who blocked us, who put us out; in any order.

Events arrive late: what happened last holds, not what came last.
"""

from typing import Final, Literal

from sqlmodel import Session

from knowledge.line import contacts, queue
from knowledge.line.queue import Job

State = Literal["active", "blocked", "left"]
STATES: Final[dict[str, State]] = {
    "follow": "active",
    "join": "active",
    "unfollow": "blocked",
    "leave": "left",
}
"""What each kind of event makes of a chat."""
SPOKEN: Final = frozenset({"text", "postback", "sticker", "media", "location", "account_link"})
"""Kinds that only somebody sends who can be reached."""


def came_or_went(*, session: Session, job: Job) -> bool:
    """Remember what an event of coming or going says; False where a later one was here before.

    Raises:
        NotFoundError: the chat was forgotten.
    """
    if queue.is_overtaken(session=session, job=job, kinds=tuple(STATES)):
        return False
    contacts.set_state(session=session, key=job.contact_key, state=STATES[job.kind])
    return True


def spoke(*, session: Session, job: Job) -> None:
    """Who writes can be reached, even where the event of her coming back never came."""
    contact = contacts.read(session=session, key=job.contact_key)
    if job.kind not in SPOKEN or contact.state == "active":
        return
    if not queue.is_overtaken(session=session, job=job, kinds=("unfollow", "leave")):
        contacts.set_state(session=session, key=job.contact_key, state="active")
