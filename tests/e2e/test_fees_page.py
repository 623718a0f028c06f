"""The fee calculator in Chromium: by keyboard alone, the same figures as the API, no hurdle."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from knowledge import clock
from knowledge.conversations.fees_asking import request_of
from knowledge.conversations.fees_sheet import fragment
from tests.e2e.fee_server import FeeServer
from tests.e2e.test_widget_behaviour import FLAGS, chromium_path, violations
from tests.support.fee_cases import CASES
from tests.support.product import ROOT

pytestmark = pytest.mark.browser

IMAGES = ROOT / "docs" / "images"
FACTORY = (
    "#procedure=exam_request&claims=10&filed_on=2025-06-02&requested_on=2025-06-02"
    "&kind=company&industry=manufacturing&employees=8&capital_yen=10000000&founded_on=2005-04-01"
)


@pytest.fixture(scope="module")
def server() -> Iterator[FeeServer]:
    running = FeeServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: FeeServer) -> Iterator[Page]:
    """The empty calculator; an uncaught error or a policy violation fails the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, locale="ja-JP")
    context.set_default_timeout(10_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda line: problems.append(line.text) if "Security Policy" in line.text else None,
    )
    opened.goto(f"{server.url}/fees")
    yield opened
    context.close()
    assert problems == []


def estimate(server: FeeServer, body: dict[str, Any]) -> dict[str, Any]:
    path = f"{server.url}/api/v1/fees/estimate"
    answer = httpx.post(path, json=body, timeout=20, trust_env=False)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def amount(page: Page) -> str:
    shown = page.locator("#result .sum")
    expect(shown).to_be_visible()
    return shown.inner_text()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the element with this id has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            return
    raise AssertionError(f"Tab does not reach #{wanted}")


def pick(page: Page, wanted: str) -> None:
    """Press the arrow key until the list that has the focus shows this choice."""
    for _ in range(30):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.selectedOptions[0].textContent") == wanted:
            return
    raise AssertionError(f"the list has no {wanted}")


def submit_by_tab(page: Page) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            page.keyboard.press("Enter")
            return
    raise AssertionError("Tab does not reach the submit button")


def test_the_page_is_worked_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "procedure")
    pick(page, "出願審査請求")
    tab_to(page, "claims")
    page.keyboard.type("１０")
    tab_to(page, "applicant-1-kind")
    pick(page, "会社")
    tab_to(page, "applicant-1-industry")
    pick(page, "製造業")
    tab_to(page, "applicant-1-employees")
    page.keyboard.type("8")
    submit_by_tab(page)

    assert amount(page) == "59,330円"
    expect(page.locator("#result-title")).to_be_focused()
    expect(page.get_by_text("小規模企業（法人・個人事業主）の減免").first).to_be_visible()


def test_the_picture_for_the_docs_and_no_hurdle_for_anybody(
    page: Page, server: FeeServer, tmp_path: Path
) -> None:
    assert violations(page) == []
    page.goto(f"{server.url}/fees{FACTORY}")
    page.reload()

    assert amount(page) == "59,330円"
    assert violations(page) == []
    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    page.screenshot(path=folder / "fees.png", full_page=True)
    assert (folder / "fees.png").stat().st_size > 20_000


HANDFUL = [case for case in CASES if case["procedure"] not in {"utility_filing", "design_filing"}]


@pytest.mark.parametrize("known", HANDFUL, ids=lambda case: str(case["procedure"]))
def test_page_and_api_show_the_same_lines_and_sums(
    page: Page, server: FeeServer, known: dict[str, Any]
) -> None:
    request = request_of(known, today=clock.today())
    found = estimate(server, request.model_dump(mode="json"))
    page.goto(f"{server.url}/fees#{fragment(known)}")
    page.reload()

    assert amount(page) == f"{found['amount_yen']:,}円"
    shown = page.locator("#sheet > .scroll tbody tr")
    expect(shown).to_have_count(len(found["lines"]))
    for row, line in zip(shown.all(), found["lines"], strict=True):
        assert line["label"] in row.inner_text()
        assert [cell.inner_text() for cell in row.locator("td").all()] == [
            f"{line['full_yen']:,}円",
            f"{line['reduced_yen']:,}円",
        ]


def test_every_line_shows_its_source_and_what_is_unconfirmed(page: Page, server: FeeServer) -> None:
    known = {"procedure": "utility_registration", "claims": 2, "years": [3, 4], "kind": "company"}
    found = estimate(server, request_of(known, today=clock.today()).model_dump(mode="json"))
    page.goto(f"{server.url}/fees#{fragment(known)}")
    page.reload()
    amount(page)

    for row, line in zip(
        page.locator("#sheet > .scroll tbody tr").all(), found["lines"], strict=True
    ):
        assert line["source"]["title"] in row.inner_text()
        assert (row.locator(".tag").count() == 0) is line["source"]["confirmed"]
    listed = page.locator("#sheet").inner_text()
    assert all(source["title"] in listed for source in found["source"])
    assert all((source["as_of"] or "") in listed for source in found["source"])
    assert found["disclaimer"] in listed


def test_a_missing_fact_gives_a_range_and_a_way_to_its_field(page: Page) -> None:
    page.locator("#procedure").select_option("exam_request")
    page.locator("#claims").fill("10")
    page.get_by_role("button", name="計算する").click()

    assert amount(page) == "0円〜178,000円"
    page.locator("#sheet").get_by_role("link", name="出願人の種類").click()
    expect(page.locator("#applicant-1-kind")).to_be_focused()


