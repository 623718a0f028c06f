from pathlib import Path
from typing import Any

import pytest

from knowledge.training.heldout import heldout_hash, misses, record
from knowledge.training.sentences import read_sentences

HELD = "漁網を巻き上げる機械の工夫、審査はどれくらいかかる"
SECOND = "包丁の柄の工夫について、書類の出し方を知りたい"


def test_good_data_have_no_findings(data: Any) -> None:
    assert data.findings() == []


# Labels


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"need": "money"}, "用件（need）「money」はありません"),
        ({"need": None}, "用件（need）がありません"),
        ({"asker": "bank"}, "相談者（asker）「bank」はありません"),
        ({"also": ["brand"]}, "二つ目の話題（also）「brand」はありません"),
        ({"also": ["patents"]}, "その文の話題「patents」が入っています"),
        ({"also": ["designs", "designs"]}, "also に「designs」が2回あります"),
        ({"wants": ["lawyer"]}, "希望（wants）「lawyer」はありません"),
        ({"register": None}, "書き方（register）がありません"),
        ({"register": "poem"}, "書き方（register）「poem」はありません"),
        ({"difficulty": "easy"}, "difficulty は検証用の文だけに付けます"),
        ({"desk": "jetro"}, "desk は検証用の文だけに付けます"),
        ({"difficulty": "deadly"}, "項目「difficulty」は"),
        ({"colour": "red"}, "項目「colour」は決められていません"),
        ({"text": None}, "項目「text」がありません"),
        ({"text": ""}, "項目「text」が空です"),
        ({"text": 119}, "項目「text」は文字で"),
        ({"judgement": "perhaps"}, "項目「judgement」は true と書くか"),
        ({"also": "designs"}, "項目「also」は [a, b] の形で"),
    ],
)
def test_each_wrong_label_is_told_on_its_line(
    data: Any, changes: dict[str, Any], message: str
) -> None:
    path = data.beside(data.row(**({"text": SECOND} | changes)))

    finding = data.the_only()

    assert message in finding.message
    assert (finding.path, finding.line) == (path, 4)


@pytest.mark.parametrize(
    "label", [{"need": "learn"}, {"also": ["patents"]}, {"wants": ["human"]}, {"judgement": True}]
)
def test_what_has_no_subject_has_no_label_of_a_subject(data: Any, label: dict[str, Any]) -> None:
    data.train("smalltalk", data.row("smalltalk", **label))

    assert f"「smalltalk」には {next(iter(label))} を付けません" in data.the_only().message


def test_a_heldout_sentence_needs_a_difficulty(data: Any) -> None:
    data.heldout("patents", data.row(text=HELD))

    assert "difficulty）がありません" in data.the_only().message


def test_a_heldout_desk_has_to_exist(data: Any) -> None:
    data.heldout("patents", data.row(text=HELD, difficulty="hard", desk="no-desk"))

    assert "窓口（desk）「no-desk」はありません" in data.the_only().message


# Files


def test_the_file_name_is_the_intent(data: Any) -> None:
    data.text("train/inquiry2/designs.yml", "intent: patents\nexamples: []\n")

    finding = data.the_only()

    assert finding.message == "意図「patents」がファイル名「designs」と違います。"
    assert finding.line == 1


def test_an_unknown_intent_is_told(data: Any) -> None:
    data.text("train/inquiry/weather.yml", "intent: weather\nexamples: []\n")

    assert data.the_only().message == "意図「weather」は intents.yml にありません。"


def test_an_intent_stays_in_the_folder_of_its_skill(data: Any) -> None:
    data.text("train/chitchat/patents.yml", "intent: patents\nexamples: []\n")

    assert data.the_only().message == "意図「patents」は inquiry/ に置いてください。"


def test_a_second_folder_of_a_skill_is_allowed(data: Any) -> None:
    data.text("train/inquiry2/patents.yml", "intent: patents\nexamples: []\n")

    assert data.findings() == []


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("intent: patents\nexamples: [\n", "YAMLとして読めません", 3),
        ("- a\n", "「intent: …」と「examples:」の形", 1),
        ("examples: []\n", "意図の名前（intent）がありません", 1),
        ("intent: patents\n", "文の一覧（examples）がありません", 1),
        ("intent: patents\nexamples: []\nowner: x\n", "項目「owner」は決められていません", 3),
        ("intent: patents\nintent: patents\nexamples: []\n", "「intent」が2回", 2),
        ("intent: patents\nexamples:\n  - ただの文\n", '{text: "…", …} の形', 3),
        ('intent: patents\nexamples:\n  - {text: "\x07"}\n', "YAMLとして読めません", None),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    data: Any, text: str, message: str, line: int | None
) -> None:
    data.text("train/inquiry2/patents.yml", text)

    finding = data.the_only()

    assert message in finding.message
    assert finding.line == line


def test_a_file_of_another_encoding_is_told(data: Any) -> None:
    path = data.text("train/inquiry2/patents.yml", "")
    path.write_bytes("intent: 特許\n".encode("cp932"))

    assert data.the_only().message == "文字コードをUTF-8にしてください。"


