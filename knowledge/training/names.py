"""Every name the bot marks that does not come from a lookup file: places and programmes."""

import re
from collections.abc import Mapping

from knowledge.catalogue import Catalogue
from knowledge.desks.prefectures import Prefecture
from knowledge.training.places import municipality_names

_KIND = re.compile(r"(?:けん|ふ|と)$")

Names = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Kind → canonical value → the ways people write it."""


def known_names(catalogue: Catalogue) -> Names:
    """Prefectures, municipalities and programmes with their spellings."""
    return {
        "prefecture": {p.name: (p.short, p.kana, _short_kana(p)) for p in catalogue.prefectures},
        "city": municipality_names(),
        "programme": {p.id: (p.name, *p.aliases) for p in catalogue.programmes},
    }


def _short_kana(prefecture: Prefecture) -> str:
    """The kana name without けん, ふ or と (しずおか)."""
    whole = prefecture.short == prefecture.name
    return prefecture.kana if whole else _KIND.sub("", prefecture.kana)