def test_errors_stand_at_the_field_and_are_led_to(page: Page) -> None:
    page.get_by_role("button", name="計算する").click()
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#procedure-error")).to_have_text("手続を選んでください。")
    expect(page.locator("#procedure")).to_have_attribute("aria-invalid", "true")

    page.locator("#procedure").select_option("patent_annuity")
    page.locator("#claims").fill("たくさん")
    page.get_by_role("button", name="計算する").click()
    expect(page.locator("#claims-error")).to_contain_text("数だけで入れてください")

    page.locator("#claims").fill("-3")
    page.locator("#years").fill("20")
    page.locator("#years-to").fill("30")
    page.get_by_role("button", name="計算する").click()
    expect(page.locator("#claims-error")).to_contain_text("0より小さい数")
    expect(page.locator("#years-error")).to_contain_text("第25年まで")
    assert violations(page) == []
    page.locator("#problems").get_by_role("link", name="納める年分").click()
    expect(page.locator("#years")).to_be_focused()


def test_joint_applicants_are_added_weighed_and_removed(page: Page) -> None:
    page.locator("#procedure").select_option("exam_request")
    page.locator("#claims").fill("10")
    page.locator("#applicant-1-kind").select_option("university")
    page.get_by_role("button", name="出願人を足す").click()
    expect(page.locator("#applicant-2-kind")).to_be_focused()
    page.locator("#applicant-2-kind").select_option("company")
    page.locator("#applicant-2-industry").select_option("manufacturing")
    page.locator("#applicant-2-employees").fill("5000")
    page.locator("#applicant-2-capital_yen").fill("5億")
    page.locator("#applicant-1-share").fill("1/3")
    page.locator("#applicant-2-share").fill("1/3")
    page.get_by_role("button", name="計算する").click()
    expect(page.locator("#applicant-2-share-error")).to_contain_text("ちょうど1")

    page.locator("#applicant-2-share").fill("2/3")
    page.get_by_role("button", name="計算する").click()
    assert amount(page) == "148,330円"  # 178,000 x (1/3 x 1/2 + 2/3), down to 10 yen
    assert violations(page) == []

    page.get_by_role("button", name="この出願人を消す").nth(1).click()
    page.get_by_role("button", name="計算する").click()
    expect(page.locator("#result .sum")).to_have_text("89,000円")


def test_the_picture_has_the_same_figures_as_its_table(page: Page, server: FeeServer) -> None:
    page.goto(f"{server.url}/fees{FACTORY}")
    page.reload()
    amount(page)
    life = estimate(
        server,
        {
            "procedure": "patent_annuity",
            "claims": 10,
            "years": [1, 20],
            "requested_on": "2025-06-02",
            "applicants": [{"kind": "company", "industry": "manufacturing", "employees": 8}],
        },
    )

    chart = page.get_by_role("img", name="権利が続くあいだの年ごとの料金（第1〜20年分）")
    expect(chart).to_be_visible()
    assert f"{life['amount_yen']:,}円" in (chart.locator("desc").text_content() or "")
    assert chart.locator("rect.full").count() == chart.locator("rect.less").count() == 20
    page.get_by_text("年ごとの額（表）").first.click()
    rows = page.locator("[data-chart] tbody tr").all()
    assert [row.locator("td").nth(1).inner_text() for row in rows] == [
        f"{line['reduced_yen']:,}円" for line in life["lines"]
    ]


def test_on_paper_the_sheet_is_left_and_the_form_is_not(page: Page, server: FeeServer) -> None:
    page.goto(f"{server.url}/fees{FACTORY}")
    page.reload()
    amount(page)
    page.emulate_media(media="print")

    expect(page.locator("#calculator")).to_be_hidden()
    expect(page.locator("#result .sum")).to_be_visible()
    expect(page.locator("#sheet")).to_contain_text("計算した日")


def test_without_a_server_the_page_says_so(page: Page) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/fees/estimate", refuse)
    page.locator("#procedure").select_option("trademark_filing")
    page.locator("#classes").fill("1")
    page.get_by_role("button", name="計算する").click()

    expect(page.locator("#problems")).to_contain_text("いまは計算できません")
    expect(page.locator("#result")).to_be_hidden()


def test_what_stands_in_the_address_is_shown_as_text(page: Page, server: FeeServer) -> None:
    page.goto(f"{server.url}/fees#procedure=trademark_filing&classes=%3Cimg%20src%3Dx%3E")
    page.reload()

    expect(page.locator("#classes-error")).to_contain_text("数だけで入れてください")
    assert page.locator("main img").count() == 0


def test_the_facts_stay_in_the_address_for_coming_back(page: Page) -> None:
    page.locator("#procedure").select_option("trademark_filing")
    page.locator("#classes").fill("2")
    page.get_by_role("button", name="計算する").click()
    assert amount(page) == "20,600円"

    page.reload()

    assert amount(page) == "20,600円"
    expect(page.locator("#classes")).to_have_value("2")


def test_it_fits_a_small_screen(page: Page, server: FeeServer) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{server.url}/fees{FACTORY}")
    page.reload()
    amount(page)

    assert page.evaluate("document.documentElement.scrollWidth <= 320")
