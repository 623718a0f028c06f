"""What a visitor sees and does in the chat widget: a real Chromium against a stub of the server."""

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.e2e.widget_stub import PLAIN, SECRET, STATIC, Json, Stub, Talk, choices, text, wait_until

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
browser_test = pytest.mark.browser
QUESTION = "商標を取りたいのですが、何から始めればよいですか"


def chromium_path() -> str:
    """The system's Chromium; without one the tests are skipped here and fail where CI=true."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI") == "true":
        pytest.fail(
            "Chromium is missing; install it (Debian: apt-get install chromium fonts-noto-cjk)"
        )
    pytest.skip("Chromium is missing")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="ja-JP", accept_downloads=True
    )
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, stub: Stub) -> Iterator[Page]:
    """The portal, chat closed; an uncaught error or a policy violation fails the test."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda line: problems.append(line.text) if "Security Policy" in line.text else None,
    )
    opened.goto(stub.url)
    yield opened
    assert problems == []


def open_chat(page: Page) -> Locator:
    page.locator("madoguchi-chat .launch").click()
    expect(bubbles(page).first).to_be_visible()
    return field(page)


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="ご相談の内容")


def bubbles(page: Page, author: str = "") -> Locator:
    return page.locator(f"madoguchi-chat .log .m{'.' + author if author else ''}")


def ask(page: Page, words: str = QUESTION) -> None:
    field(page).fill(words)
    field(page).press("Enter")


def texts(page: Page, author: str = "visitor") -> list[str]:
    return bubbles(page, author).locator(".b").all_inner_texts()


def state(page: Page) -> Locator:
    return page.locator("madoguchi-chat .state")


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def say(talk: Talk, *parts: Json, author: str = "staff") -> None:
    talk.add(author, list(parts))


# ---- what is on the screen


@browser_test
def test_nothing_is_created_before_the_panel_is_opened(page: Page, stub: Stub) -> None:
    expect(page.locator("madoguchi-chat .launch")).to_be_visible()
    assert stub.conversations == {}


