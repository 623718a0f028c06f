"""The field's names as words: a Sudachi user dictionary built when a model is trained.

「OIモデル契約書」 or "J-PlatPat" are one word to whoever asks about them, and none to Sudachi's own
dictionary. The dictionary is carried inside the model. It fits one version of the system
dictionary only: the version travels with it, and another one is refused in clear words.
"""

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from components import ginza

KINDS = frozenset({"programme"})
"""Lookup tables whose names become words; places are in Sudachi's own dictionary."""
LENGTHS = range(3, 13)
"""A longer name is a description, and its parts tell more than the whole."""
_WRITTEN = re.compile(r"[\w・ー\-]+")
_LETTER = re.compile(r"[^\W\d_]")
PROPER_NOUN = (4786, 4786, 4000)
"""Sudachi's connection numbers of a proper noun, and a cost at which it wins against its parts."""
FILE, VERSION_FILE = "field.dic", "field.json"
_CREATED_AT = slice(8, 16)
"""Where the header of a dictionary holds the time of its making."""


class WrongDictionaryError(RuntimeError):
    """The model's words were made for another version of Sudachi's dictionary."""


def words(names: Iterable[str]) -> list[str]:
    """The names worth a word of their own: short, written without gaps, no phrase (「窓口の職員」
    holds a particle), and now cut in pieces."""
    found = {name.lower() for name in names if _WRITTEN.fullmatch(name) and len(name) in LENGTHS}
    return sorted(name for name in found if _LETTER.search(name) and _in_pieces(name))


def _in_pieces(name: str) -> bool:
    pieces = ginza.shared().doc(name)
    return len(pieces) > 1 and not any(piece.tag_.startswith("助") for piece in pieces)


def build(names: Iterable[str], folder: Path) -> bool:
    """Write dictionary and version into ``folder``; False (and no file) if no name needs one.

    The same names give the same bytes.
    """
    from sudachipy.sudachipy import build_user_dic

    chosen = words(names)
    if not chosen:
        return False
    system = Path(str(files("sudachidict_core"))) / "resources" / "system.dic"
    with tempfile.TemporaryDirectory() as scratch:
        lexicon = Path(scratch) / "field.csv"
        lexicon.write_text("".join(map(_line, chosen)), encoding="utf-8")
        build_user_dic(str(system), [str(lexicon)], str(folder / FILE), "madoguchi")
    content = bytearray((folder / FILE).read_bytes())
    content[_CREATED_AT] = bytes(8)
    (folder / FILE).write_bytes(bytes(content))
    made_for = {"sudachidict": version("sudachidict-core"), "words": len(chosen)}
    (folder / VERSION_FILE).write_text(json.dumps(made_for, sort_keys=True))
    return True


def find(folder: Path) -> Path | None:
    """The dictionary in a model's folder, None if it has none.

    Raises:
        WrongDictionaryError: with what to do.
    """
    if not (folder / FILE).exists():
        return None
    made_for = json.loads((folder / VERSION_FILE).read_text())["sudachidict"]
    if made_for != version("sudachidict-core"):
        raise WrongDictionaryError(
            f"the model's words were made for sudachidict-core {made_for}, installed is "
            f"{version('sudachidict-core')}: train again with `madoguchi train`"
        )
    return folder / FILE


def _line(word: str) -> str:
    """One row of Sudachi's lexicon format (18 columns)."""
    sounds = "".join(w.reading or w.text for w in ginza.shared().doc(word))
    part = ["名詞", "固有名詞", "一般", "*", "*", "*"]
    row = [word, *map(str, PROPER_NOUN), word, *part, sounds, word, "*", "A", "*", "*", "*"]
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()
