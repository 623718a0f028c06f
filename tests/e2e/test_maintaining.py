"""Maintainers at their pages: messages, sentences, models, entries; two people, one installation.

Rasa is a stand-in here and training a function; ``test_maintaining_for_real`` plays it all.
"""

import csv
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.bot import BotHealth
from api.runtime import training
from api.runtime.curve_runs import CurveJob
from api.runtime.paths import ROOT
from api.runtime.settings import Settings
from api.runtime.training_runs import TrainingJob
from api.runtime.training_worker import ModelWatch
from knowledge import clock
from knowledge.articles.models import ArticleRow
from knowledge.database import keyring, make_engine, transaction
from knowledge.staff import service
from knowledge.staff.actor import system
from knowledge.training import carrying, misses, runs
from knowledge.training.releases import Release, archive_of, live_release, promote
from tests.e2e.test_widget_behaviour import violations
from tests.knowledge.training.conftest import GOOD, DataFolder
from tests.support.console import PASSWORD, Console, serving
from tests.support.console_fixtures import browser
from tests.support.content import TEXT_KEY, template_database
from tests.support.maintain import corrected, known, maintainer, said
from tests.support.training import FakeJobs, make_archive

__all__ = ["browser"]

pytestmark = [pytest.mark.browser]
LIVE = "20261101-000000-first"
MISREAD = "孫が描いたマークを包装紙に刷って使いたいのです"
PAGES = ("", "/sentences", "/training", "/articles", "/programmes", "/advice")


def _picture(page: Page, name: str) -> None:
    """A picture for the guide, where pictures are wanted."""
    if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1":
        page.wait_for_timeout(400)
        page.screenshot(path=ROOT / "docs" / "images" / f"maintain-{name}.png")


class Office:
    """The running console, its folders, and the part a worker plays."""

    def __init__(self, console: Console, folder: Path, shipped: DataFolder) -> None:
        self.console = console
        self.shipped = shipped
        self.settings = Settings(data_dir=folder / "var", _env_file=None)
        self.serves = f"id-{LIVE}"

    def work(self) -> None:
        """What the worker does: the next training, then the promotion that waits."""
        keyring.set((TEXT_KEY,))
        engine = make_engine(f"sqlite:///{self.console.database}")
        try:
            self._train(engine)
            ModelWatch(self.settings, engine, self._health).look()
        finally:
            engine.dispose()

    def _train(self, engine: Engine) -> None:
        with transaction(engine) as session:
            run = runs.claim(session=session, now=clock.now())
        if run is not None:
            made = CurveJob if run.kind == "curve" else TrainingJob
            made(self.settings, engine, run, FakeJobs()).carry_out()

    def _health(self) -> BotHealth:
        offered = live_release(self.settings.models_dir)
        return BotHealth(alive=True, model_id=f"id-{offered.name}" if offered else None)


