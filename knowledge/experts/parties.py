"""Turns a company's name into a hash, so that conflicts are found without showing names."""

import hashlib
import re

from knowledge.text import fold, normalise

_LEGAL_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|"
    r"\((?:株|有|同|資|名)\)|㈱|㈲"
)


def party_hash(name: str) -> str:
    """The hash of a company's name; 株式会社 and spelling do not matter, an empty name has none."""
    bare = fold(_LEGAL_FORMS.sub("", normalise(name)))
    if not bare:
        return ""
    return hashlib.sha256(f"madoguchi party {bare}".encode()).hexdigest()


def party_hashes(*names: str) -> frozenset[str]:
    """The hashes of several parties of one case; empty names are left out."""
    return frozenset(hash_ for name in names if (hash_ := party_hash(name)))
