"""The tables are content: complete, without overlap, and a bad row is refused with its place."""

import shutil
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.errors import ContentError
from knowledge.fees import FeeRequest, estimate, load_tables, shipped_tables
from knowledge.fees.tables import FEES_DIR
from tests.knowledge.fees.asking import LARGE, TABLES, TODAY, annuity, exam


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FEES_DIR, tmp_path / "fees"))


def change(folder: Path, stem: str, rows: Any) -> Path:
    (folder / f"{stem}.yml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return folder


def read(folder: Path, stem: str) -> Any:
    return yaml.safe_load((folder / f"{stem}.yml").read_text(encoding="utf-8"))


def test_the_shipped_tables_are_read_once() -> None:
    assert shipped_tables() is shipped_tables()
    assert shipped_tables() == TABLES


def test_rows_follow_each_other_without_a_gap() -> None:
    for fee in TABLES.fees:
        rows = [row for row in TABLES.tariffs if row.fee == fee]
        for variant, years in {(row.variant, row.years) for row in rows}:
            line = sorted(
                (r for r in rows if (r.variant, r.years) == (variant, years)),
                key=lambda r: r.valid_from,
            )
            for before, after in pairwise(line):
                assert before.valid_to is not None
                assert before.valid_to + timedelta(days=1) == after.valid_from


def test_every_fee_has_a_price_and_every_year_exactly_one() -> None:
    for fee, row in TABLES.fees.items():
        held = [tariff for tariff in TABLES.tariffs if tariff.fee == fee and tariff.holds(TODAY)]
        assert held, fee
        for year in range(1, (row.term or 0) + 1):
            assert len([tariff for tariff in held if tariff.covers(year)]) == 1


def test_a_new_tariff_is_a_new_row_and_no_code(folder: Path) -> None:
    rows = read(folder, "tariffs_registration")
    rows[0]["valid_to"] = date(2027, 3, 31)
    rows.insert(0, {**rows[0], "valid_from": date(2027, 4, 1), "valid_to": None, "base": 9000})
    tables = load_tables(change(folder, "tariffs_registration", rows))

    def of(paid_on: str) -> int | None:
        body = FeeRequest.model_validate(annuity(LARGE, 1, 3, paid_on=paid_on))
        return estimate(request=body, tables=tables, today=TODAY).amount_yen

    assert of("2027-03-31") == 21_900
    # 9,000 + 300 x 10 = 12,000 a year.
    assert of("2027-04-01") == 36_000


def test_a_new_limit_is_content_too(folder: Path) -> None:
    limits = read(folder, "limits")
    limits["industries"]["manufacturing"]["employees"] = 5000
    tables = load_tables(change(folder, "limits", limits))

    answer = estimate(request=FeeRequest.model_validate(exam(LARGE)), tables=tables, today=TODAY)

    assert answer.tier == "1/2"


@pytest.mark.parametrize(
    ("change_of", "told"),
    [
        ({"fee": "unheard_of"}, "unheard_of"),
        ({"source": "nowhere"}, "nowhere"),
        ({"bsae": 1}, "bsae"),
        ({"valid_from": date(2020, 1, 1)}, "overlap"),
    ],
)
def test_a_bad_row_is_refused(folder: Path, change_of: dict[str, Any], told: str) -> None:
    rows = read(folder, "tariffs_filing")
    rows.append({**rows[0], **change_of})

    with pytest.raises(ContentError, match=told):
        load_tables(change(folder, "tariffs_filing", rows))


def test_a_missing_or_broken_file_is_refused(folder: Path) -> None:
    (folder / "sources.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ContentError, match=r"sources\.yml"):
        load_tables(folder)
    (folder / "sources.yml").unlink()
    with pytest.raises(ContentError, match="sources"):
        load_tables(folder)
