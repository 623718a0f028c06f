"""Programmes and articles to insert with their source: those of the case, and others by search."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff.case_view import CaseView
from knowledge.catalogue import current
from knowledge.handoffs.views import Suggestion
from knowledge.staff.actor import Actor
from knowledge.wording import say

MOST = 4


class Sources:
    """What the case suggests, and a search below."""

    def __init__(self, view: CaseView, insert: Callable[[Suggestion], None]) -> None:
        self._view = view
        self._insert = insert
        self._shown: object = None
        self._list = kit.box(tag="ul", css="stack")
        with kit.form(view.visit.sending(self._search)):
            kit.field(say("console_case.search_sources"), "q", kind="search", maxlength=100)
            kit.Tag("button", say("console_case.search"), css="button plain", type="submit")
        self._found = kit.box(tag="ul", css="stack", aria_live="polite")

    def draw(self) -> None:
        """Bring the suggestions up to date."""
        now = (self._view.file.suggestions, self._view.mine)
        if now == self._shown:
            return
        self._shown = now
        self._draw(self._list, self._view.file.suggestions, say("console_case.no_suggestions"))

    async def _search(self, pairs: Sequence[tuple[str, str]]) -> None:
        words = kit.fields_of(pairs).get("q", "").strip()
        if not words:
            self._found.clear()
            return

        def work(session: Session, actor: Actor, now: datetime) -> tuple[Suggestion, ...]:
            catalogue = current(session=session)
            articles = [
                Suggestion(
                    kind="article",
                    id=hit.entry.id,
                    title=hit.entry.title,
                    why="",
                    url=hit.entry.sources[0].url,
                )
                for hit in catalogue.search_articles(words, limit=MOST)
            ]
            programmes = [
                Suggestion(
                    kind="programme",
                    id=hit.entry.id,
                    title=hit.entry.name,
                    why=hit.entry.offers,
                    url=hit.entry.url,
                )
                for hit in catalogue.search_programmes(words, limit=MOST)
            ]
            return (*articles, *programmes)

        found = await self._view.visit.read(work)
        self._draw(self._found, found, say("console_case.nothing_found"))

    def _draw(self, place: kit.Tag, found: Sequence[Suggestion], nothing: str) -> None:
        place.clear()
        with place:
            if not found:
                kit.Tag("li", nothing, css="soft")
            for suggestion in found:
                with kit.box(tag="li"):
                    self._draw_one(suggestion)

    def _draw_one(self, suggestion: Suggestion) -> None:
        kind = (
            "console_case.programme" if suggestion.kind == "programme" else "console_case.article"
        )
        kit.badge(say(kind))
        if suggestion.url:
            kit.link(suggestion.title, suggestion.url)
        else:
            kit.Tag("span", suggestion.title)
        if suggestion.why:
            kit.text(suggestion.why, css="small soft")
        if self._view.mine:

            async def put() -> None:
                self._insert(suggestion)

            words = say("console_case.insert_this", title=suggestion.title)
            kit.button(say("console_case.insert"), put, css="plain small", aria_label=words)
