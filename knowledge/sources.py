"""Where a fact comes from, the one shape in which every part of the product carries it."""

from pydantic import BaseModel, ConfigDict


class Source(BaseModel):
    """A published source. ``as_of`` is the date as printed there; ``confirmed`` whether the
    official page itself has been seen (else the visitor is shown 要確認)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    url: str | None = None
    as_of: str | None = None
    confirmed: bool = False
