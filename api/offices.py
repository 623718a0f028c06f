"""The places cases belong to, with their Japanese names: for lists to choose from, nothing else."""

from dataclasses import dataclass

from knowledge.catalogue import Catalogue
from knowledge.staff.actor import office_id
from knowledge.triage.routing.desks import PREFECTURE
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Place:
    """One place. ``short`` leaves out the desk where the prefecture says enough."""

    id: str
    name: str
    short: str


def places(catalogue: Catalogue) -> tuple[Place, ...]:
    """Every desk, and the prefecture desk once in each prefecture, in the order of JIS codes."""
    found = []
    for desk in catalogue.desks:
        if desk.kind != "desk":
            continue
        if desk.id != PREFECTURE:
            found.append(Place(desk.id, desk.name, desk.name))
            continue
        unknown = say("console.prefecture_unknown")
        found.append(Place(desk.id, f"{desk.name}（{unknown}）", unknown))
        for prefecture in catalogue.prefectures:
            found.append(
                Place(
                    office_id(desk.id, prefecture.jis),
                    f"{desk.name}（{prefecture.name}）",
                    prefecture.name,
                )
            )
    return tuple(sorted(found, key=lambda place: (not place.id.startswith(PREFECTURE), place.id)))


def place_name(catalogue: Catalogue, office: str) -> str:
    """The name of a place; the id itself where content no longer knows it."""
    for place in places(catalogue):
        if place.id == office:
            return place.name
    return office
