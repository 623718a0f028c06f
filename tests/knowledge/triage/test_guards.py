"""What the guard stops, what it lets pass, what starts a clock. Sentences of our own, no model
file: the guard learns from the shipped data when first asked."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import ContentError
from knowledge.text import normalise
from knowledge.triage.guard_features import Findings, patterns, sentences
from knowledge.triage.guard_model import guard_sentences, model, train
from knowledge.triage.guards import LIMIT, Verdict, inspect, judge, prepare

STOPPED = [
    ("proportion", "石灰を二割とおからを一割混ぜると、固くても割れない壁土になります。"),
    ("temperature", "生地は210度で四分焼き、そのあと90度に落として一時間置きます。"),
    (
        "structure",
        "取っ手の中にばねを入れて、押すと下の爪が引っ込むふたを作りました。特許の相談です。",
    ),
    (
        "structure without numbers",
        "じょうろの口の裏に薄いゴムの板を貼り、傾けたときだけ開くようにしました。",
    ),
    ("order", "まず豆を凍らせ、次に皮をむき、最後に蒸してからつぶすと青さが残るんです。"),
    ("criterion", "振動の値が前の日の平均の1.5倍を超えたら機械を止めるように組んでいます。"),
    ("formula", "割引率は、空席の数×残り日数÷20で計算して出しています。"),
    ("algorithm", "手の動きを骨格の点にして、二秒前の点との差が大きい順に並べて転倒を見つけます。"),
    (
        "list of customers",
        "うちの得意先は、A社が月300個で410円、B社が月120個で435円です。元社員が持ち出しました",
    ),
    ("bid", "今度の入札は予定価格の88%で出すことに決めています。漏れたようです"),
    (
        "told under agreement",
        "NDAを結んだ相手から、膜に銀を0.5%混ぜて120度で焼くと聞きました。使えますか",
    ),
    (
        "another's recipe",
        "前の店のたれは、醤油と梨の汁を四対一で合わせて三週間寝かせます。独立後に使えますか",
    ),
    ("failed trials", "添加量1%では割れ、3%では固まらず、2%を80度で混ぜたときだけ持ちました。"),
    (
        "filed, unpublished",
        "出願したばかりで未公開です。羽根の縁に小さな穴を並べて音を消す扇風機です。",
    ),
    (
        "inside of a sold thing",
        "三年前から売っている佃煮ですが、実は炊く前に二割の酒で一晩漬けています。",
    ),
    (
        "one acquaintance",
        "友人一人に見せました。約束はしていません。底に磁石を埋めて重ねる箱です。",
    ),
    ("claim language", "本発明は、容器と、容器の内周に設けた弾性片とを備える保存容器である。"),
    (
        "voice",
        "えっと鍋のふたの裏にらせんの溝を彫って汁が真ん中に落ちるようにしたんですけど特許って",
    ),
    ("kansai", "芯に竹の粉を二割混ぜてな、百五十度で押し出すねん。誰にも言うてへん"),
    ("romaji", "bane wo futatsu irete, osu to futa ga hiraku shikumi wo tsukurimashita"),
    (
        "beside a question",
        "減免は使えますか。社員は六名です。刃の裏に0.2ミリの溝を入れた包丁です。",
    ),
]

PASSES = [
    ("field", "食品の保存の分野で新しいことを考えました。どう守ればよいですか。"),
    ("purpose and effect", "さびにくくて三割軽い金具を開発しました。特許の手順を知りたいです。"),
    ("new mix, untold", "新しい配合を考えました。中身はまだ言えません。"),
    ("own turnover and headcount", "年商2億円、従業員12名の会社です。相談できますか。"),
    ("fees", "見積もりは出願14,000円、代理人25万円でした。相場を知りたいです。"),
    ("deadline", "発送日が10月5日の拒絶理由通知です。60日以内に何をしますか。"),
    ("subsidy rate", "補助率2分の1、上限300万円の補助金はいまも募集していますか。"),
    ("capital", "資本金3,000万円なら料金は安くなりますか。"),
    ("claims", "請求項が8個あります。審査請求料の計算方法を教えてください。"),
    ("temperature in a name", "「62度の湯」という名前を商標にできますか。"),
    ("percent in a name", "「100%柿」という商品名を登録したいです。"),
    ("exhibition to come", "来月15日の展示会に新商品を出します。先に出願したほうがいいですか。"),
    ("secret management", "レシピを営業秘密として守るには、どんな管理が必要ですか。"),
    ("leak", "元社員が顧客名簿を持ち出したようです。どこに相談しますか。"),
    ("licence rate", "ロイヤリティは売上の3%が相場ですか。"),
    ("steps of a procedure", "まず調べて、次に出願して、最後に審査請求という順番ですか。"),
    ("kitchen", "カレーは何時間煮るとおいしいですか。"),
    ("hello", "こんにちは。"),
]

PUBLIC = [
    ("exhibited", "先月の展示会で、ばねで開くふたを見せてしまいました。まだ出願できますか。"),
    ("sold", "去年の秋から店で売っている椅子です。いまから意匠の手続はできますか。"),
    ("posted", "インスタに新作の写真を上げてしまいました。特許はもう無理ですか。"),
    ("crowdfunding", "クラウドファンディングで仕組みを公開しました。期限を知りたいです。"),
    ("published paper", "論文で発表した方法です。温度は80度と書きました。例外の手続を知りたい。"),
    ("registered", "うちの特許第6123456号は、裏に溝を二本入れた包丁です。年金はいつまでですか。"),
    ("gazette", "公報に載っている当社の発明は、底に磁石を埋めた箱です。ライセンスの相談です。"),
    ("exhibited, question with まだ", "見本市に出しました。まだ間に合うか知りたいです。"),
]

NOT_PUBLIC = [
    "来月の展示会に出す予定です。先に出願しますか。",
    "まだ誰にも見せていません。",
    "発売前です。何から始めますか。",
    "特許の料金を教えてください。",
    "うちの形をまねした品を売っている業者がいます。",
]


def look(text: str) -> Verdict:
    return inspect(normalise(text))


@pytest.mark.parametrize(("kind", "text"), STOPPED, ids=[kind for kind, _ in STOPPED])
def test_substance_is_stopped(kind: str, text: str) -> None:
    verdict = look(text)

    assert verdict.withhold
    assert verdict.reasons
    assert verdict.score >= 0.5


@pytest.mark.parametrize(("kind", "text"), PASSES, ids=[kind for kind, _ in PASSES])
def test_an_ordinary_inquiry_passes(kind: str, text: str) -> None:
    verdict = look(text)

    assert not verdict.withhold


@pytest.mark.parametrize(("kind", "text"), PUBLIC, ids=[kind for kind, _ in PUBLIC])
def test_what_is_public_passes_and_starts_the_clock(kind: str, text: str) -> None:
    verdict = look(text)

    assert not verdict.withhold
    assert verdict.disclosed
    assert any(reason.startswith("public:") for reason in verdict.reasons)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_a_plan_or_the_doing_of_others_starts_no_clock(text: str) -> None:
    assert not look(text).disclosed


def test_what_others_published_is_no_secret_and_starts_no_clock() -> None:
    verdict = look("他社の公報には、溝が二本ある容器が書かれていました。読み方を教えてください。")

    assert not verdict.withhold
    assert not verdict.disclosed


@pytest.mark.parametrize("text", [text for _, text in STOPPED + PUBLIC])
def test_reasons_name_features_and_never_quote_the_text(text: str) -> None:
    known = set(patterns().features) | {"wording"} | {f"public:{n}" for n in patterns().public}

    assert set(look(text).reasons) <= known


def widened(text: str) -> str:
    """The same text as a phone in full-width mode types it."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize("text", [text for _, text in STOPPED + PASSES + PUBLIC])
