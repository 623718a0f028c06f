"""Accounts: an administrator makes them, gives roles at places, sets passwords, switches off."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.visit import Visit
from api.offices import Place, places
from knowledge import clock
from knowledge.catalogue import current
from knowledge.staff import service
from knowledge.staff.actor import Actor, Role
from knowledge.staff.rules import Grant
from knowledge.staff.secrets import new_password
from knowledge.staff.service import AccountView
from knowledge.wording import say

SHOWN_PLACES = 2
EVERYWHERE: tuple[Role, ...] = ("manager", "maintainer", "administrator")
"""Roles that may be held without a place; a manager of no place sees no case."""
COLUMNS = (
    "console_staff.col_name",
    "console_staff.col_login",
    "console_staff.col_roles",
    "console_staff.col_places",
    "console_staff.col_last",
    "console_staff.col_actions",
)
TICK_ALL = (
    "(e) => { const box = e.target.closest('fieldset');"
    " const all = [...box.querySelectorAll('input[value^=staff]')];"
    " const on = !all.every((one) => one.checked); for (const one of all) one.checked = on; }"
)


async def build(visit: Visit) -> None:
    """The page."""
    known = await visit.read(lambda session, actor, now: places(current(session=session)))
    await _Accounts(visit, known).build()


class _Accounts:
    def __init__(self, visit: Visit, known: tuple[Place, ...]) -> None:
        self._visit = visit
        self._places = {place.id: place for place in known}

    async def build(self) -> None:
        kit.heading(1, say("console_staff.accounts"))
        self._secret = kit.box(role="status")
        with kit.box(css="buttons bar"):
            handler = self._visit.doing(lambda: self._edit(None))
            kit.button(say("console_staff.new_account"), handler, css="solid")
        self._list = kit.box()
        self._editor = kit.box()
        await self._refresh()

    async def _refresh(self) -> None:
        views = await self._visit.read(
            lambda session, actor, now: service.accounts(session=session, actor=actor)
        )
        self._list.clear()
        heads = [say(key) for key in COLUMNS]
        with self._list, kit.table(heads, caption=say("console_staff.accounts")):
            for view in views:
                self._draw(view)

    def _draw(self, view: AccountView) -> None:
        now = clock.now()
        with kit.box(tag="tr"):
            with kit.box(tag="td"):
                kit.Tag("span", view.name)
                if not view.active:
                    kit.badge(say("console_staff.inactive"), "bad")
            kit.Tag("td", view.login)
            kit.Tag("td", "、".join(say(words.ROLE_NAMES[role]) for role in view.roles))
            kit.Tag("td", self._told_places(view))
            last = view.last_sign_in_at
            kit.Tag("td", words.moment(last, now) if last else "―", css="num")
            with kit.box(tag="td"), kit.box(css="buttons"):
                self._act("console_staff.edit", view, self._edit)
                self._act("console_staff.reset", view, self._reset)
                key = "console_staff.disable" if view.active else "console_staff.enable"
                self._act(key, view, self._switch)

    def _told_places(self, view: AccountView) -> str:
        held = sorted({office for _, office in view.grants if office})
        named = [self._places[o].short if o in self._places else o for o in held]
        more = len(named) - SHOWN_PLACES
        shown = "、".join(named[:SHOWN_PLACES])
        return shown + (say("console_staff.and_more", n=more) if more > 0 else "")

    def _act(
        self, key: str, view: AccountView, action: Callable[[AccountView], Awaitable[None]]
    ) -> None:
        handler = self._visit.doing(lambda: action(view))
        kit.button(say(key), handler, css="plain small", aria_label=f"{say(key)}：{view.name}")

    async def _reset(self, view: AccountView) -> None:
        made = new_password()
        await self._visit.write(
            lambda session, actor, now: service.set_password(
                session=session, actor=actor, now=now, account_id=view.id, password=made
            )
        )
        self._show_secret(view.name, made)

    async def _switch(self, view: AccountView) -> None:
        await self._visit.write(
            lambda session, actor, now: service.set_active(
                session=session,
                actor=actor,
                now=now,
                account_id=view.id,
                active=not view.active,
            )
        )
        await self._refresh()

    def _show_secret(self, name: str, made: str) -> None:
        self._secret.clear()
        with self._secret, kit.box(css="notice good"):
            kit.text(say("console_staff.password_once", name=name))
            kit.text(made, css="secret")

    async def _edit(self, view: AccountView | None) -> None:
        """Draw the dialog for this account only when it is wanted, and show it."""
        self._editor.clear()
        with self._editor:
            key = "console_staff.edit_account" if view else "console_staff.new_account"
            dialog = kit.Dialog(say(key))

            async def send(pairs: Sequence[tuple[str, str]]) -> None:
                made = new_password()
                await self._visit.write(
                    lambda session, actor, now: _save(session, actor, now, view, pairs, made)
                )
                dialog.close()
                if view is None:
                    self._show_secret(kit.fields_of(pairs).get("name", ""), made)
                await self._refresh()

            with dialog.body, kit.form(self._visit.sending(send)):
                self._fields(view)
                with kit.box(css="buttons"):
                    kit.Tag("button", say("console_staff.save"), css="button solid", type="submit")
                    dialog.closer(say("console_case.cancel"))
        dialog.open()

    def _fields(self, view: AccountView | None) -> None:
        if view is None:
            hint = say("console_staff.login_hint")
            kit.field(say("console.login_name"), "login", hint=hint, required=True, maxlength=80)
        name = view.name if view else ""
        kit.field(say("console_staff.name"), "name", value=name, required=True, maxlength=60)
        external = (view.external_id or "") if view else ""
        hint = say("console_staff.external_id_hint")
        told = say("console_staff.external_id")
        kit.field(told, "external_id", value=external, hint=hint, maxlength=200)
        held = view.grants if view else frozenset[Grant]()
        with kit.Tag("fieldset"):
            kit.Tag("legend", say("console_staff.roles"))
            for role in EVERYWHERE:
                _tick(say(words.ROLE_NAMES[role]), role, "", held)
        with kit.Tag("fieldset", css="places"):
            kit.Tag("legend", say("console_staff.places"))
            kit.button(say("console_staff.tick_all"), css="plain small").on(
                "click", js_handler=TICK_ALL
            )
            for place in self._places.values():
                with kit.box(css="place", role="group", aria_label=place.name):
                    kit.Tag("span", place.name)
                    _tick(say("console_staff.role_staff"), "staff", place.id, held)
                    _tick(say("console_staff.role_manager"), "manager", place.id, held)


def _tick(label: str, role: Role, office: str, held: frozenset[Grant]) -> None:
    kit.tick(label, "grant", value=f"{role}@{office}", ticked=(role, office) in held)


def _save(
    session: Session,
    actor: Actor,
    now: datetime,
    view: AccountView | None,
    pairs: Sequence[tuple[str, str]],
    made: str,
) -> None:
    sent = kit.fields_of(pairs)
    ticked = [value.partition("@") for value in kit.values_of(pairs, "grant")]
    grants = [(role, office) for role, _, office in ticked]
    name, external_id = sent.get("name", ""), sent.get("external_id", "").strip() or None
    if view is None:
        service.add(
            session=session,
            actor=actor,
            now=now,
            login=sent.get("login", ""),
            name=name,
            grants=grants,
            password=made,
            external_id=external_id,
        )
    else:
        service.change(
            session=session,
            actor=actor,
            now=now,
            account_id=view.id,
            name=name,
            grants=grants,
            external_id=external_id,
        )
