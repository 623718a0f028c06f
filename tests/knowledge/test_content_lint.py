from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.content_lint import Finding, check
from knowledge.content_lint.texts import JUDGEMENTS

ROUND = {"name": "第1回", "opens_on": "2026-03-02", "closes_on": "2026-03-01", "note": None}
NOT_CONFIRMED = {"title": "特許法 第17条の2", "url": None, "as_of": None, "confirmed": False}
WEEK = [{"days": ["mon"], "opens": "09:00", "closes": "17:00"}]


def _findings(folder: Any, **options: Any) -> list[Finding]:
    return check(folder.root, minimum_articles=1, **options)


def _the_only(folder: Any, **options: Any) -> Finding:
    findings = _findings(folder, **options)
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def test_a_good_folder_has_no_findings(good_folder: Any) -> None:
    assert _findings(good_folder) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topics": ["patent"]}, "話題「patent」はありません"),
        ({"needs": ["money"]}, "用件「money」はありません"),
        ({"askers": ["bank"]}, "相談者「bank」はありません"),
        ({"desk": "no-desk"}, "窓口「no-desk」はありません"),
        ({"other_desks": ["no-desk"]}, "窓口「no-desk」はありません"),
        ({"successor": "no-heir"}, "後継の施策「no-heir」はありません"),
        ({"successor": "ipas"}, "自分自身"),
        ({"review_on": "2026-11-20"}, "確認した日より後"),
        ({"reviewed_on": "2026-04-02", "review_on": "2027-05-01"}, "1年以内"),
        ({"kind": "subsidy", "review_on": "2027-04-01"}, "2027-04-01 より前"),
        ({"offers": "1万円を支えます。", "review_on": "2027-05-01"}, "2027-04-01 より前"),
        ({"rounds": [ROUND]}, "終わりの日が始まりの日より前"),
        ({"status": "ended"}, "status_note"),
        ({"status_note": "続いています。"}, "nullにしてください"),
        ({"url": "www.jpo.go.jp"}, "形が正しくありません"),
        ({"url": "https://www.jpo.go.jp/ a"}, "形が正しくありません"),
        ({"url": "https://www.jpo.go.jp/。"}, "形が正しくありません"),
        ({"offers": "あなたの会社も対象です。"}, "「対象です」は個別の判断"),
        ({"conditions": "商標として登録できます。"}, "「登録できます」は個別の判断"),
        ({"contact": "03-1234-5678"}, "連絡先「03-1234-5678」は contacts.yml にありません"),
        ({"contact": "０３－１２３４－５６７８"}, "連絡先「03-1234-5678」"),
        ({"contact": "trade-secret@inpit.jp.go.jp"}, "contacts.yml にありません"),
        ({"colour": "red"}, "決められていません"),
    ],
)
def test_each_error_of_a_programme_is_told(
    good_folder: Any, changes: dict[str, Any], message: str
) -> None:
    path = good_folder.programme(**changes)

    finding = _the_only_about(good_folder, path)

    assert message in finding.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"also": ["patent"]}, "話題「patent」はありません"),
        ({"programmes": ["no-programme"]}, "施策「no-programme」はありません"),
        ({"desk": "no-desk"}, "窓口「no-desk」はありません"),
        ({"valid_to": "2026-11-19"}, "valid_toがvalid_fromより前"),
        ({"review_on": "2026-11-20"}, "確認した日より後"),
        ({"review_on": "2027-12-01"}, "1年以内"),
        ({"review_on": "2027-04-01"}, "2027-04-01 より前"),
        ({"answer": "あ" * 501}, "501字"),
        ({"points": ["あ" * 61]}, "60字まで"),
        ({"questions": ["一つだけ"]}, "3つから7つ"),
        ({"sources": [NOT_CONFIRMED]}, "まだ確認できていないこと"),
        ({"answer": "まだ間に合います。"}, "「間に合います」は個別の判断"),
        ({"title": "それは侵害です"}, "「侵害です」は個別の判断"),
        ({"fence": "law"}, "項目「fence」は"),
    ],
)
def test_each_error_of_an_article_is_told(
    good_folder: Any, changes: dict[str, Any], message: str
) -> None:
    path = good_folder.article("patents", **changes)

    finding = _the_only_about(good_folder, path)

    assert message in finding.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phone": "0570-082100"}, "phone_as_of"),
        ({"hours": WEEK}, "hours_as_of"),
        ({"takes": "勝てます。"}, "「勝てます」は個別の判断"),
        ({"kind": "shop"}, "項目「kind」は"),
    ],
)
def test_each_error_of_a_desk_is_told(
    good_folder: Any, changes: dict[str, Any], message: str
) -> None:
    path = good_folder.desk(**changes)

    finding = _the_only_about(good_folder, path)

    assert message in finding.message


def _the_only_about(folder: Any, path: Path) -> Finding:
    findings = [finding for finding in _findings(folder) if finding.path == path]
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def test_a_file_named_otherwise_than_its_id_is_told(good_folder: Any) -> None:
    path = good_folder.programme()
    path.rename(path.with_name("other.yml"))

    assert "ファイル名「other」" in _the_only(good_folder).message


def test_an_id_in_other_letters_is_told(good_folder: Any) -> None:
    good_folder.programme(id="IP_AS", name="別の施策", aliases=["別名"])

    assert "英小文字" in _the_only(good_folder).message


