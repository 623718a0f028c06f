"""Who may do what in maintenance: roles only; two pairs of eyes are ``corrections``' business."""

from knowledge.errors import NotAllowedError
from knowledge.staff.actor import Actor


def check_maintainer(actor: Actor) -> None:
    """Refuse who is no maintainer (the product's own jobs may).

    Raises:
        NotAllowedError: the actor lacks the role.
    """
    if actor.kind != "system" and not actor.has("maintainer"):
        raise NotAllowedError


def check_manager(actor: Actor) -> None:
    """Refuse who is no manager.

    Raises:
        NotAllowedError: the actor lacks the role.
    """
    if not actor.has("manager"):
        raise NotAllowedError
