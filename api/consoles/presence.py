"""Who has the same thing open just now: kept in memory, gone with the pages."""

from collections import defaultdict


class Presence:
    """Open pages by subject; one person may have several of one subject open."""

    def __init__(self) -> None:
        self._open: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)

    def enter(self, subject: str, *, page: str, person: str, name: str) -> None:
        """A page shows the subject from now on."""
        self._open[subject][page] = (person, name)

    def leave(self, subject: str, *, page: str) -> None:
        """It no longer does."""
        self._open[subject].pop(page, None)
        if not self._open[subject]:
            del self._open[subject]

    def others(self, subject: str, *, person: str) -> tuple[str, ...]:
        """The names of everybody else who has it open."""
        seen = self._open.get(subject, {})
        return tuple(sorted({name for other, name in seen.values() if other != person}))