@browser_test
def test_an_answer_shows_card_sources_links_and_who_speaks(page: Page) -> None:
    open_chat(page)
    ask(page)
    expect(page.get_by_text("要件は")).to_be_visible()
    expect(page.get_by_role("link", name="https://www.jpo.go.jp/")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    card = page.get_by_role("region", name="INPIT知財総合支援窓口")
    expect(card.get_by_role("link")).to_have_count(1)
    expect(card.get_by_text("あやしいリンク")).to_be_visible()
    expect(page.get_by_text("出典: 知財ポータル")).to_contain_text("（2026年4月1日時点）")
    expect(page.get_by_text("出典: 令和5年度の公表資料（2023年度）")).to_contain_text("要確認")
    expect(page.get_by_text("この回答で解決しましたか")).to_be_visible()
    expect(page.get_by_text("表示できない部品の説明です。")).to_be_visible()
    assert all("自動応答" in line for line in bubbles(page, "bot").all_inner_texts())


@browser_test
def test_markup_in_a_message_stays_text(page: Page, stub: Stub) -> None:
    open_chat(page)
    say(stub.talk, text("<img src=x onerror=alert(1)>\n2行目 javascript:alert(1)"))
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    expect(bubbles(page, "staff").locator("img, a")).to_have_count(0)


@browser_test
def test_taking_over_by_staff_is_said_in_the_header(page: Page, stub: Stub) -> None:
    open_chat(page)
    header = page.locator("madoguchi-chat .owner")
    expect(header).to_have_text("お話し相手：自動応答")
    page.get_by_role("button", name="職員と話す").click()
    expect(header).to_have_text("お話し相手：職員におつなぎしています")
    stub.talk.give_to("staff")
    stub.talk.typing("staff", True)
    expect(page.get_by_text("職員が入力しています…")).to_be_visible()
    say(stub.talk, text("担当の職員です。"))
    expect(header).to_have_text("お話し相手：職員")
    expect(page.get_by_text("職員が入力しています…")).to_be_hidden()
    expect(bubbles(page, "staff")).to_contain_text("職員")


@browser_test
def test_start_over_sends_its_sentence(page: Page, stub: Stub) -> None:
    open_chat(page)
    page.get_by_role("button", name="最初から").click()
    expect(bubbles(page, "visitor")).to_contain_text("最初からやり直す")
    wait_until(lambda: stub.talk.posts and stub.talk.posts[0]["text"] == "最初からやり直す")


@browser_test
def test_only_the_newest_choices_can_be_pressed_and_only_once(page: Page, stub: Stub) -> None:
    open_chat(page)
    say(stub.talk, choices("古いほう"), author="bot")
    expect(page.get_by_role("button", name="古いほう")).to_be_enabled()
    say(stub.talk, choices("新しいほう"), author="bot")
    expect(page.get_by_role("button", name="古いほう")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="新しいほう").click()
    expect(bubbles(page, "visitor")).to_contain_text("新しいほう")
    wait_until(lambda: len(stub.talk.posts) == 1)
    chosen = str(stub.talk.posts[0]["choice"])
    assert chosen.startswith("c-")
    page.locator(".done").click(force=True)
    page.get_by_role("button", name="古いほう").click(force=True)
    page.wait_for_timeout(200)
    assert len(stub.talk.posts) == 1


@browser_test
def test_the_transcript_is_saved_as_a_text_file(page: Page) -> None:
    open_chat(page)
    ask(page)
    expect(page.get_by_text("この回答で解決しましたか")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="記録を保存").click()
    saved = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert re.match(r"soudan-kiroku-\d{8}-\d{4}\.txt", waiting.value.suggested_filename)
    assert QUESTION in saved
    assert "■ INPIT知財総合支援窓口［受付時間外］" in saved
    assert "出典: 令和5年度の公表資料（2023年度） 要確認" in saved


# ---- typing


@browser_test
def test_enter_that_confirms_a_conversion_never_sends(page: Page, stub: Stub) -> None:
    open_chat(page).fill("しょうひょう")
    for event in ({"isComposing": True, "keyCode": 13}, {"isComposing": False, "keyCode": 229}):
        field(page).dispatch_event("keydown", {"key": "Enter", "bubbles": True, **event})
    field(page).dispatch_event("compositionstart")
    field(page).press("Enter")
    field(page).dispatch_event("compositionend")
    page.wait_for_timeout(200)
    assert stub.talk.posts == []
    field(page).fill("商標")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("二行目")
    field(page).press("Enter")
    wait_until(lambda: stub.talk.posts)
    assert stub.talk.posts[0]["text"] == "商標\n二行目"


@browser_test
def test_real_ime_input_is_sent_once_after_the_conversion(page: Page, stub: Stub) -> None:
    open_chat(page).focus()
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "特許", "selectionStart": 2, "selectionEnd": 2})
    field(page).press("Enter")
    assert stub.talk.posts == []
    ime.send("Input.insertText", {"text": "特許"})
    field(page).press("Enter")
    wait_until(lambda: stub.talk.posts)
    assert [post["text"] for post in stub.talk.posts] == ["特許"]


@browser_test
def test_empty_text_is_not_sent_and_a_long_one_is_counted(page: Page, stub: Stub) -> None:
    open_chat(page).fill("　 \n")
    page.get_by_role("button", name="送信").click(force=True)
    field(page).fill("あ" * 4600)
    expect(page.get_by_text("あと400字")).to_be_visible()
    assert stub.talk.posts == []


