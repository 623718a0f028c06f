"""The one shape of an answer: what an action returns, what is stored, what each channel renders.

It knows no channel and no wording; texts come from ``knowledge.wording`` and from content.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.sources import Source


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextPart(_Part):
    """Plain text with line breaks. ``private`` is for the visitor only: staff never see it."""

    type: Literal["text"] = "text"
    text: str
    private: bool = False


class Choice(_Part):
    """One thing the visitor may pick.

    ``payload`` says what picking means and never leaves the server; ``id`` is given when the
    reply is stored and is the only thing a client may send back. ``act: keep`` asks the client
    to send its last withheld text again with ``keep: true``, ``act: contact_mail`` or
    ``contact_phone`` to ask for an address or a number first and send it with ``POST …/handoff``;
    a client that cannot do so sends the id.
    """

    label: str
    id: str | None = None
    act: Literal["keep", "contact_mail", "contact_phone"] | None = None
    payload: dict[str, Any] = Field(default_factory=dict)


class ChoicesPart(_Part):
    """A question with named answers; ``role: feedback`` is the small one after an answer,
    ``role: slots`` a list of free times."""

    type: Literal["choices"] = "choices"
    prompt: str | None = None
    role: Literal["feedback", "slots"] | None = None
    choices: tuple[Choice, ...]


class Row(_Part):
    """One line of a card."""

    label: str
    value: str


class Link(_Part):
    """A link of a card; only http(s) and tel addresses are ever put here."""

    label: str
    url: str


class CardPart(_Part):
    """Something with a name: a desk, a programme, an article, a deadline."""

    type: Literal["card"] = "card"
    kind: Literal["desk", "programme", "article", "deadline", "case"]
    title: str
    badge: str | None = None
    rows: tuple[Row, ...] = ()
    links: tuple[Link, ...] = ()
    note: str | None = None


class SheetLine(_Part):
    """One line of a sheet of fees, each with its own source; ``paid_yen`` is null while open."""

    label: str
    full_yen: int
    paid_yen: int | None
    source: Source


class SheetSection(_Part):
    """A titled list below the lines: reasons, conditions, papers."""

    title: str
    items: tuple[str, ...]


class SheetPart(_Part):
    """A sheet of fees. ``amount`` is what is to be paid, as said to people.

    Links may be paths of our own portal (``/fees#…``); a channel outside the web leaves those
    out. ``fallback`` is the whole sheet as plain text, for a channel without tables.
    """

    type: Literal["sheet"] = "sheet"
    title: str
    amount: str
    rows: tuple[Row, ...] = ()
    lines: tuple[SheetLine, ...] = ()
    sections: tuple[SheetSection, ...] = ()
    links: tuple[Link, ...] = ()
    note: str | None = None
    fallback: str = ""


Part = Annotated[TextPart | ChoicesPart | CardPart | SheetPart, Field(discriminator="type")]


class Basis(BaseModel):
    """What an answer rests on, kept with the message ("what did you tell them on 3 May?").

    ``articles`` and ``programmes`` are ``id@version``; ``rules`` are rule names of DUTIES.md and
    DOMAIN.md; ``wording`` are wording keys; ``model`` is the release that understood the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    articles: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    wording: tuple[str, ...] = ()
    model: str | None = None


class Reply(BaseModel):
    """One answer, ready to be stored and rendered.

    ``memory`` is what the dialogue knows after it (``state.State`` as JSON); it is kept with the
    conversation and never leaves the server.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: tuple[Part, ...]
    sources: tuple[Source, ...] = ()
    basis: Basis = Basis()
    author: Literal["bot", "staff", "system"] = "bot"
    memory: dict[str, Any] | None = None
