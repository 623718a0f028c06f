"""``/programmes``, ``/articles``, ``/desks``: the published knowledge base."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.parts import Parts, PartsDep
from knowledge import clock
from knowledge.catalogue import Catalogue, current
from knowledge.errors import DatabaseBusyError, FieldProblem, InvalidInputError, NotFoundError
from knowledge.text import fold
from knowledge.training import misses
from knowledge.wording import say

router = APIRouter(tags=["catalogue"])

MAX_LIMIT = 100

Search = Annotated[str | None, Query(max_length=200, description="words to search for")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=20, description="``next`` of the page before")]


class Page(BaseModel):
    """One page of a list; ``next`` is None on the last."""

    items: list[dict[str, Any]]
    next: str | None = None


def _page(items: list[dict[str, Any]], limit: int, cursor: str | None) -> Page:
    if cursor is not None and not cursor.isdecimal():
        raise InvalidInputError(fields=(FieldProblem("cursor", say("errors.bad_field")),))
    begin = int(cursor or 0)
    end = begin + limit
    return Page(items=items[begin:end], next=str(end) if end < len(items) else None)


def _dump(entry: BaseModel) -> dict[str, Any]:
    return entry.model_dump(mode="json")


async def _catalogue(parts: PartsDep) -> Catalogue:
    return await parts.database.read(lambda session: current(session=session))


async def _note_miss(parts: Parts, q: str, place: misses.Place, *, found: bool) -> None:
    """Words that found nothing are kept for the maintainers; the visitor never waits for a busy
    database because of it."""
    if found:
        return
    with suppress(DatabaseBusyError):
        await parts.database.write(
            lambda session: misses.note(session=session, text=q, place=place, now=clock.now())
        )


@router.get("/programmes", response_model=Page)
async def programmes(
    parts: PartsDep, q: Search = None, limit: Limit = 20, cursor: Cursor = None
) -> Page:
    """Programmes, desks, databases and measures; with ``q`` the best matches first."""
    known = await _catalogue(parts)
    if q:
        entries = [hit.entry for hit in known.search_programmes(q, limit=MAX_LIMIT)]
        await _note_miss(parts, q, "programmes", found=bool(entries))
    else:
        entries = list(known.programmes)
    return _page([_dump(entry) for entry in entries], limit, cursor)


@router.get("/programmes/{programme_id}")
async def programme(programme_id: str, parts: PartsDep) -> dict[str, Any]:
    """One entry with its sources, status and rounds."""
    entry = (await _catalogue(parts)).programme(programme_id)
    if entry is None:
        raise NotFoundError
    return _dump(entry)


@router.get("/articles", response_model=Page)
async def articles(
    parts: PartsDep, q: Search = None, limit: Limit = 20, cursor: Cursor = None
) -> Page:
    """Questions and answers; with ``q`` the best matches first."""
    known = await _catalogue(parts)
    if q:
        entries = [hit.entry for hit in known.search_articles(q, limit=MAX_LIMIT)]
        await _note_miss(parts, q, "articles", found=bool(entries))
    else:
        entries = list(known.articles)
    return _page([_dump(entry) for entry in entries], limit, cursor)


@router.get("/articles/{article_id}")
async def article(article_id: str, parts: PartsDep) -> dict[str, Any]:
    """One question with its answer, sources and dates."""
    entry = (await _catalogue(parts)).article(article_id)
    if entry is None:
        raise NotFoundError
    return _dump(entry)


@router.get("/desks", response_model=Page)
async def desks(
    parts: PartsDep, q: Search = None, limit: Limit = 20, cursor: Cursor = None
) -> Page:
    """Desks and partner bodies."""
    entries = list((await _catalogue(parts)).desks)
    if q:
        wanted = fold(q)
        entries = [
            entry
            for entry in entries
            if wanted and any(wanted in fold(name) for name in (entry.name, *entry.aliases))
        ]
    return _page([_dump(entry) for entry in entries], limit, cursor)


@router.get("/desks/{desk_id}")
async def desk(desk_id: str, parts: PartsDep) -> dict[str, Any]:
    """One desk or partner body."""
    entry = (await _catalogue(parts)).desk(desk_id)
    if entry is None:
        raise NotFoundError
    return _dump(entry)
