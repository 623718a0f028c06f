"""The pages of the console: path, name, who may open them. A new page is one line here.

A page is a function that gets its ``Visit`` and builds; ``shell`` puts head and menu around it.
``maintain`` and ``reports`` add theirs to ``PAGES`` the same way as ``staff``.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from knowledge.staff.actor import Actor, Role

Build = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """One page. ``title`` is a wording key; ``menu`` false where it is reached from another page.

    ``build(visit, **parameters)`` is awaited with the parameters of the path.
    """

    path: str
    title: str
    roles: frozenset[Role]
    build: Build
    menu: bool = True
    key: str = ""
    """The letter that opens it after ``g``."""


def visible(pages: Collection[ConsolePage], actor: Actor) -> tuple[ConsolePage, ...]:
    """The pages a person may open, in the order of the menu."""
    return tuple(page for page in pages if may_open(page, actor))


def may_open(page: ConsolePage, actor: Actor) -> bool:
    """Whether one of the person's roles opens the page."""
    return not page.roles or bool(page.roles & actor.roles)