@browser_test
def test_a_refused_text_shows_the_reason_and_can_be_mended(page: Page, stub: Stub) -> None:
    open_chat(page)
    ask(page, "受け付けない文")
    expect(bubbles(page, "visitor")).to_contain_text("この文字は使えません。")
    page.get_by_role("button", name="直して書き直す").click()
    expect(field(page)).to_have_value("受け付けない文")
    expect(bubbles(page, "visitor")).to_have_count(0)
    assert len(stub.talk.posts) == 1


# ---- secrets


@browser_test
def test_a_withheld_text_is_hidden_and_sent_again_only_on_request(page: Page, stub: Stub) -> None:
    secret = f"新しい塗料の{SECRET}は7対3です"
    open_chat(page)
    ask(page, secret)
    expect(page.get_by_text("（内容は保存していません）")).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert SECRET not in str(kept)
    page.get_by_role("button", name="このまま送る").click()
    expect(page.get_by_text(secret, exact=True)).to_be_visible()
    wait_until(lambda: len(stub.talk.posts) == 2)
    first, second = stub.talk.posts
    assert (second["text"], second["keep"]) == (secret, True)
    assert first["client_message_id"] != second["client_message_id"]


@browser_test
def test_after_a_reload_the_withheld_text_is_gone(page: Page, stub: Stub) -> None:
    open_chat(page)
    ask(page, f"{SECRET}の話")
    expect(page.get_by_role("button", name="このまま送る")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="このまま送る").click()
    expect(state(page)).to_contain_text("もう一度お書きください")
    assert len(stub.talk.posts) == 1


# ---- a bad network


@browser_test
def test_a_reload_keeps_the_conversation_and_doubles_nothing(page: Page, stub: Stub) -> None:
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    before = page.locator("madoguchi-chat .log").inner_text()
    page.reload()
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    assert page.locator("madoguchi-chat .log").inner_text() == before
    assert len(stub.conversations) == 1


@browser_test
def test_five_seconds_without_a_server_lose_and_double_nothing(page: Page, stub: Stub) -> None:
    open_chat(page)
    ask(page, "一つ目")
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)
    stub.stop()
    expect(state(page)).to_have_text("接続が切れました。つなぎ直しています…")
    ask(page, "二つ目")
    expect(page.get_by_role("button", name="もう一度送る")).to_be_visible()
    ask(page, "三つ目")
    expect(page.get_by_text("順番を待っています")).to_be_visible()
    say(stub.talk, text("切れているあいだの職員の返事"))
    page.wait_for_timeout(4000)
    stub.start()
    expect(state(page)).to_have_text("つながりました", timeout=15_000)
    expect(page.get_by_role("button", name="まだ")).to_have_count(3, timeout=15_000)
    expect(page.get_by_text("切れているあいだの職員の返事")).to_have_count(1)
    assert texts(page) == ["一つ目", "二つ目", "三つ目"]
    assert len(bubbles(page).all()) == len(stub.talk.messages)
    assert stub.last_event_ids[-1] not in (None, "0")


@browser_test
def test_an_answer_that_got_lost_is_asked_for_with_the_same_id(page: Page, stub: Stub) -> None:
    open_chat(page)
    stub.lose_next_answer = True
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)
    wait_until(lambda: len(stub.talk.posts) == 2)
    assert len({str(post["client_message_id"]) for post in stub.talk.posts}) == 1
    assert texts(page) == [QUESTION]


@browser_test
def test_a_busy_server_is_given_the_time_it_asks_for(page: Page, stub: Stub) -> None:
    open_chat(page)
    stub.fail_next, stub.retry_after = [429], "60"
    ask(page)
    expect(page.get_by_text("送れませんでした")).to_be_visible()
    page.wait_for_timeout(1500)
    assert len(stub.talk.posts) == 1
    page.get_by_role("button", name="もう一度送る").click()
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)
    assert len({str(post["client_message_id"]) for post in stub.talk.posts}) == 1


