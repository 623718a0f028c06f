import ast
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from api.runtime.logs import FORBIDDEN_FIELDS, DiscreetFormatter, configure, mask_personal_data
from api.runtime.paths import ROOT
from tests.support.house import House

TYPED = "ひみつの相談の文"


@pytest.fixture
def written() -> Any:
    """A logger and what it wrote, line by line."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("test.of.logs")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logger.removeHandler(handler)


@pytest.mark.parametrize("field", sorted(FORBIDDEN_FIELDS))
def test_a_forbidden_field_is_dropped_whatever_the_level(written: Any, field: str) -> None:
    logger, lines = written

    for level in (logging.WARNING, logging.ERROR, logging.CRITICAL):
        logger.log(level, "said", extra={field: TYPED, "conversation_id": "c1"})

    assert all(TYPED not in json.dumps(line, ensure_ascii=False) for line in lines())
    assert [line["conversation_id"] for line in lines()] == ["c1"] * 3


def test_a_forbidden_field_inside_another_is_dropped_too(written: Any) -> None:
    logger, lines = written

    logger.error("said", extra={"call": {"text": TYPED, "action": "a"}, "calls": [{"text": TYPED}]})

    assert TYPED not in json.dumps(lines(), ensure_ascii=False)


def test_an_exception_is_told_by_type_and_place_without_its_message(written: Any) -> None:
    logger, lines = written
    try:
        try:
            int(TYPED)
        except ValueError as error:
            raise KeyError(TYPED) from error
    except KeyError as error:
        logger.error("unexpected", exc_info=error)

    (line,) = lines()
    assert "KeyError" in json.dumps(line)
    assert "test_logs.py" in json.dumps(line)
    assert TYPED not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("to a.b+c@example.co.jp now", "to [mail] now"),
        ("call 03-1234-5678", "call [number]"),
        ("call 09012345678", "call [number]"),
        ("call +81-90-1234-5678", "call [number]"),
        ("on 2026-11-20 at 12:00", "on 2026-11-20 at 12:00"),
        ("42 rows in 120 ms", "42 rows in 120 ms"),
    ],
)
def test_what_looks_personal_is_masked(line: str, masked: str) -> None:
    assert mask_personal_data(line) == masked


def test_lines_are_json_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure("INFO")
        logging.getLogger("api.test").info("ready", extra={"count": 3})
    finally:
        root.handlers[:] = before
        root.setLevel(level)

    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["part"], line["message"], line["count"]) == (
        "INFO",
        "api.test",
        "ready",
        3,
    )


def _log_calls() -> list[tuple[str, ast.Call]]:
    found = []
    for package in ("knowledge", "actions", "api"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "logger"
                ):
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_no_line_of_ours_offers_a_forbidden_field() -> None:
    """One list of names, one test: what must not be written is not even handed over."""
    calls = _log_calls()
    assert calls
    wrong = [
        (where, key.value)
        for where, call in calls
        for keyword in call.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant) and key.value in FORBIDDEN_FIELDS
    ]
    assert wrong == []


def test_no_line_of_ours_is_put_together_from_values() -> None:
    """An f-string as message would carry values past the list of names."""
    assert [w for w, call in _log_calls() if isinstance(call.args[0], ast.JoinedStr)] == []


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_a_whole_conversation_leaves_no_word_in_the_log(house: House, level: int) -> None:
    root = logging.getLogger()
    before = root.level
    root.setLevel(level)
    try:
        talk = await house.start(prefecture="静岡県")
        for text in (TYPED, f"{TYPED}の商標", "あれの件なんですけど", "違います", f"/{TYPED}"):
            await talk.says(text)
        await house.http.post("/api/v1/triage", json={"text": f"{TYPED}の特許"})
        await talk.post(text="あ" * 5_001 + TYPED)
        await talk.post(choice=TYPED)
        await talk.post(text=TYPED, client_message_id="m0")
        await house.http.get("/api/v1/articles", params={"q": TYPED})
    finally:
        root.setLevel(before)

    # httpx is the test's own client; SQL values are never logged by us.
    ours = [x for x in house.log.getvalue().splitlines() if json.loads(x)["name"] != "httpx"]
    assert not [
        line for line in ours if "ひみつ" in json.dumps(json.loads(line), ensure_ascii=False)
    ]
    assert talk.token not in house.log.getvalue()


def test_the_list_of_names_is_sorted_in_the_source() -> None:
    source = Path(ROOT / "api/runtime/logs.py").read_text(encoding="utf-8")
    names = list(source.split("frozenset(", 1)[1].split(")", 1)[0].split('"')[1::2])

    assert names == sorted(names)