def test_all_errors_are_told_at_once_sorted_by_path_and_line(data: Any) -> None:
    data.beside(data.row(text=SECOND, need="money", asker="bank"), data.row(text="[x]"))
    data.train("designs", data.row("designs", register=None))

    findings = data.findings()

    assert [(f.path.stem, f.line) for f in findings] == [
        ("designs", 3),
        ("patents", 4),
        ("patents", 4),
        ("patents", 5),
    ]
    assert str(findings[0]).startswith(f"{findings[0].path}:3: ")


# Texts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("治具の特許[至急]", "角かっこ"),
        ("治具の特許［至急］", "角かっこ"),
        ("/restart", "Rasaの命令"),
        ("治具の\u202e特許", "見えない文字（U+202E）"),
        ("治具の\x07特許", "見えない文字（U+0007）"),
        ("返事は taro.yamada@bakery.co.jp まで", "メールアドレス「taro.yamada@bakery.co.jp」"),
        ("０９０ー", None),
        ("電話は０９０-1111-2222です", "電話番号「090-1111-2222」"),
        ("電話は09011112222です", "電話番号「09011112222」"),
        ("電話は042(111)2222です", "電話番号「042(111)2222」"),
        ("電話は+81 90 1111 2222です", "電話番号「+81 90 1111 2222」"),
        ("INPITの0570-082100につながらない", None),
        ("特願2023-012345の請求、いつまで", None),
        ("特許第6000000号、2026-03-31まで", None),
        ("👨\u200d🌾 特許出したい", None),
        ("？？", "文字か数字が一つもありません"),
    ],
)
def test_each_unwanted_text_is_told(data: Any, text: str, message: str | None) -> None:
    data.beside(data.row(text=text))

    if message is None:
        assert data.findings() == []
    else:
        assert message in data.the_only().message


def test_a_text_of_nothing_but_invisible_characters_is_empty(data: Any) -> None:
    data.train("smalltalk", data.row("smalltalk"), data.row("smalltalk", text="\u200b"))

    told = [finding.message for finding in data.findings()]

    assert "文が空です。" in told
    assert "見えない文字（U+200B）を消してください。" in told


# Copies


def test_a_sentence_that_stands_twice_is_told_with_its_first_place(data: Any) -> None:
    data.beside(data.row(text=" 保温できる弁当箱のしくみを考えました。出願の流れを教えてください"))

    finding = data.the_only()

    assert finding.message.startswith("inquiry/patents.yml:3 と同じ文です")
    assert finding.line == 4


def test_a_sentence_under_two_intents_is_a_contradiction(data: Any) -> None:
    text = data.row("designs")["text"]
    data.beside(data.row(text=text))

    assert "別の意図（designs と patents）" in data.the_only().message


def test_a_sentence_with_one_letter_changed_is_a_near_duplicate(data: Any) -> None:
    data.beside(data.row(text="保温できる弁当箱のしくみを考えました。出願の流れを教えて下さい"))
    assert data.findings() == []

    data.beside(data.row(text="保温できる弁当箱のしくみを考えました。出願の流れを教えてくださいね"))
    assert "ほとんど同じ文です" in data.the_only().message


def test_a_short_word_in_another_script_is_no_near_duplicate(data: Any) -> None:
    data.train("affirm", data.row("affirm", text="はい"), data.row("affirm", text="ﾊｲ"))

    assert data.findings() == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HELD, "検証用の文（inquiry/patents.yml:3）と同じです"),
        (f"　{HELD}　", "と同じです"),
        ("漁網を巻き上げる機械の工夫、審査はどれくらい?", "に似すぎています（重なり0."),
        ("ギョモウではなく、漁網を巻く機械の審査の期間", None),
    ],
)
def test_training_on_what_is_judged_is_told(data: Any, text: str, message: str | None) -> None:
    path = data.beside(data.row(text=text))

    if message is None:
        assert data.findings() == []
    else:
        finding = data.the_only()
        assert message in finding.message
        assert (finding.path, finding.line) == (path, 4)


def test_a_finding_about_overlap_does_not_quote_the_heldout_sentence(data: Any) -> None:
    data.beside(data.row(text=f"{HELD}のか"))

    assert HELD not in data.the_only().message


def test_an_overlay_is_checked_against_the_shipped_data(data: Any, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    path = overlay / "train" / "inquiry" / "patents.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        f'intent: patents\nexamples:\n  - {{text: "{HELD}", need: learn, register: plain}}\n',
        encoding="utf-8",
    )

    findings = data.findings(overlay)

    assert [finding.path for finding in findings] == [path]


# Registry and numbers