@browser_test
def test_what_was_not_sent_survives_a_reload(page: Page, stub: Stub) -> None:
    open_chat(page)
    stub.fail_next = [503] * 3
    ask(page)
    expect(page.get_by_text("送れませんでした")).to_be_visible()
    assert QUESTION not in str(page.evaluate("JSON.stringify({...localStorage})"))
    page.reload()
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)
    assert texts(page) == [QUESTION]
    assert len({str(post["client_message_id"]) for post in stub.talk.posts}) == 1


@browser_test
def test_an_unknown_conversation_is_replaced_gently(page: Page, stub: Stub) -> None:
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    old = stub.talk.id
    stub.conversations.clear()
    expect(page.get_by_text("新しい相談を始めます")).to_be_visible()
    expect(bubbles(page)).to_have_count(1)
    assert len(stub.conversations) == 1
    assert stub.talk.id != old
    ask(page, "続きです")
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    assert texts(page) == ["続きです"]


# ---- two tabs


@browser_test
def test_two_tabs_share_one_conversation_and_one_stream(
    page: Page, context: BrowserContext, stub: Stub
) -> None:
    open_chat(page)
    second = context.new_page()
    second.goto(f"{stub.url}/plain")
    open_chat(second)
    ask(second, "二つ目のタブから")
    for tab in (page, second):
        expect(tab.get_by_role("button", name="まだ")).to_have_count(1)
        assert texts(tab) == ["二つ目のタブから"]
    assert (len(stub.conversations), stub.streams) == (1, 1)
    page.close()
    wait_until(lambda: stub.streams == 1 and len(stub.last_event_ids) == 2)
    say(stub.talk, text("残ったタブへ"))
    expect(second.get_by_text("残ったタブへ")).to_have_count(1)
    assert bubbles(second).count() == len(stub.talk.messages)


@browser_test
def test_a_tab_that_holds_the_stream_but_does_not_answer_loses_it(
    page: Page, context: BrowserContext, stub: Stub
) -> None:
    open_chat(page)
    page.evaluate("BroadcastChannel.prototype.postMessage = () => {}")
    second = context.new_page()
    second.goto(f"{stub.url}/plain")
    open_chat(second)
    wait_until(lambda: len(stub.last_event_ids) == 2 and stub.streams == 1)
    say(stub.talk, text("両方に届く返事"))
    for tab in (page, second):
        expect(tab.get_by_text("両方に届く返事")).to_have_count(1)


@browser_test
def test_coming_back_with_the_back_button_goes_on_where_it_was(page: Page, stub: Stub) -> None:
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    page.goto(f"{stub.url}/plain")
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    page.go_back()
    say(stub.talk, text("戻ったあとの返事"))
    expect(page.get_by_text("戻ったあとの返事")).to_have_count(1)
    assert texts(page) == [QUESTION]
    wait_until(lambda: stub.streams == 1)


@browser_test
def test_a_silent_stream_is_given_up_and_opened_again(page: Page, stub: Stub) -> None:
    source = (STATIC / "widget.js").read_text(encoding="utf-8")
    impatient = source.replace("const QUIET = 60000", "const QUIET = 1000")
    assert impatient != source
    page.route(
        "**/widget.js", lambda route: route.fulfill(body=impatient, content_type="text/javascript")
    )
    page.reload()
    open_chat(page)
    wait_until(lambda: len(stub.last_event_ids) >= 2)
    assert stub.last_event_ids[:2] == ["1", "1"]
    expect(bubbles(page)).to_have_count(1)


@browser_test
def test_another_origin_is_served_where_data_api_names_it(
    context: BrowserContext, stub: Stub
) -> None:
    other = Stub(plain=PLAIN.replace("defer", f'defer data-api="{stub.url}/"'))
    other.start()
    page = context.new_page()
    page.goto(f"{other.url}/plain")
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)
    assert (len(stub.conversations), len(other.conversations)) == (1, 0)
    other.stop()