def test_one_id_in_two_files_is_told(good_folder: Any) -> None:
    text = good_folder.programme().read_text(encoding="utf-8")
    good_folder.text("programmes/old/ipas.yml", text)

    assert "にもあります" in _the_only(good_folder).message


def test_an_article_in_the_wrong_folder_is_told(good_folder: Any) -> None:
    path = good_folder.article("patents")
    path.rename(good_folder.root / "articles" / "designs" / path.name)

    assert "フォルダーは「designs」" in _the_only(good_folder).message


def test_an_article_id_of_another_topic_is_told(good_folder: Any) -> None:
    good_folder.article("patents", id="designs-second")

    assert "「patents-」で始めてください" in _the_only(good_folder).message


def test_one_name_of_two_programmes_is_told_however_it_is_written(good_folder: Any) -> None:
    good_folder.programme(id="other", name="別の施策", aliases=["ｉｐａｓ"])

    finding = _the_only(good_folder)

    assert "呼び名「ｉｐａｓ」は「ipas」にもあります" in finding.message


def test_a_programme_and_its_successor_may_share_an_old_name(good_folder: Any) -> None:
    good_folder.programme(
        id="other",
        name="別の施策",
        status="historic",
        status_note="名前が変わりました。",
        successor="ipas",
    )

    assert _findings(good_folder) == []


@pytest.mark.parametrize("phrase", JUDGEMENTS)
def test_every_forbidden_phrase_is_found_in_wording(good_folder: Any, phrase: str) -> None:
    good_folder.text("wording/reply.yml", f"a: はい。\nb: それは{phrase}。\n")

    finding = _the_only(good_folder)

    assert phrase in finding.message
    assert finding.line == 2


def test_a_forbidden_phrase_may_be_quoted_to_say_it_is_not_said(good_folder: Any) -> None:
    good_folder.text("wording/reply.yml", "a: 「登録できます」『勝てます』とはお答えできません。\n")

    assert _findings(good_folder) == []


def test_what_visitors_type_may_hold_any_phrase(good_folder: Any) -> None:
    good_folder.article("patents", questions=["登録できますか", "侵害ですか", "間に合いますか"])

    assert _findings(good_folder) == []


def test_broken_yaml_is_told_with_its_line(good_folder: Any) -> None:
    path = good_folder.text("wording/reply.yml", "a: b\nc: [d\n")

    finding = _the_only(good_folder)

    assert str(finding).startswith(f"{path}:3: ")


def test_wording_that_is_a_list_is_told(good_folder: Any) -> None:
    good_folder.text("wording/reply.yml", "- a\n")

    assert "項目: 文" in _the_only(good_folder).message


def test_a_contact_without_a_date_is_told_and_not_allowed(good_folder: Any) -> None:
    good_folder.text("contacts.yml", "- {value: 03-1234-5678, source: x}\n")
    good_folder.programme(contact="03-1234-5678")

    messages = [finding.message for finding in _findings(good_folder)]

    assert len(messages) == 2
    assert any("as_of" in message for message in messages)


def test_a_web_address_is_not_taken_for_a_phone(good_folder: Any) -> None:
    good_folder.programme(numbers="2024-03-31に1億件、2023-2024年度")

    assert _findings(good_folder) == []


def test_too_few_articles_are_told(good_folder: Any) -> None:
    findings = check(good_folder.root)

    assert [finding.message for finding in findings] == [
        "記事が14件です。150件以上にしてください。"
    ]


def test_a_topic_and_a_need_without_an_article_are_told(good_folder: Any) -> None:
    (good_folder.root / "articles" / "designs" / "designs-first.yml").unlink()
    assert "話題「designs」" in _the_only(good_folder).message

    for path in good_folder.root.glob("articles/*/*.yml"):
        path.write_text(path.read_text(encoding="utf-8").replace("- subsidy\n", ""), "utf-8")
    assert "用件「subsidy」" in _findings(good_folder)[0].message


def test_a_wrong_list_of_prefectures_is_told(good_folder: Any) -> None:
    path = good_folder.root / "prefectures.yml"
    text = path.read_text(encoding="utf-8")
    good_folder.text("prefectures.yml", text.replace('jis: "47"', 'jis: "48"'))
    assert "01から47まで" in _the_only(good_folder).message

    good_folder.text("prefectures.yml", text.replace("kansai_desk: true", "kansai_desk: false", 1))
    assert "kansai_desk" in _the_only(good_folder).message

    path.unlink()
    assert "読めません" in _the_only(good_folder).message


def test_entries_whose_review_has_come_are_told_on_the_day(good_folder: Any) -> None:
    assert _findings(good_folder, today=date(2027, 3, 14)) == []

    findings = _findings(good_folder, today=date(2027, 3, 15))

    assert len(findings) == 16
    assert all("見直しの日（2027-03-15）" in finding.message for finding in findings)


def test_all_errors_are_told_at_once_sorted_by_path(good_folder: Any) -> None:
    good_folder.desk(kind="shop")
    good_folder.article("patents", answer="勝てます。", desk="no-desk", also=["x"])
    good_folder.text("wording/reply.yml", "a: 対象です。\n")

    findings = _findings(good_folder)

    assert len(findings) >= 5
    assert [str(f.path) for f in findings] == sorted(str(f.path) for f in findings)