def _people(session: Session) -> None:
    for login, name in (("mei", "見本 めい"), ("ken", "見本 けん")):
        service.add(
            session=session,
            actor=system("test"),
            now=clock.now(),
            login=login,
            name=name,
            grants=[("maintainer", "")],
            password=PASSWORD,
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A console beside small language data and a model that knows nothing but it."""
    keyring.set((TEXT_KEY,))
    folder = tmp_path_factory.mktemp("maintaining")
    data = DataFolder(folder / "nlu_data")
    data.intents()
    for intent in GOOD:
        data.train(intent, data.row(intent))
    data.heldout("patents", data.row(text="漁網を巻く機械の工夫について", difficulty="easy"))
    own = folder / "var" / "nlu_data"
    roots = os.pathsep.join((str(data.root), str(own)))
    patched = pytest.MonkeyPatch()
    patched.setattr(training, "NLU_DATA", data.root)
    template = template_database(tmp_path_factory)
    try:
        with serving(template, folder, TEST_ROOTS=roots) as console:
            made = Office(console, folder, data)
            learned = {text: intent for intent, text in GOOD.items()}
            models = made.settings.models_dir
            make_archive(models / archive_of(LIVE), learned, model_id=f"id-{LIVE}")
            promote(models, Release(LIVE, archive_of(LIVE), "old", clock.now().isoformat()))
            console.work(_people)
            made.work()
            yield made
    finally:
        patched.undo()


def _open(office: Office, browser: Browser, login: str, path: str = "") -> Page:
    return office.console.open(browser, login, f"/console/maintain{path}")


@pytest.fixture
def mei(office: Office, browser: Browser) -> Iterator[Page]:
    page = _open(office, browser, "mei")
    yield page
    page.context.close()
    assert office.console.problems == []


def _go(office: Office, page: Page, path: str = "") -> None:
    """Open a page and wait until its line to the server stands: keys and clicks arrive then."""
    page.goto(f"{office.console.url}/console/maintain{path}")
    page.wait_for_function("window.socket && window.socket.connected")
    if path == "":
        page.wait_for_function("window.madoguchiKeys === true")


def _misunderstood(office: Office, text: str) -> None:
    def work(session: Session) -> None:
        said(session, text, topic="designs", confidence=0.4, sure=False, at=clock.now())

    office.console.work(work)


def test_a_misread_message_becomes_a_live_correction(
    office: Office, browser: Browser, mei: Page
) -> None:
    _misunderstood(office, MISREAD)
    _go(office, mei)
    expect(mei.locator(".bubble.visitor").first).to_contain_text(MISREAD)

    _picture(mei, "inbox")
    mei.keyboard.press("2")
    expect(mei.get_by_role("dialog")).to_be_visible()
    _picture(mei, "correct")
    mei.get_by_label("用件").select_option("learn")
    mei.get_by_role("button", name="提案する").click()
    expect(mei.get_by_text("提案しました")).to_be_visible()

    _go(office, mei, "/sentences")
    mei.get_by_role("button", name=re.compile("^確かめる")).click()
    mei.get_by_label("個人や会社の情報が残っていない").check()
    mei.get_by_role("button", name="決める").click()
    expect(mei.get_by_text("自分の提案は承認できません").last).to_be_visible()

    ken = _open(office, browser, "ken", "/sentences")
    ken.get_by_role("button", name=re.compile("^確かめる")).click()
    expect(ken.get_by_role("dialog")).to_be_visible()
    _picture(ken, "approve")
    ken.get_by_role("button", name="決める").click()
    expect(ken.get_by_text("確かめて、印を付けてください")).to_be_visible()
    ken.get_by_label("個人や会社の情報が残っていない").check()
    ken.get_by_role("button", name="決める").click()
    expect(ken.get_by_text("承認しました")).to_be_visible()

    _go(office, ken, "/training")
    expect(ken.get_by_text("まだ学習していない変更が1件あります")).to_be_visible()
    ken.get_by_role("button", name="学習を始める").click()
    expect(ken.get_by_text("順番待ち")).to_be_visible()
    office.work()
    ken.get_by_role("link", name="比べた結果を見る").click()
    expect(ken.get_by_text("関門を通りました")).to_be_visible()
    ken.get_by_role("button", name="このモデルを使い始める").click()
    expect(ken.get_by_text("切り替え中")).to_be_visible()
    office.work()
    expect(ken.locator("tr", has_text=re.compile("使用中"))).not_to_contain_text(LIVE)
    ken.get_by_role("button", name=re.compile("前のモデル")).click()
    expect(ken.get_by_text("切り替え中")).to_be_visible()
    office.work()
    expect(ken.locator("tr", has_text=re.compile("使用中"))).to_contain_text(LIVE)
    ken.context.close()


def test_one_key_says_it_was_right_and_the_next_message_opens(office: Office, mei: Page) -> None:
    for text in ("商標の更新の手続きを知りたいです", "海外で部品を真似されて困っています"):
        _misunderstood(office, text)
    _go(office, mei)
    rows = mei.locator("tr[data-row]")
    expect(rows).to_have_count(2)

    mei.keyboard.press("y")

    expect(mei.get_by_text("「合っている」にしました")).to_be_visible()
    expect(rows).to_have_count(1)
    mei.keyboard.press("s")
    expect(mei.get_by_text("見直す文はありません")).to_be_visible()


def test_going_to_another_page_by_keys_corrects_nothing(office: Office, mei: Page) -> None:
    _misunderstood(office, "言い間違いの多い見本の文です")
    _go(office, mei)
    mei.keyboard.press("g")
    mei.keyboard.press("p")

    expect(mei.get_by_role("heading", name="学習する文の承認")).to_be_visible()
    _go(office, mei)
    mei.keyboard.press("s")
    expect(mei.get_by_text("見直す文はありません")).to_be_visible()


def test_personal_data_is_masked_before_it_is_proposed_and_can_be_deleted(
    office: Office, mei: Page
) -> None:
    _misunderstood(office, "株式会社見本の山田太郎です。090-1234-5678に電話ください")
    _go(office, mei)
    mei.keyboard.press("1")
    text = mei.get_by_label("文", exact=True)
    expect(text).to_have_value("株式会社〇〇の〇〇です。〇〇に電話ください")
    mei.get_by_role("button", name="やめる").click()

    mei.keyboard.press("d")
    mei.get_by_role("button", name="消す", exact=True).click()

    expect(mei.get_by_text("文を消しました")).to_be_visible()
    expect(mei.get_by_text("見直す文はありません")).to_be_visible()


def test_an_article_is_seen_changed_compared_and_switched_off(office: Office, mei: Page) -> None:
    _go(office, mei, "/articles")
    mei.locator("tr[data-row] a").first.click()
    expect(mei.get_by_role("button", name="見え方を確かめる")).to_be_visible()
    mei.wait_for_function("window.socket && window.socket.connected")
    answer = mei.get_by_label(re.compile("^答え"))
    was = answer.input_value()
    answer.fill(f"{was}\n見本の一行です。")
    mei.get_by_role("button", name="見え方を確かめる").click()
    expect(mei.locator(".bubble.bot")).to_contain_text("見本の一行です。")

    answer.fill("あなたの商標は登録できます。")
    mei.get_by_role("button", name="保存する").click()
    expect(mei.get_by_text("個別の判断になります").first).to_be_visible()
    answer.fill(f"{was}\n見本の一行です。")
    mei.get_by_role("button", name="保存する").click()

    expect(mei.get_by_text("いまは第2版")).to_be_visible()
    mei.get_by_role("button", name="第1版と比べる").click()
    expect(mei.locator("ins")).to_contain_text("見本の一行です。")
    _picture(mei, "article")
    mei.get_by_role("button", name="出すのをやめる").click()
    expect(mei.get_by_text("出していない").first).to_be_visible()
    mei.get_by_role("button", name="もう一度出す").click()
    expect(mei.get_by_role("button", name="出すのをやめる")).to_be_visible()


def test_a_table_goes_out_and_a_broken_one_changes_nothing(
    office: Office, mei: Page, tmp_path: Path
) -> None:
    _go(office, mei, "/articles")
    mei.locator("summary").click()
    with mei.expect_download() as waited:
        mei.get_by_role("button", name="CSVに出す").click()
    file = tmp_path / "articles.csv"
    waited.value.save_as(file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfid,title,")

    mei.get_by_label("CSVかYAMLを入れる").set_input_files(file)
    expect(mei.get_by_text("0件を足し、0件を変えました")).to_be_visible()
    file.write_bytes(file.read_text("utf-8-sig").encode("cp932", "replace"))
    mei.get_by_label("CSVかYAMLを入れる").set_input_files(file)

    expect(mei.get_by_text("何も変えていません")).to_be_visible()
    expect(mei.get_by_text("Shift_JISで保存されています")).to_be_visible()


def _spoiled(content: str, how: str) -> str:
    """The exported table with one thing wrong."""
    rows = list(csv.reader(io.StringIO(content, newline="")))
    day = rows[0].index("review_on")
    if how == "column":
        rows = [[cell for at, cell in enumerate(row) if at != day] for row in rows]
    elif how == "day":
        rows[2][day] = "来年の春"
    else:
        rows[3][0] = rows[1][0]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("column", "1行目「review_on」: この列がありません。"),
        ("day", "3行目「review_on」: 2026-11-20 の形の日付にしてください。"),
        ("twice", re.compile("4行目「id」: 「.+」は2行目にもあります。")),
    ],
)
def test_a_spoiled_table_is_told_by_line_and_column_and_changes_nothing(
    office: Office, mei: Page, tmp_path: Path, how: str, told: str | re.Pattern[str]
) -> None:
    def rows() -> bytes:
        found: list[bytes] = []

        def work(session: Session) -> None:
            actor = maintainer()
            _, content = carrying.exported(session=session, kind="article", actor=actor, form="csv")
            found.append(content)

        office.console.work(work)
        return found[0]

    before = rows()
    file = tmp_path / "articles.csv"
    file.write_text(_spoiled(before.decode("utf-8-sig"), how), "utf-8-sig", newline="")
    _go(office, mei, "/articles")
    mei.locator("summary").click()
    mei.get_by_label("CSVかYAMLを入れる").set_input_files(file)

    expect(mei.get_by_text("何も変えていません")).to_be_visible()
    expect(mei.get_by_text(told)).to_be_visible()
    assert rows() == before


def test_what_an_upgrade_says_otherwise_is_shown_and_our_own_stays(
    office: Office, mei: Page
) -> None:
    text = "町内の夏まつりの名前を染めた手ぬぐいを売りたいのです"

    def work(session: Session) -> None:
        corrected(session, text, "trademarks", known_sentences=known(("trademarks", text)))

    office.console.work(work)
    upgraded = office.shipped.root / "train" / "inquiry99"
    upgraded.mkdir()
    row = f"  - {{text: {text}, need: learn, register: plain}}\n"
    (upgraded / "designs.yml").write_text(f"intent: designs\nexamples:\n{row}", "utf-8")
    try:
        _go(office, mei, "/sentences")
        mei.get_by_role("button", name="承認済み").click()

        expect(mei.get_by_text("製品の文と食い違う文が1件あります")).to_be_visible()
        row_of = mei.locator("[data-row]", has_text=text)
        expect(row_of).to_contain_text("製品では「意匠（デザイン）」です")
        expect(row_of).to_contain_text("商標・ブランド")
    finally:
        shutil.rmtree(upgraded)


def test_an_upgraded_article_waits_beside_our_own_and_shows_what_differs(
    office: Office, mei: Page
) -> None:
    shipped: list[str] = []

    def work(session: Session) -> None:
        row = session.exec(select(ArticleRow).order_by(ArticleRow.id)).first()
        assert row is not None
        shipped.append(row.id)
        row.shipped_pending = {**row.data, "answer": "製品の新しい版の答えです。"}
        row.data = {**row.data, "answer": "手元で直した答えです。"}
        row.edited_at = clock.now()
        session.add(row)

    office.console.work(work)
    _go(office, mei, f"/articles/{shipped[0]}")

    expect(mei.get_by_text("手元の修正は残してあります")).to_be_visible()
    expect(mei.locator("ins")).to_contain_text("製品の新しい版の答えです。")
    expect(mei.get_by_label(re.compile("^答え"))).to_have_value("手元で直した答えです。")
    mei.get_by_role("button", name="製品の新しい版にする").click()
    expect(mei.get_by_label(re.compile("^答え"))).to_have_value("製品の新しい版の答えです。")


def test_a_sample_is_drawn_and_judged(office: Office, mei: Page) -> None:
    for number in range(3):
        _misunderstood(office, f"意匠の相談その{number}、見た目を守りたいです")
    _go(office, mei, "/advice")
    mei.get_by_role("button", name="今月の文を選ぶ").click()

    mei.get_by_role("button", name="正しい", exact=True).first.click()

    expect(mei.get_by_text(re.compile("抜き取った1件では、正しい答えは100%でした"))).to_be_visible()
    expect(mei.get_by_role("heading", name="答えの記事がなかった質問")).to_be_visible()


def test_a_learning_curve_is_asked_for_and_drawn_with_its_doubt(office: Office, mei: Page) -> None:
    _go(office, mei, "/advice")
    mei.get_by_role("button", name="学習の曲線を作る").click()
    expect(mei.get_by_text("順番待ち")).to_be_visible()
    office.work()

    picture = mei.get_by_role("img", name=re.compile("話題ごとの学習の曲線"))
    expect(picture).to_be_visible()
    expect(picture.locator("polyline")).to_have_count(14)
    row = mei.get_by_role("row", name=re.compile("知財の進め方全般"))
    expect(row).to_contain_text(re.compile(r"件（.+から.+件）"))
    mei.get_by_role("heading", name="文を足すと効く話題").evaluate("e => e.scrollIntoView()")
    _picture(mei, "advice")
    assert violations(mei) == []


def test_searches_in_vain_are_listed(office: Office, mei: Page) -> None:
    def work(session: Session) -> None:
        for words in ("ヒンメリの型紙", "ひんめりの型紙"):
            misses.note(session=session, text=words, place="articles", now=clock.now())

    office.console.work(work)
    _go(office, mei, "/advice")

    expect(mei.get_by_role("row", name=re.compile("ひんめりの型紙.*質問集.*2"))).to_be_visible()


def test_the_report_has_pictures_for_everybody(office: Office, mei: Page) -> None:
    _go(office, mei, "/training")
    mei.get_by_role("button", name="学習を始める").click()
    expect(mei.get_by_text("学習を頼みました")).to_be_visible()
    office.work()
    mei.get_by_role("link", name="比べた結果を見る").first.click()

    for name in ("話題ごとの正しい割合", "自信と正しさ", "取り違えの多い話題"):
        expect(mei.get_by_role("img", name=re.compile(name))).to_be_visible()
    assert violations(mei) == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(office: Office, mei: Page, path: str) -> None:
    mei.goto(f"{office.console.url}/console/maintain{path}")
    expect(mei.get_by_role("heading", level=1)).to_be_visible()
    mei.wait_for_timeout(500)

    assert violations(mei) == []


def test_staff_who_maintain_nothing_are_turned_away(office: Office, browser: Browser) -> None:
    page = office.console.open(browser, "jiro", "/console/maintain/training")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="学習を始める")).to_have_count(0)
    expect(page.locator("nav a[href*=maintain]")).to_have_count(0)
    page.context.close()
