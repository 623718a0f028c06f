"""Decides in which encoding a backlog was saved; knows nothing of what is in it.

Strictly UTF-8 (with or without BOM), else Shift_JIS as Windows writes it (CP932). Anything else is
refused with the byte at which it shows, rather than read as other characters than were written.
"""

import re

SAVE_AGAIN = "「CSV UTF-8」または Shift_JIS（CP932）のCSVで保存し直してください。"
OTHER_FORMATS = (
    (b"PK\x03\x04", "表計算ソフトのブック（xlsx など）のようです"),
    (b"\xd0\xcf\x11\xe0", "表計算ソフトのブック（xls）のようです"),
    (b"\xff\xfe", "文字コードが UTF-16 のようです"),
    (b"\xfe\xff", "文字コードが UTF-16 のようです"),
)
UTF8_BOM = b"\xef\xbb\xbf"
_NOT_CP932 = re.compile("[\x00\x80-\x9f\uf8f0-\uf8f3]")
"""What Python's cp932 makes of bytes that no Shift_JIS text has."""

_JAPANESE = re.compile("[ぁ-ヿ一-鿿]")
_HIRAGANA = re.compile("[ぁ-ん]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_HALF_KANA = re.compile("[｡-ﾟ]")


class UnusableBacklogError(Exception):
    """The file as a whole cannot be read or written; the message is Japanese and names it."""


def decode(raw: bytes, name: str) -> str:
    """The text of the file: strictly UTF-8, else CP932.

    Raises:
        UnusableBacklogError: neither; the message says at which byte (counted from 1).
    """
    for start, what in OTHER_FORMATS:
        if raw.startswith(start):
            raise UnusableBacklogError(f"{name} は{what}。{SAVE_AGAIN}")
    escape = raw.find(b"\x1b$")
    if escape >= 0:
        raise _unreadable(name, raw, escape, "ISO-2022-JP（JIS）のようです。")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The position given by utf-8-sig does not count the BOM.
        in_utf8 = error.start + (len(UTF8_BOM) if raw.startswith(UTF8_BOM) else 0)
    if _is_broken_utf8(raw):
        raise _unreadable(name, raw, in_utf8, "UTF-8 ですが、ここが壊れています。")
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError as error:
        hint = "EUC-JP のようです。" if _is_euc(raw) else ""
        raise _unreadable(name, raw, error.start, hint) from error
    strange = _NOT_CP932.search(text)
    if strange is not None:
        raise _unreadable(name, raw, len(text[: strange.start()].encode("cp932")), "")
    if len(_HALF_KANA.findall(text)) > len(_JAPANESE.findall(text)) and _is_euc(raw):
        raise _unreadable(name, raw, in_utf8, "EUC-JP のようです。")
    return text


def _is_broken_utf8(raw: bytes) -> bool:
    text = raw.decode("utf-8", errors="replace")
    return raw.startswith(UTF8_BOM) or len(_JAPANESE.findall(text)) > text.count("\ufffd")


def _is_euc(raw: bytes) -> bool:
    """Whether it reads as EUC-JP with as much hiragana as written Japanese has.

    Half-width kana of CP932 may be valid EUC-JP too, but then of rare characters.
    """
    try:
        text = raw.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    return 5 * len(_HIRAGANA.findall(text)) > len(_NOT_ASCII.findall(text))


def _unreadable(name: str, raw: bytes, at: int, hint: str) -> UnusableBacklogError:
    where = f"{at + 1}バイト目（0x{raw[at]:02X}）を文字として読めません。"
    return UnusableBacklogError(f"{name} の{where}{hint}{SAVE_AGAIN}")
