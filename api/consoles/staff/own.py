"""One's own things: the password, and keys by which other systems act with one's own rights."""

from collections.abc import Sequence

from api.consoles import kit
from api.consoles.login import login_address
from api.consoles.staff import words
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.errors import NotAllowedError
from knowledge.staff import service, sessions, tokens
from knowledge.staff.rules import MIN_PASSWORD, refused
from knowledge.staff.tokens import LIFETIMES, TokenView
from knowledge.wording import say

COLUMNS = (
    "console_staff.col_token",
    "console_staff.col_made",
    "console_staff.col_ends",
    "console_staff.col_used",
    "console_staff.col_actions",
)


async def build(visit: Visit) -> None:
    """The page."""
    kit.heading(1, say("console_staff.own"))
    with kit.box(tag="section", css="block"):
        kit.heading(2, say("console_staff.change_password"))
        _password(visit)
    with kit.box(tag="section", css="block"):
        kit.heading(2, say("console_staff.tokens"))
        kit.text(say("console_staff.tokens_told"))
        await _Tokens(visit).build()


def _password(visit: Visit) -> None:
    async def send(pairs: Sequence[tuple[str, str]]) -> None:
        sent = kit.fields_of(pairs)
        if sent.get("new") != sent.get("again"):
            raise refused("again", say("console_staff.passwords_differ"))
        await _prove(visit, sent.get("old", ""))
        await visit.write(
            lambda session, actor, now: service.set_password(
                session=session,
                actor=actor,
                now=now,
                account_id=actor.id,
                password=sent.get("new", ""),
            )
        )
        address = login_address("/console/staff/own")
        told = say("console_staff.password_changed")
        kit.script(f"madoguchi.leave({kit.dumps(told)}, {kit.dumps(address)})")

    hint = say("console_staff.password_hint", least=MIN_PASSWORD)
    with kit.form(visit.sending(send), css="narrow"):
        _secret(say("console_staff.old_password"), "old", "current-password")
        _secret(say("console_staff.new_password"), "new", "new-password", hint=hint)
        _secret(say("console_staff.again_password"), "again", "new-password")
        kit.Tag("button", say("console_staff.change"), css="button solid", type="submit")


def _secret(label: str, name: str, filled_by: str, *, hint: str = "") -> None:
    kit.field(
        label,
        name,
        kind="password",
        hint=hint,
        autocomplete=filled_by,
        required=True,
        maxlength=200,
    )


async def _prove(visit: Visit, password: str) -> None:
    """Who sits at a page that was left open must not be able to lock its owner out.

    Raises:
        NotAllowedError: the password is wrong; the try was counted.
    """
    proved = await visit.write(
        lambda session, actor, now: sessions.proves_password(
            session=session, account_id=actor.id, password=password, now=now
        )
    )
    if not proved:
        raise NotAllowedError(say("console_staff.old_password_wrong"))


class _Tokens:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def build(self) -> None:
        with kit.form(self._visit.sending(self._make), css="filters"):
            kit.field(say("console_staff.token_label"), "label", required=True, maxlength=60)
            days = [(str(n), say("console_staff.days", n=n)) for n in LIFETIMES]
            kit.choice(say("console_staff.token_days"), "days", days, value="90")
            kit.Tag("button", say("console_staff.make_token"), css="button solid", type="submit")
        self._secret = kit.box(role="status")
        self._list = kit.box()
        await self._refresh()

    async def _make(self, pairs: Sequence[tuple[str, str]]) -> None:
        sent = kit.fields_of(pairs)
        days = sent.get("days", "")
        made = await self._visit.write(
            lambda session, actor, now: tokens.make(
                session=session,
                actor=actor,
                now=now,
                label=sent.get("label", ""),
                days=int(days) if days.isdecimal() else 0,
            )
        )
        self._secret.clear()
        with self._secret, kit.box(css="notice good"):
            kit.text(say("console_staff.token_once"))
            kit.text(made.token, css="secret")
        await self._refresh()

    async def _refresh(self) -> None:
        found = await self._visit.read(
            lambda session, actor, now: tokens.tokens_of(session=session, account_id=actor.id)
        )
        self._list.clear()
        with self._list:
            if not found:
                kit.text(say("console_staff.no_tokens"), css="soft")
                return
            with kit.table([say(key) for key in COLUMNS], caption=say("console_staff.tokens")):
                for view in found:
                    self._draw(view)

    def _draw(self, view: TokenView) -> None:
        now = clock.now()
        with kit.box(tag="tr"):
            kit.Tag("td", view.label)
            kit.Tag("td", words.moment(view.created_at, now), css="num")
            kit.Tag("td", words.moment(view.expires_at, now), css="num")
            used = view.last_used_at
            kit.Tag("td", words.moment(used, now) if used else "―", css="num")
            with kit.box(tag="td"):
                if not view.works(now):
                    kit.badge(say("console_staff.token_over"))
                    return

                async def revoke() -> None:
                    await self._visit.write(
                        lambda session, actor, now: tokens.revoke(
                            session=session, actor=actor, now=now, token_id=view.id
                        )
                    )
                    await self._refresh()

                told = say("console_staff.revoke_of", label=view.label)
                handler = self._visit.doing(revoke)
                kit.button(
                    say("console_staff.revoke"), handler, css="danger small", aria_label=told
                )
