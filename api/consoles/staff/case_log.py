"""The conversation of a case as staff read it: every message with who said it, live."""

from typing import Any

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.staff.case_view import CaseView
from knowledge import clock
from knowledge.conversations.views import MessageView
from knowledge.wording import say

LOG = "madoguchi-log"
AUTHORS = {
    "visitor": "console_case.by_visitor",
    "bot": "console_case.by_bot",
    "staff": "console_case.by_staff",
    "system": "console_case.by_system",
}


class Log:
    """The list of messages; it only grows, except that what was taken back leaves it."""

    def __init__(self, view: CaseView) -> None:
        self._view = view
        self._last = 0
        self._drawn: dict[str, tuple[kit.Tag, MessageView]] = {}
        frame = kit.box(css="log", id=LOG, tabindex="0", role="log", data_log="")
        frame.put(aria_label=say("console_case.log"))
        with frame:
            self._list = kit.box(tag="ol")
        self._typing = kit.text("", css="typing", tag="p")
        self._typing.put(aria_live="polite")
        self.draw(first=True)

    def draw(self, *, first: bool = False) -> None:
        """Add what is new, and draw anew what was taken back or written anew."""
        self._draw_changed()
        new = [m for m in self._view.file.messages if m.seq > self._last]
        if not new:
            return
        self._last = new[-1].seq
        with self._list:
            for message in new:
                self._add(message)
        own = first or any(message.author == "staff" for message in new)
        kit.script(f"madoguchi.toEnd({kit.dumps(LOG)}, {kit.dumps(own)})")

    def _add(self, message: MessageView) -> None:
        with kit.box(tag="li", css=f"bubble {message.author}") as item:
            _draw(message)
        if message.author == "visitor":
            self._drawn[message.id] = (item, message)

    def _draw_changed(self) -> None:
        for message in self._view.file.messages:
            item, before = self._drawn.get(message.id, (None, message))
            if item is not None and before != message:
                self._drawn[message.id] = (item, message)
                item.clear()
                with item:
                    _draw(message)

    def typing(self, *, on: bool) -> None:
        """The visitor began or stopped writing."""
        self._typing.set_text(say("console_case.visitor_types") if on else "")


def _draw(message: MessageView) -> None:
    by = f"{say(AUTHORS[message.author])}　{words.moment(message.at, clock.now())}"
    kit.Tag("span", by, css="by")
    if message.withheld:
        kit.Tag("span", say("console_case.withheld"), css="soft")
    if not message.parts and not message.withheld:
        kit.Tag("span", say("console_case.for_visitor_only"))
    for part in message.parts:
        _draw_part(part)
    for source in message.sources:
        with kit.box(css="sources"):
            kit.Tag("span", say("console_case.source"))
            if source.url:
                kit.link(source.title, source.url)
            else:
                kit.Tag("span", source.title)


def _draw_part(part: dict[str, Any]) -> None:
    kind = part.get("type")
    if kind == "text":
        kit.Tag("span", str(part["text"]))
    elif kind == "choices":
        if part.get("prompt"):
            kit.Tag("div", str(part["prompt"]))
        with kit.box(css="labels"):
            for choice in part["choices"]:
                kit.badge(str(choice["label"]))
    else:
        with kit.box(css="card"):
            kit.Tag("strong", str(part.get("title") or ""))
            if part.get("amount"):
                kit.Tag("div", str(part["amount"]))
            for row in part.get("rows") or ():
                kit.Tag("div", f"{row['label']}：{row['value']}", css="small")
            if part.get("note"):
                kit.Tag("div", str(part["note"]), css="small")