@browser_test
def test_a_page_may_place_the_element_itself(context: BrowserContext, stub: Stub) -> None:
    element = '<madoguchi-chat data-title="わたしの町の窓口"></madoguchi-chat>'
    stub.plain = PLAIN.replace("<main>", f"{element}<main>")
    page = context.new_page()
    page.goto(f"{stub.url}/plain")
    expect(page.locator("madoguchi-chat")).to_have_count(1)
    open_chat(page)
    expect(page.get_by_role("dialog", name="わたしの町の窓口")).to_be_visible()


@browser_test
def test_without_storage_the_chat_still_works(context: BrowserContext, stub: Stub) -> None:
    context.add_init_script(
        "for (const kind of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, kind,"
        " {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    page = context.new_page()
    page.goto(stub.url)
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)


@browser_test
def test_without_locks_each_tab_reads_its_own_stream(context: BrowserContext, stub: Stub) -> None:
    context.add_init_script("delete Navigator.prototype.locks; delete window.BroadcastChannel")
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"{stub.url}/plain")
        open_chat(tab)
    wait_until(lambda: stub.streams == 2)
    ask(tabs[0], "どのタブにも")
    for tab in tabs:
        expect(tab.get_by_role("button", name="まだ")).to_have_count(1)
        assert texts(tab) == ["どのタブにも"]


@browser_test
def test_a_new_message_is_counted_while_the_panel_is_closed(page: Page, stub: Stub) -> None:
    open_chat(page)
    page.get_by_role("button", name="閉じる").click()
    say(stub.talk, text("返事です"))
    launcher = page.locator("madoguchi-chat .launch")
    expect(launcher).to_have_accessible_name("チャットで相談する。新しいメッセージが1件あります")
    launcher.click()
    expect(page.get_by_text("返事です")).to_be_visible()


# ---- everybody


@browser_test
def test_the_live_region_is_there_before_the_first_message(page: Page) -> None:
    log = page.locator("madoguchi-chat [role=log]")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-label", "相談のやりとり")
    expect(log).to_have_text("")


@browser_test
def test_keyboard_alone_opens_asks_and_closes(page: Page) -> None:
    topic = page.get_by_role("button", name="商標・ブランド")
    topic.focus()
    topic.press("Enter")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("商標やブランドの守り方を知りたいです。")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(topic).to_be_focused()


@browser_test
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_portal_and_widget(
    browser: Browser, stub: Stub, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 720},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(stub.url)
    assert violations(page) == []
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    page.wait_for_timeout(300)
    assert violations(page) == []
    context.close()


@browser_test
@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (640, 360)])
def test_small_and_zoomed_screens_need_no_sideways_scrolling(
    browser: Browser, stub: Stub, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(stub.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_be_attached()
    panel = page.get_by_role("dialog")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": width, "height": height}
    assert panel.evaluate(
        "e => [e, e.querySelector('.log')].every(x => x.scrollWidth <= x.clientWidth)"
    )
    expect(page.get_by_role("button", name="送信")).to_be_in_viewport()
    context.close()


@browser_test
def test_every_target_is_large_enough(page: Page) -> None:
    open_chat(page)
    ask(page)
    expect(page.get_by_role("button", name="まだ")).to_be_visible()
    for target in (
        page.locator("madoguchi-chat").locator("button:visible, textarea, .links a").all()
    ):
        box = target.bounding_box()
        assert box is not None
        assert round(min(box["width"], box["height"]), 1) >= 44, target.inner_text()


# ---- the file itself


def test_the_widget_is_under_twenty_kilobytes_gzipped() -> None:
    assert len(gzip.compress((STATIC / "widget.js").read_bytes())) < 20_000


def test_the_widget_needs_no_other_host_and_no_raw_markup() -> None:
    source = (STATIC / "widget.js").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[a-z][\w.]+", source)) == {"http://www.w3.org"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|document\.write", source)


def test_the_portal_carries_no_inline_script_or_style() -> None:
    source = (STATIC / "portal" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", source)
