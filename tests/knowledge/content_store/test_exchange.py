"""Entries go out as CSV and YAML and come in again; what is broken is named by line and column."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.articles.entry import Article
from knowledge.content_store import exchange
from knowledge.content_store.exchange import BOM
from knowledge.programmes.entry import Programme

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def article(make_entry: Make) -> Article:
    changes = {
        "id": "patents-first",
        "topic": "patents",
        "answer": '一行目、"引用"\n二行目, カンマ',
    }
    return Article.model_validate(make_entry("article", **changes))


@pytest.fixture
def programme(make_entry: Make) -> Programme:
    rounds = [{"name": "第1回", "opens_on": "2026-04-01", "closes_on": "2026-05-31"}]
    return Programme.model_validate(make_entry("programme", rounds=rounds))


def test_what_went_out_as_csv_comes_in_the_same(article: Article, programme: Programme) -> None:
    for entry, shape in ((article, Article), (programme, Programme)):
        content = exchange.to_csv([entry], shape)

        read = exchange.from_csv(content, shape)

        assert (read.entries, read.problems) == ((entry,), ())
        assert exchange.to_csv(read.entries, shape) == content


def test_excel_in_japanese_opens_it(article: Article) -> None:
    content = exchange.to_csv([article], Article)

    assert content.startswith(BOM)
    assert b"\r\n" in content


def test_what_went_out_as_yaml_comes_in_the_same(article: Article, programme: Programme) -> None:
    for entry, shape in ((article, Article), (programme, Programme)):
        text = exchange.to_yaml(entry)

        read = exchange.from_yaml(text.encode(), shape)

        assert (read.entries, read.problems) == ((entry,), ())


def test_a_long_answer_is_a_block_in_yaml(article: Article) -> None:
    assert 'answer: |-\n  一行目、"引用"\n' in exchange.to_yaml(article)


def test_the_same_files_give_the_same_archive(article: Article) -> None:
    text = exchange.to_yaml(article)

    assert exchange.to_zip({"b": text, "a": text}) == exchange.to_zip({"a": text, "b": text})


def _told(content: bytes) -> list[str]:
    read = exchange.from_csv(content, Article)
    assert read.entries == ()
    return [str(problem) for problem in read.problems]


def test_shift_jis_is_named_with_the_way_out(article: Article) -> None:
    content = exchange.to_csv([article], Article).decode("utf-8-sig").encode("cp932")

    (told,) = _told(content)

    assert told.startswith("2行目「2列目」: Shift_JISで保存されています。")
    assert "CSV UTF-8" in told


def test_bytes_of_no_known_kind_are_refused() -> None:
    assert _told(b"id,title\n\xff\xff\xfe\x81") == [
        "2行目「1列目」: 文字コードが分かりません。UTF-8で保存してください。"
    ]


def test_missing_unknown_and_repeated_columns_are_named(article: Article) -> None:
    text = exchange.to_csv([article], Article).decode("utf-8-sig")
    head, rest = text.split("\r\n", 1)

    told = _told((head.replace("title", "id").replace("answer", "anser") + "\r\n" + rest).encode())

    assert told == [
        "1行目「title」: この列がありません。",
        "1行目「answer」: この列がありません。",
        "1行目「anser」: この列は決められていません。つづりを確かめてください。",
        "1行目「id」: この列が2回あります。",
    ]


def test_a_bad_day_is_named_by_line_and_column(article: Article, make_entry: Make) -> None:
    other = article.model_copy(update={"id": "patents-second"})
    content = exchange.to_csv([article, other], Article).decode("utf-8-sig")
    first, last = content.rsplit("2027-03-15", 1)

    told = _told(f"{first}来年の春{last}".encode())

    assert told == ["3行目「review_on」: 2026-11-20 の形の日付にしてください。"]


def test_the_same_id_twice_is_named_with_both_lines(article: Article) -> None:
    assert _told(exchange.to_csv([article, article], Article)) == [
        "3行目「id」: 「patents-first」は2行目にもあります。"
    ]


def test_a_row_of_another_length_and_broken_parts_are_named(article: Article) -> None:
    content = exchange.to_csv([article], Article)
    names = list(Article.model_fields)

    assert _told(content + b"x,y\r\n") == [
        f"3行目: 列が2個あります。{len(names)}個にしてください。"
    ]
    broken = content.decode("utf-8-sig").replace('{""title', '{""title""').encode()
    (told,) = _told(broken)
    assert told.startswith("2行目「sources」: JSONとして読めません")


def test_a_broken_yaml_is_named_by_line() -> None:
    read = exchange.from_yaml(b"id: a\ntitle: [\n", Article)
    assert [p.line for p in read.problems] == [3]
    assert exchange.from_yaml(b"- a\n", Article).problems[0].line == 1
    missing = exchange.from_yaml("id: a\ntitle: 題\nvalid_from: x\n".encode(), Article)
    assert ("valid_from", 3) in {(p.column, p.line) for p in missing.problems}


def test_an_empty_cell_is_nothing_where_nothing_is_allowed(article: Article) -> None:
    cells = exchange.cells_of(article)

    (read,) = exchange.from_cells({**cells, "desk": " ", "points": ""}, Article).entries

    assert (read.desk, read.points) == (None, ())
    assert exchange.from_cells({**cells, "title": ""}, Article).problems[0].column == "title"
