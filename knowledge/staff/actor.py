"""Who acts: every service that reads or changes a case is told. It knows no password."""

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["staff", "maintainer", "manager", "administrator"]
ROLES: tuple[Role, ...] = ("staff", "maintainer", "manager", "administrator")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or part of the system.

    ``id`` is the account's id (kind ``staff``), the conversation's or case's (``visitor``), or the
    job's name (``system``). ``offices`` are the places whose cases a member of staff may see: a
    desk id, or ``<desk id>/<JIS code of the prefecture>`` where a desk has one office in each.
    ``grants`` say which role is held where (``""``: not bound to a place); without them every
    role counts at every place of ``offices``.
    """

    kind: Literal["visitor", "staff", "system"]
    id: str
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    offices: frozenset[str] = field(default_factory=frozenset)
    grants: frozenset[tuple[Role, str]] = field(default_factory=frozenset)

    def has(self, role: Role) -> bool:
        """Whether the actor holds the role; an administrator does not inherit the others."""
        return role in self.roles

    def has_at(self, role: Role, office: str) -> bool:
        """Whether the actor holds the role at this place."""
        if self.grants:
            return (role, office) in self.grants
        return role in self.roles and office in self.offices

    def sees_office(self, office: str) -> bool:
        """Whether cases of this place are the actor's own (need-to-know)."""
        return self.kind == "system" or office in self.offices


def system(name: str) -> Actor:
    """The product itself: a job, a sweep, a webhook."""
    return Actor(kind="system", id=name, name=name)


def office_id(desk: str, jis_code: str | None = None) -> str:
    """The id of a place: ``inpit-chizai-sogo-madoguchi/22``, or the desk's id alone."""
    return f"{desk}/{jis_code}" if jis_code else desk
