"""What a desk's CSV may look like, what is refused as a whole, and what the result looks like."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest

from api.runtime.backlog import (
    COLUMNS,
    Line,
    Outcome,
    check_out,
    parse_received_at,
    read_backlog,
    write_outcomes,
)
from api.runtime.backlog_encoding import UnusableBacklogError, decode
from knowledge.clock import TOKYO
from knowledge.text import MAX_TEXT_LENGTH
from knowledge.triage.answer import DeadlineOut, DeskOut, ReasonOut, Triage, UrgencyOut

TEXT = "店の名前を商標登録したいのですが、何から始めればよいですか"
HEAD = "id,text,prefecture,received_at"

TRIAGE = Triage(
    topic="patents",
    confidence=0.87654,
    secondary_topics=("overseas", "contracts"),
    need="deadline",
    desk=DeskOut(id="sangyo-zaisanken-sodan-madoguchi", name="産業財産権相談窓口"),
    reasons=(
        ReasonOut(rule="E5", text="理由"),
        ReasonOut(rule="C3", text="理由"),
        ReasonOut(rule="E5", text="別の理由"),
    ),
    urgency=UrgencyOut(
        level="soon",
        deadlines=(
            DeadlineOut(
                date=date(2026, 11, 9), unshifted=date(2026, 11, 9), basis="数え方", rule="b"
            ),
            DeadlineOut(
                date=date(2026, 11, 2), unshifted=date(2026, 10, 31), basis="数え方", rule="a"
            ),
        ),
    ),
)


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> tuple[Line, ...]:
    path = tmp_path / "inquiries.csv"
    path.write_bytes(text.encode(encoding))
    return read_backlog(path)


def written(tmp_path: Path, *outcomes: Outcome) -> list[dict[str, str]]:
    out = tmp_path / "triaged.csv"
    write_outcomes(out, outcomes)
    return list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "shift_jis"])
@pytest.mark.parametrize("text", [TEXT, "ﾄｯｷｮｦ ﾄﾘﾀｲ ﾉﾃﾞｽｶﾞ", "ソフト表示の能力～①"])
def test_utf8_and_shift_jis_are_read_alike(tmp_path: Path, encoding: str, text: str) -> None:
    if encoding == "shift_jis":
        text = text.replace("～①", "")
    (line,) = read(tmp_path, f"{HEAD}\r\nA-1,{text},静岡県,2026-09-10\r\n", encoding)
    assert line == Line(2, "A-1", text, "静岡県", datetime(2026, 9, 10, tzinfo=TOKYO))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (f"id,text\n1,{TEXT}".encode("euc_jp"), "EUC-JP"),
        (f"id,text\n1,{TEXT}".encode("iso2022_jp"), "ISO-2022-JP"),
        (f"id,text\n1,{TEXT}".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "xlsx"),
        (b"id,text\n1,\x81\x00", "11バイト目（0x81）"),
        (b"id,text\n1,a\xffb", "12バイト目（0xFF）"),
        (f"id,text\n1,{TEXT}".encode() + b"\xe3\n", "UTF-8 ですが"),
        (b"\xef\xbb\xbfid,text\n1,\x8f", "14バイト目（0x8F）"),
        (f"id,text\n1,{TEXT}".encode("cp932") + b"\x00\xff", "文字として読めません"),
    ],
)
def test_another_encoding_is_refused_with_the_file_and_the_byte(raw: bytes, said: str) -> None:
    with pytest.raises(UnusableBacklogError) as refused:
        decode(raw, "受付.csv")
    assert said in str(refused.value)
    assert str(refused.value).startswith("受付.csv ")


def test_a_single_broken_byte_in_utf8_is_not_read_as_other_characters() -> None:
    raw = (f"id,text\n1,{TEXT}\n" * 20).encode()
    with pytest.raises(UnusableBacklogError, match=r"20バイト目（0xFF）"):
        decode(raw[:19] + b"\xff" + raw[22:], "a.csv")


def test_a_text_may_have_several_lines_and_quotes(tmp_path: Path) -> None:
    first, second = read(tmp_path, f'id,text\n1,"拝啓\n""特許"", です"\n2,{TEXT}\n')
    assert first.text == '拝啓\n"特許", です'
    assert (first.number, second.number) == (2, 4)
    assert first.error is None


def test_columns_are_found_by_name_in_any_order_and_unknown_ones_are_ignored(
    tmp_path: Path,
) -> None:
    (line,) = read(tmp_path, f"担当,Text, ID \n山田,{TEXT},7\n")
    assert (line.id, line.text, line.prefecture, line.error) == ("7", TEXT, None, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "空です"),
        ("\n\n", "空です"),
        ("id,body\n1,x\n", "text の列がありません"),
        ("text\nx\n", "id の列がありません"),
        ("番号;本文\n1;x\n", "id と text の列がありません"),
        ("id,text,text\n1,x,y\n", "text の列が二つ以上"),
    ],
)
def test_a_file_without_the_columns_is_unusable(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(UnusableBacklogError, match=said):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(UnusableBacklogError, match="見つかりません"):
        read_backlog(tmp_path / "no.csv")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f",{TEXT},,", "id が入っていません"),
        (f"A-1,{TEXT},,", "id が2行目と同じです"),
        ("B,,,", "文章が入っていません"),
        ("B,🙂🙂,,", "文章が入っていません"),
        (f"B,{'特' * (MAX_TEXT_LENGTH + 1)},,", "文章が長すぎます"),
        (f"B,{TEXT},,昨日", "日付として読めません"),
        (f"B,{TEXT},,2026-02-30", "日付として読めません"),
        (f"B,{TEXT},,0226-09-10", "日付として読めません"),
        ("B", "列が足りません"),
        (f"B,{TEXT},,,あふれた", "列が多すぎます"),
        ('B,"引用"の後,,', "引用符"),
        (",,,", "id が入っていません"),
    ],
)
def test_a_bad_line_is_kept_with_its_reason_and_stops_nobody(
    tmp_path: Path, row: str, reason: str
) -> None:
    lines = read(tmp_path, f"{HEAD}\nA-1,{TEXT},,\n{row}\nZ,{TEXT},,\n")
    assert [line.number for line in lines] == [2, 3, 4]
    assert reason in (lines[1].error or "")
    assert (lines[0].error, lines[2].error) == (None, None)


def test_a_quote_that_is_never_closed_swallows_no_other_inquiry(tmp_path: Path) -> None:
    lines = read(tmp_path, f'id,text\n1,{TEXT}\n2,"閉じない\n3,{TEXT}\n4,{TEXT}\n')
    assert [(line.id, line.error is None) for line in lines] == [
        ("1", True),
        ("2", False),
        ("3", True),
        ("4", True),
    ]


def test_a_very_long_cell_is_a_bad_line_and_not_a_crash(tmp_path: Path) -> None:
    lines = read(tmp_path, f"id,text\n1,{'特' * 200_000}\n2,{TEXT}\n")
    assert [line.error is None for line in lines] == [False, True]
    assert csv.field_size_limit() < 200_000


def test_blank_lines_and_the_empty_rows_a_spreadsheet_leaves_at_the_end_are_no_inquiries(
    tmp_path: Path,
) -> None:
    lines = read(tmp_path, f"{HEAD}\n\n1,{TEXT},,\n   \n2,{TEXT},,\n,,,\n,,,\n")
    assert [line.id for line in lines] == ["1", "2"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("2026-09-10", datetime(2026, 9, 10, tzinfo=TOKYO)),
        ("2026/9/1 14:30", datetime(2026, 9, 1, 14, 30, tzinfo=TOKYO)),
        ("２０２６年９月１日", datetime(2026, 9, 1, tzinfo=TOKYO)),
        ("2026年9月1日 14時05分", datetime(2026, 9, 1, 14, 5, tzinfo=TOKYO)),
        ("2026-09-10T01:00:00Z", datetime(2026, 9, 10, 10, tzinfo=TOKYO)),
    ],
)
def test_dates_are_read_as_people_and_spreadsheets_write_them(
    value: str, expected: datetime | None
) -> None:
    assert parse_received_at(value) == expected


def test_a_result_row_has_the_promised_columns(tmp_path: Path) -> None:
    (row,) = written(tmp_path, Outcome(Line(2, "A-1", TEXT), TRIAGE))
    assert tuple(row) == COLUMNS
    assert row == {
        "id": "A-1",
        "topic": "patents",
        "secondary_topics": "overseas;contracts",
        "need": "deadline",
        "desk": "sangyo-zaisanken-sodan-madoguchi",
        "confidence": "0.877",
        "rules": "E5;C3",
        "urgency": "soon",
        "deadline": "2026-10-31;2026-11-02",
        "error": "",
    }


def test_a_deadline_that_no_holiday_moves_is_written_once(tmp_path: Path) -> None:
    day = date(2026, 11, 9)
    deadline = DeadlineOut(date=day, unshifted=day, basis="数え方", rule="a")
    found = TRIAGE.model_copy(update={"urgency": UrgencyOut(deadlines=(deadline,))})
    (row,) = written(tmp_path, Outcome(Line(2, "A-1", TEXT), found))
    assert row["deadline"] == "2026-11-09"


def test_a_failed_line_is_written_with_its_reason_only(tmp_path: Path) -> None:
    (row,) = written(tmp_path, Outcome(Line(2, "A-1", ""), error="理由です。"))
    assert {name: value for name, value in row.items() if value} == {
        "id": "A-1",
        "error": "理由です。",
    }


def test_the_result_opens_in_a_spreadsheet_as_utf8(tmp_path: Path) -> None:
    write_outcomes(tmp_path / "o.csv", [])
    assert (tmp_path / "o.csv").read_bytes() == b"\xef\xbb\xbf" + ",".join(
        COLUMNS
    ).encode() + b"\r\n"


@pytest.mark.parametrize(
    ("id_", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+A1", "'+A1"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("＝１＋１", "'＝１＋１"),
        ("-12", "-12"),
        ("A-1", "A-1"),
    ],
)
def test_no_cell_is_run_as_a_formula(tmp_path: Path, id_: str, shown: str) -> None:
    (line,) = read(tmp_path, f"id,text\n{id_},{TEXT}\n")
    (row,) = written(tmp_path, Outcome(line, TRIAGE))
    assert row["id"] == shown


def test_the_input_is_never_overwritten_by_the_result(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("id,text\n", encoding="utf-8")
    with pytest.raises(UnusableBacklogError, match="同じもの"):
        check_out(tmp_path / "." / "a.csv", source)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UnusableBacklogError, match="フォルダーです"):
        check_out(tmp_path, tmp_path / "a.csv")
    with pytest.raises(UnusableBacklogError, match="フォルダーがありません"):
        check_out(tmp_path / "no" / "o.csv", tmp_path / "a.csv")


def test_a_result_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusableBacklogError, match="書けません"):
        write_outcomes(tmp_path, [])
