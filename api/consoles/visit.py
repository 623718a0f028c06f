"""One open page of one person: does her work with today's rights and tells her how it went."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import Client, background_tasks, ui

from api.consoles import kit
from api.consoles.house import House, Person, Result, Work
from api.consoles.login import login_address
from api.consoles.pulse import Pulse
from knowledge.errors import MadoguchiError, NotFoundError
from knowledge.staff.actor import Actor
from knowledge.wording import say


class Visit:
    """What a page is built with. ``actor`` is who it was when the page was opened."""

    def __init__(self, person: Person, actor: Actor, client: Client, pulse: Pulse) -> None:
        self.person = person
        self.actor = actor
        self.client = client
        self.pulse = pulse

    @property
    def house(self) -> House:
        """The running console."""
        return self.person.house

    async def read(self, work: Work[Result]) -> Result:
        """Read with today's rights; see ``Person.read``."""
        return await self.person.read(work)

    async def write(self, work: Work[Result]) -> Result:
        """Change something with today's rights; see ``Person.write``."""
        return await self.person.write(work)

    def doing(self, action: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The action as a handler that runs once at a time and tells what went wrong."""
        busy = False

        async def run() -> None:
            nonlocal busy
            if busy:
                return
            busy = True
            try:
                await self.attempt(action)
            finally:
                busy = False

        return run

    def sending(
        self, action: Callable[[Sequence[tuple[str, str]]], Awaitable[None]]
    ) -> Callable[[Sequence[tuple[str, str]]], Awaitable[None]]:
        """The same for what a form sends."""
        busy = False

        async def run(pairs: Sequence[tuple[str, str]]) -> None:
            nonlocal busy
            if busy:
                return
            busy = True
            try:
                await self.attempt(lambda: action(pairs))
            finally:
                busy = False

        return run

    async def attempt(self, action: Callable[[], Awaitable[None]]) -> bool:
        """Do something; say an expected failure to the person. Whether it was done."""
        try:
            await action()
        except MadoguchiError as error:
            await self._explain(error)
            return False
        return True

    async def _explain(self, error: MadoguchiError) -> None:
        if isinstance(error, NotFoundError) and await self._is_over():
            ui.navigate.to(login_address(self.client.request.url.path))
            return
        reasons = [problem.reason for problem in error.fields]
        self.tell(error.detail or " ".join(reasons) or say(error.wording), bad=True)

    async def _is_over(self) -> bool:
        try:
            await self.person.actor()
        except NotFoundError:
            return True
        return False

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say how something went, also to a screen reader."""
        with self.client:
            kit.script(f"madoguchi.tell({kit.dumps(words)}, {kit.dumps(bad)})")

    def on_change(self, refresh: Callable[[], Awaitable[None]]) -> None:
        """Call ``refresh`` after every committed change while the page is open."""

        async def safely() -> None:
            if self.client.is_deleted or not self.client.has_socket_connection:
                return
            with self.client:
                await self.attempt(refresh)

        stop = self.pulse.listen(safely)
        self.client.on_delete(stop)

    def in_background(self, work: Awaitable[None]) -> None:
        """Let something run beside the page and end with it."""
        task = background_tasks.create(work, name="console page")
        self.client.on_delete(task.cancel)
