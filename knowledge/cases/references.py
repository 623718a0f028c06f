"""Makes and reads reference numbers (K26-4F7QM-9) and codes; pure, random numbers are passed in.

No sign looks like another (0 O, 1 I L, 5 S, 8 B, 2 Z) and no two letters sound alike when read
aloud in Japanese. The last sign of a reference is a check: 23 is prime, so every single wrong
sign and every two swapped ones are found.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import date

ALPHABET = "23456789ACEFHKMPQRTUWXY"
BODY = 5
CODE_GROUPS, CODE_GROUP = 3, 4
"""12 signs of 23: more than 2^54 codes, beside a throttle."""
_SHAPE = re.compile(rf"K(\d{{2}})([{ALPHABET}]{{{BODY}}})([{ALPHABET}])")
_FILLING = re.compile(r"[\s\-‐‑‒–—―−ー－_.・]+")

Choose = Callable[[str], str]
"""Picks one sign at random."""


def new_reference(day: date, choose: Choose = secrets.choice) -> str:
    """A reference number of the year of a day."""
    year = f"{day.year % 100:02d}"
    body = "".join(choose(ALPHABET) for _ in range(BODY))
    return f"K{year}-{body}-{_check(year, body)}"


def read_reference(written: str) -> str | None:
    """The reference a person wrote or read out, in its one form; ``None`` if it cannot be one."""
    found = _SHAPE.fullmatch(_bare(written))
    if found is None or found[3] != _check(found[1], found[2]):
        return None
    return f"K{found[1]}-{found[2]}-{found[3]}"


def new_code(choose: Choose = secrets.choice) -> str:
    """A code like 4F7Q-9MKT-2XWA that opens one case."""
    groups = ("".join(choose(ALPHABET) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
    return "-".join(groups)


def read_code(written: str) -> str:
    """A code as it is compared: signs only, capital letters."""
    return _bare(written)


def _bare(written: str) -> str:
    return _FILLING.sub("", unicodedata.normalize("NFKC", written[:64])).upper()


def _check(year: str, body: str) -> str:
    digits = [int(d) for d in year] + [ALPHABET.index(c) for c in body]
    return ALPHABET[sum((n + 2) * d for n, d in enumerate(digits)) % len(ALPHABET)]