def test_an_intent_nobody_described_is_told(data: Any) -> None:
    data.intents(left_out="designs")

    told = [finding.message for finding in data.findings()]

    assert "意図「designs」の説明がありません。" in told
    assert "意図「designs」は intents.yml にありません。" in told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"is_not": [{"what": "別", "to": ["brand"]}]}, "is_not の行き先「brand」はありません"),
        ({"is_not": [{"what": "別", "to": ["designs"]}]}, "is_not の行き先が自分自身"),
        ({"is_not": []}, "is_not"),
        ({"minimum": {"train": 2, "heldout": 0}}, "「designs」の学習用の文が1件です。2件以上"),
        ({"minimum": {"train": 1, "heldout": 1}}, "「designs」の検証用の文が0件です。1件以上"),
    ],
)
def test_each_error_of_the_registry_is_told(
    data: Any, changes: dict[str, Any], message: str
) -> None:
    path = data.intents(designs=data.entry("designs", **changes))

    finding = data.the_only()

    assert message in finding.message
    assert finding.path == path
    assert path.read_text(encoding="utf-8").splitlines()[finding.line - 1] == "designs:"


def test_an_entry_for_an_intent_that_does_not_exist_is_told(data: Any) -> None:
    data.intents(weather=data.entry("patents"))

    told = [finding.message for finding in data.findings()]

    assert "意図「weather」は決められていません。つづりを確かめてください。" in told


def test_a_missing_registry_is_one_finding(data: Any) -> None:
    (data.root / "intents.yml").unlink()

    assert data.the_only().message == "ファイルを開けません。"


def test_a_register_with_too_few_heldout_sentences_is_told(data: Any) -> None:
    told = [finding.message for finding in data.findings(heldout_per_register=1)]

    assert "書き方「kansai」の検証用の文が0件です。1件以上要ります。" in told
    assert not any("「plain」" in message for message in told)


# Lookups


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("kind: right\nvalues:\n  patent: [発明]\n", "値「patent」は right にありません", 3),
        (
            "kind: company_kind\nvalues:\n  bank: [銀行]\n",
            "値「bank」は company_kind にありません",
            3,
        ),
        (
            "kind: country\nvalues:\n  中国: [上海]\n  台湾: [上海]\n",
            "「上海」が「中国」（x.yml:3）と「台湾」の両方にあります",
            4,
        ),
        (
            "kind: country\nvalues:\n  アメリカ: [ﾒｷｼｺ]\n  メキシコ: []\n",
            "「メキシコ」が「アメリカ」（x.yml:3）と「メキシコ」の両方に",
            4,
        ),
        ("kind: country\nvalues:\n  中国: 上海\n", "「中国」の書き方は [a, b]", 3),
        ("kind: country\nvalue: {}\nvalues: {}\n", "項目「value」は決められていません", 2),
        ("kind: country\n", "「kind: …」と「values:」の形", 1),
        ("kind: country\nvalues: {\n", "YAMLとして読めません", 3),
    ],
)
def test_each_error_of_a_lookup_is_told(data: Any, text: str, message: str, line: int) -> None:
    data.text("lookups/x.yml", text)

    finding = data.the_only()

    assert message in finding.message
    assert finding.line == line


def test_one_spelling_may_belong_to_two_kinds(data: Any) -> None:
    data.text("lookups/x.yml", "kind: thing\nvalues:\n  paper: [特許]\n")

    assert data.findings() == []


# The held-out set and the known misses


def test_a_changed_heldout_set_is_told_with_its_new_hash(data: Any) -> None:
    path = data.root / "heldout" / "inquiry" / "patents.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    finding = data.the_only()

    assert "記録した時から変わっています" in finding.message
    assert heldout_hash(data.root) in finding.message


def test_an_unrecorded_heldout_set_is_told(data: Any) -> None:
    (data.root / "heldout.sha256").unlink()

    assert "記録されていません" in data.the_only().message


def test_the_hash_covers_names_and_contents(data: Any) -> None:
    before = heldout_hash(data.root)
    path = data.root / "heldout" / "inquiry" / "patents.yml"
    path.rename(path.with_name("designs.yml"))

    assert heldout_hash(data.root) != before
    assert record(data.root) == heldout_hash(data.root)
    recorded = (data.root / "heldout.sha256").read_text(encoding="utf-8")
    assert recorded == f"{heldout_hash(data.root)}\n"


def test_the_list_of_known_misses_may_not_grow(data: Any) -> None:
    data.text("known_misses.yml", f'- {{intent: patents, text: "{HELD}", got: designs}}\n')

    assert data.the_only().message == "既知のまちがいが1件あります。0件から増やせません。"


def test_a_known_miss_that_left_the_heldout_set_is_told(data: Any) -> None:
    data.text("known_misses.yml", '- {intent: patents, text: "もうない文", got: designs}\n')
    judged, _ = read_sentences([data.root], "heldout")

    told = list(misses([data.root], judged[0].sentences, most=1))

    assert [problem.message for problem in told] == ["「もうない文」は検証用の文にありません。"]


@pytest.mark.parametrize("text", ["- ただの文\n", "{}\n", "- {intent: a}\n"])
def test_known_misses_have_one_shape(data: Any, text: str) -> None:
    data.text("known_misses.yml", text)

    assert "の一覧にしてください" in data.the_only().message
