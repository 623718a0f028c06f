"""Names of the field as words: which, how they are cut, and that they fit one dictionary only."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from components import ginza, user_dictionary
from components.tokenizer import GinzaTokenizer
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.training_data.message import Message

NAMES = ["OIモデル契約書", "J-PlatPat", "もの補助", "VC-IPAS", "知財ジーメン"]
NO_WORDS = {
    "a phrase": "窓口の職員",
    "one word already": "商標",
    "a telephone number": "0570-082100",
    "with a gap": "PCT 調査手数料 減免",
    "too long": "オープンイノベーション促進のためのモデル契約書",
    "too short": "窓口",
    "with brackets": "契約書(OI)",
}


def test_names_that_are_cut_in_pieces_become_words() -> None:
    assert user_dictionary.words(NAMES) == sorted(name.lower() for name in NAMES)


@pytest.mark.parametrize("name", NO_WORDS.values(), ids=NO_WORDS)
def test_what_is_no_word_is_left_as_it_is(name: str) -> None:
    assert user_dictionary.words([name]) == []


@pytest.mark.parametrize("name", [*NAMES, "j-platpat", "vc-ipas"])
def test_a_name_is_one_word_with_a_reading_and_right_offsets(tmp_path: Path, name: str) -> None:
    assert user_dictionary.build(NAMES, tmp_path)
    text = f"昨日から{name}について調べています"
    word = next(w for w in ginza.shared(user_dictionary.find(tmp_path)).doc(text) if w.text == name)
    assert text[word.idx : word.idx + len(name)] == name
    assert word.reading
    assert word.tag_.startswith("名詞-固有名詞")
    assert name not in [w.text for w in ginza.shared().doc(text)]


def test_other_words_are_cut_as_before(tmp_path: Path) -> None:
    user_dictionary.build(NAMES, tmp_path)
    known, plain = ginza.shared(user_dictionary.find(tmp_path)), ginza.shared()
    text = "商標登録の費用と、補助金の申請について契約書を見てほしい"
    assert [w.text for w in known.doc(text)] == [w.text for w in plain.doc(text)]


def test_the_same_names_give_the_same_bytes_at_another_time(tmp_path: Path) -> None:
    contents = []
    for number, names in enumerate((NAMES, list(reversed(NAMES)))):
        folder = tmp_path / str(number)
        folder.mkdir()
        user_dictionary.build(names, folder)
        contents.append((folder / user_dictionary.FILE).read_bytes())
        time.sleep(1.1)  # the time of making is kept in seconds
    assert contents[0] == contents[1]


def test_without_names_there_is_no_dictionary(tmp_path: Path) -> None:
    assert not user_dictionary.build(["商標"], tmp_path)
    assert user_dictionary.find(tmp_path) is None


def test_another_dictionary_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    user_dictionary.build(NAMES, tmp_path)
    (tmp_path / user_dictionary.VERSION_FILE).write_text(json.dumps({"sudachidict": "20200101"}))
    with pytest.raises(user_dictionary.WrongDictionaryError, match="madoguchi train"):
        user_dictionary.find(tmp_path)


def test_the_model_carries_its_words(
    storage: Any, context: Any, training_data: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, resource = GinzaTokenizer.get_default_config(), Resource("words")
    GinzaTokenizer.create(config, storage, resource, context).train(training_data)
    monkeypatch.setattr(ginza, "_made", {})
    loaded = GinzaTokenizer.load(config, storage, resource, context)
    message = Message.build("j-platpatの使い方")
    loaded.process([message])
    assert message.get(TOKENS_NAMES["text"])[0].text == "j-platpat"


def test_a_model_from_before_there_were_words_still_loads(storage: Any, context: Any) -> None:
    config = GinzaTokenizer.get_default_config()
    loaded = GinzaTokenizer.load(config, storage, Resource("never written"), context)
    message = Message.build("商標の費用")
    loaded.process([message])
    assert [t.text for t in message.get(TOKENS_NAMES["text"])] == ["商標", "の", "費用"]
