"""Every name the bot marks that does not come from a lookup file: places and programmes."""

from collections.abc import Mapping

from knowledge.catalogue import Catalogue
from knowledge.training.places import municipality_names

Names = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Kind → canonical value → the ways people write it."""


def known_names(catalogue: Catalogue) -> Names:
    """Prefectures, municipalities and programmes with their spellings."""
    return {
        "prefecture": {p.name: (p.short, p.kana) for p in catalogue.prefectures},
        "city": municipality_names(),
        "programme": {p.id: (p.name, *p.aliases) for p in catalogue.programmes},
    }
