"""Field types that programmes, articles and desks share."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from knowledge.content_store.files import ContentPart
from knowledge.sources import Source


def plain_text(value: Any) -> Any:
    """YAML reads 2024-08-01 and 4 as a date and a number where a text was meant."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _source_text(value: Any) -> Any:
    return {k: plain_text(v) for k, v in value.items()} if isinstance(value, Mapping) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something; space around it is dropped."""

LooseText = Annotated[str, BeforeValidator(plain_text)]
"""A text that may look like a date or a number to YAML."""

CitedSource = Annotated[Source, BeforeValidator(_source_text)]
"""A source as written in a content file."""


class DocumentSource(ContentPart):
    """A source with its place in one of the five source documents (``file``, ``section``)."""

    title: Text
    file: str | None = None
    section: LooseText | None = None
    url: str | None = None
    as_of: LooseText | None = None
    confirmed: bool

    @property
    def source(self) -> Source:
        """The source as it is shown."""
        title = f"{self.title} {self.section}" if self.section else self.title
        return Source(title=title, url=self.url, as_of=self.as_of, confirmed=self.confirmed)
