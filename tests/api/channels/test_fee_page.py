"""The calculator page as it is served: complete, no inline code, the same words as the tables."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import get_args

import httpx
import pytest
from fastapi import FastAPI

from api.channels import fee_page
from api.http import errors
from knowledge.fees import shipped_tables
from knowledge.fees.models import FlagName, Industry, Kind, Procedure

PAGE = (fee_page.FOLDER / "index.html").read_text(encoding="utf-8")
SCRIPT = (fee_page.FOLDER / "page.js").read_text(encoding="utf-8")


class _Options(HTMLParser):
    """The options of every list by the words of its label."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "option":
            self._value = dict(attrs).get("value")

    def handle_data(self, data: str) -> None:
        if self._value:
            self.found[self._value] = data
            self._value = None


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The router alone, with the house's error answers."""
    app = FastAPI()
    errors.install(app, max_body_bytes=1024)
    app.include_router(fee_page.router)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture(scope="module")
def options() -> dict[str, str]:
    """Value and words of every option."""
    parser = _Options()
    parser.feed(PAGE)
    return parser.found


async def test_the_page_and_its_files_are_served(http: httpx.AsyncClient) -> None:
    page = await http.get("/fees")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")

    for name in ("page.js", "sheet.js", "chart.js", "dom.js", "fees.css"):
        assert (await http.get(f"/fees/{name}")).status_code == 200


@pytest.mark.parametrize("name", ["index.html", "none.js", "..%2Fwidget.js", "..%2Fportal.css"])
async def test_nothing_else_of_the_disk_is_served(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/fees/{name}")).status_code == 404


def test_the_page_carries_no_inline_script_or_style() -> None:
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", PAGE)


@pytest.mark.parametrize("name", ["page.js", "sheet.js", "chart.js", "dom.js"])
def test_the_scripts_make_text_never_markup_and_know_no_other_host(name: str) -> None:
    source = (fee_page.FOLDER / name).read_text(encoding="utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|document\.write", source)
    assert set(re.findall(r"https?://[a-z][\w.]+", source)) <= {"http://www.w3.org"}


def test_every_procedure_kind_and_industry_can_be_chosen(options: dict[str, str]) -> None:
    assert {*get_args(Procedure), *get_args(Kind), *get_args(Industry)} <= options.keys()


def test_procedures_and_industries_are_called_as_in_the_tables(options: dict[str, str]) -> None:
    tables = shipped_tables()
    for name, row in tables.procedures.items():
        assert options[name] == row.label
    for industry, limit in tables.limits.industries.items():
        assert options[industry] == limit.label


def test_every_circumstance_of_the_applicant_can_be_told() -> None:
    assert all(flag in PAGE for flag in get_args(FlagName))


def test_the_script_knows_the_fields_of_every_procedure() -> None:
    block = SCRIPT[SCRIPT.index("const NEEDS") : SCRIPT.index("const NOT_REDUCIBLE")]

    assert set(re.findall(r"^  (\w+): \[", block, re.MULTILINE)) == set(get_args(Procedure))


def test_the_script_knows_where_nothing_is_reduced() -> None:
    line = SCRIPT[SCRIPT.index("const NOT_REDUCIBLE") :].split(";", 1)[0]
    tables = shipped_tables()

    assert set(re.findall(r'"(\w+)"', line)) == {
        name for name, row in tables.procedures.items() if not row.reducible
    }


def test_every_control_of_the_page_has_a_label() -> None:
    ids = set(re.findall(r'<(?:input|select)[^>]*\bid="([^"]+)"', PAGE))
    labelled = set(re.findall(r'<label for="([^"]+)"', PAGE))
    named = set(re.findall(r'<input id="([^"]+)"[^>]*aria-label=', PAGE))

    assert ids <= labelled | named
