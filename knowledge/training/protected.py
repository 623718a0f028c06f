"""Sentences the model must always get right: a list in ``protected.yml`` of each root."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import RootModel, ValidationError

from knowledge.content_store.files import ContentPart, read_yaml
from knowledge.errors import ContentError
from knowledge.text import normalise

PROTECTED_FILE = "protected.yml"


class Protected(ContentPart):
    """One such sentence and its intent."""

    intent: str
    text: str


class _List(RootModel[tuple[Protected, ...]]):
    """The file: a list."""


def protected_sentences(roots: Iterable[Path]) -> tuple[Protected, ...]:
    """The protected sentences of all roots, normalised.

    Raises:
        ContentError: a file is not of the expected shape.
    """
    found: list[Protected] = []
    for path in (root / PROTECTED_FILE for root in roots if (root / PROTECTED_FILE).exists()):
        content, problems = read_yaml(path)
        try:
            listed = _List.model_validate(content or ()).root
        except ValidationError as error:
            raise ContentError(f"{path}: {error}") from error
        if problems:
            raise ContentError("\n".join(str(problem) for problem in problems))
        found += [Protected(intent=p.intent, text=normalise(p.text)) for p in listed]
    return tuple(found)