def test_width_and_case_change_nothing(text: str) -> None:
    verdict = look(text)

    assert look(widened(text)) == verdict
    assert look(text.upper()) == verdict
    assert look(text.lower()) == verdict


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_one_steady_verdict(text: str) -> None:
    normal = normalise(text)

    assert inspect(normal) == inspect(normal)
    assert 0 <= inspect(normal).score <= 1


@pytest.mark.parametrize("unit", ["1", "1.", "一", "箱", "展示会", "歯車", "a@1 ", "x*", "と、に"])
def test_a_long_odd_text_is_answered(unit: str) -> None:
    inspect((unit * 5_000)[:5_000])


def test_the_secret_inside_of_a_sold_thing_is_stopped_though_the_sale_is_told() -> None:
    verdict = look("去年から売っている餅です。実は蒸す前に2%の酒を混ぜた水に一晩漬けています。")

    assert verdict.withhold
    assert verdict.disclosed


def test_a_publication_outweighs_any_score() -> None:
    found = Findings(features=("order",), enough=True, weight=1.0, public=("shown",), covered=True)

    verdict = judge(found, 5.0)

    assert not verdict.withhold
    assert verdict.disclosed


def test_the_score_is_one_half_at_the_limit() -> None:
    found = Findings(features=(), enough=False, weight=0.0, public=(), covered=False)

    assert judge(found, LIMIT) == Verdict(True, False, 0.5, ("wording",))
    assert not judge(found, LIMIT - 0.01).withhold


def test_the_secret_between_many_harmless_sentences_is_found() -> None:
    before = "窓口は土曜日も開いていますか。料金も知りたいです。" * 5
    substance = "底に磁石を四個埋めて、回すと爪が外れて二つに分かれる箱を作りました。"

    assert look(before + substance + before).withhold
    assert not look(before + before).withhold


def test_prepare_reads_everything_once() -> None:
    prepare()

    assert patterns() is patterns()
    assert model() is model()


def test_training_twice_gives_the_same_model() -> None:
    examples = [("ばねを入れて爪で止める箱", True), ("ばねの会社です。料金は?", False)] * 3

    assert train(examples) == train(examples)


def test_sentences_lose_nothing() -> None:
    text = "一つ目です。二つ目ですか?\n三つ目"

    assert "".join(sentences(text)) == text


def test_missing_data_is_an_error_and_not_an_open_door(tmp_path: Path) -> None:
    with pytest.raises(ContentError):
        model(tmp_path)
    with pytest.raises(ContentError):
        patterns(tmp_path / "guard.yml")
    broken = tmp_path / "train.yml"
    broken.write_text("examples: [{text: a}]", encoding="utf-8")
    with pytest.raises(ContentError):
        guard_sentences(broken)


def test_a_pattern_that_does_not_compile_is_named(tmp_path: Path) -> None:
    path = tmp_path / "guard.yml"
    path.write_text(
        "reviewed_on: 2026-11-20\nterms: {}\nfeatures: {x: {patterns: ['(']}}\n"
        "public: {}\ninside: []\nkept: []\nplanned: []\ntheirs: []\n",
        encoding="utf-8",
    )

    with pytest.raises(ContentError, match=r"guard\.yml"):
        patterns(path)
