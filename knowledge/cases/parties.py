"""Turns names of companies into keyed hashes, so that two parties of one quarrel are noticed
without anybody reading a name. It knows no desk.

The key is random, made once per installation and stored encrypted: a hash cannot be computed from
a list of company names without it.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from knowledge.cases.models import HashKey
from knowledge.text import fold, normalise

KEY_NAME = "parties"
_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|(?:一般|公益)?(?:社団|財団)法人|"
    r"\((?:株|有|同|資|名|社|財)\)|㈱|㈲|(?:カブシキ|ユウゲン|ゴウドウ)ガイシャ|"
    r"\b(?:co\.?,? ?ltd\.?|inc\.?|corp\.?|k\.?k\.?)(?=\W|$)",
    re.IGNORECASE,
)


def party_hash(session: Session, name: str) -> str | None:
    """The hash of a name; legal form, spaces and spelling (half width, case) do not matter.

    ``None`` for an empty name.
    """
    bare = fold(_FORMS.sub("", normalise(name)))
    if not bare:
        return None
    return hmac.new(_key(session), bare.encode(), hashlib.sha256).hexdigest()


def known_hash(session: Session, name: str) -> str | None:
    """As ``party_hash``, but writes nothing: ``None`` where no key was ever made."""
    return party_hash(session, name) if session.get(HashKey, KEY_NAME) is not None else None


def _key(session: Session) -> bytes:
    row = session.get(HashKey, KEY_NAME)
    if row is None:
        # Another process may make it between our look and our write: then its key holds.
        with suppress(IntegrityError), session.begin_nested():
            session.add(HashKey(name=KEY_NAME, key=secrets.token_hex(32)))
        row = session.get_one(HashKey, KEY_NAME)
    return bytes.fromhex(row.key)
