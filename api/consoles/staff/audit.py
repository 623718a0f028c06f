"""The audit trail: who saw and changed what; looking into it leaves a line itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.visit import Visit
from knowledge.audit.models import AuditEntry
from knowledge.staff import service, trail
from knowledge.staff.actor import Actor
from knowledge.staff.trail import Trail
from knowledge.wording import say

COLUMNS = (
    "console_staff.col_at",
    "console_staff.col_who",
    "console_staff.col_action",
    "console_staff.col_subject",
    "console_staff.col_detail",
)
KINDS = {
    "visitor": "console_staff.kind_visitor",
    "system": "console_staff.kind_system",
    "staff": "console_staff.kind_staff",
}


async def build(visit: Visit) -> None:
    """The page."""
    await _Audit(visit).build()


class _Audit:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._asked = {"subject": "", "action": ""}
        self._before: int | None = None

    async def build(self) -> None:
        kit.heading(1, say("console_staff.audit"))
        kit.text(say("console_staff.audit_told"), css="soft")
        with kit.form(self._visit.sending(self._ask), css="filters"):
            kit.field(
                say("console_staff.audit_subject"),
                "subject",
                maxlength=100,
                placeholder="case:K26-",
            )
            kit.field(
                say("console_staff.audit_action"), "action", maxlength=100, placeholder="sign_in"
            )
            kit.Tag("button", say("console_staff.show"), css="button plain", type="submit")
        heads = [say(key) for key in COLUMNS]
        self._rows = kit.table(heads, caption=say("console_staff.audit"))
        self._pager = kit.box(css="pager")
        await self._load(fresh=True)

    async def _ask(self, pairs: Sequence[tuple[str, str]]) -> None:
        sent = kit.fields_of(pairs)
        self._asked = {name: sent.get(name, "") for name in ("subject", "action")}
        await self._load(fresh=True)

    async def _load(self, *, fresh: bool) -> None:
        before = None if fresh else self._before

        def work(session: Session, actor: Actor, now: datetime) -> tuple[Trail, dict[str, str]]:
            if fresh:
                trail.note_reading(
                    session=session, actor=actor, now=now, subject=self._asked["subject"]
                )
            found = trail.read_trail(session=session, actor=actor, before=before, **self._asked)
            ids = {entry.actor_id for entry in found.entries if entry.actor_kind == "staff"}
            return found, service.names(session=session, ids=ids)

        found, names = await self._visit.write(work)
        if fresh:
            self._rows.clear()
        self._before = found.next
        with self._rows:
            for entry in found.entries:
                _draw(entry, names)
        self._pager.clear()
        if found.next is not None:
            with self._pager:
                more = self._visit.doing(lambda: self._load(fresh=False))
                kit.button(say("console_staff.more"), more)


def _draw(entry: AuditEntry, names: dict[str, str]) -> None:
    kind = KINDS.get(entry.actor_kind)
    who = names.get(entry.actor_id) or f"{say(kind) if kind else ''} {entry.actor_id}".strip()
    detail = "、".join(f"{key}={value}" for key, value in entry.detail.items())
    with kit.box(tag="tr"):
        kit.Tag("td", f"{entry.at:%Y/%m/%d %H:%M:%S}", css="num")
        kit.Tag("td", who)
        kit.Tag("td", entry.action, css="num")
        kit.Tag("td", entry.subject)
        kit.Tag("td", detail, css="small")
