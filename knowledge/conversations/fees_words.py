"""Words for procedures, kinds of applicants and trades; the first line that fits wins.

Matched in normalised text. What no line names is asked.
"""

import re
from typing import Final

_GET: Final = "(?:出願|申請|取(?:り|る|得|りたい)|とる|とりたい|出す|出したい|出し)"


def _w(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


PROCEDURE_WORDS: Final = (
    ("exam_request", _w("審査請求|審査を(?:請求|してもらう|お願い)|審査の(?:料金|費用|手数料)")),
    ("pct_preliminary_examination", _w("予備審査")),
    ("pct_filing", _w("PCT|国際(?:特許)?出願(?!.*商標)")),
    ("utility_evaluation", _w("技術評価")),
    ("utility_registration", _w("(?:実用新案|実案).*(?:登録料|年金|維持|年分|年目)")),
    ("utility_filing", _w(f"(?:実用新案|実案).*(?:{_GET}|登録)")),
    ("design_registration", _w("意匠.*(?:登録料|年金|維持|更新|年分|年目)")),
    ("design_filing", _w(f"意匠.*(?:{_GET}|登録)")),
    ("trademark_renewal", _w("(?:商標|ロゴ|ブランド|屋号|店名).*更新|更新登録")),
    ("trademark_registration", _w("商標.*(?:登録料|登録査定|設定登録|分納|分割)")),
    ("trademark_filing", _w(f"(?:商標|ロゴ|ブランド名?|屋号|店名|店の名前).*(?:{_GET}|登録)")),
    (
        "patent_annuity",
        _w("特許料|特許.*(?:年金|維持|登録料|更新|年分|年目)|(?:年金|維持年金|維持費)"),
    ),
    ("patent_filing", _w("特許.*(?:出願料|出願する|出願の|出願って|出願に|出願したい)|特許出願")),
)
KIND_WORDS: Final = (
    ("tlo", _w("TLO")),
    ("university_researcher", _w("(?:大学|高専).*(?:研究者|教授|教員|個人として)")),
    (
        "university",
        _w(
            "(?:うち|私たち|当方|本学|わたしたち)[はの]?[^、。]{0,4}(?:大学|高専)|本学|大学(?:です|として)|^大学$"
        ),
    ),
    ("public_institute", _w("公設試|(?:うち|当方)は.*(?:試験場|地方公共団体)")),
    ("independent_agency", _w("独立行政法人|国立研究開発法人")),
    ("npo", _w("NPO")),
    ("cooperative", _w("(?:事業|農業|漁業|企業|協業)?協同?組合|組合(?:です|として)|農協|漁協")),
    ("sole_proprietor", _w("個人事業|フリーランス|自営業|一人親方|個人商店")),
    ("individual", _w("個人(?:です|で出|として|名義|発明)|会社員|学生|主婦|無職")),
    (
        "company",
        _w(
            "株式会社|有限会社|合同会社|弊社|当社|法人です|(?:小さな|うちの|[0-9一二三四五六七八九十]人の)会社|^会社$|会社(?:です|で、|だ|なので|として)"
        ),
    ),
)
INDUSTRY_WORDS: Final = (
    ("rubber", _w("ゴム(?:製品|部品|の(?:製造|工場))?")),
    (
        "software",
        _w(
            "ソフト(?:ウェア|ウエア)?(?:会社|開発|業)|情報処理|アプリ(?:の)?(?:開発|会社)|システム開発|IT(?:企業|会社|業|ベンチャー)"
        ),
    ),
    ("lodging", _w("旅館|ホテル|民宿|宿泊")),
    ("wholesale", _w("卸")),
    (
        "retail",
        _w("小売|(?:パン|菓子|花|酒|魚|肉|雑貨|金物|呉服|八百)屋|商店|販売店|ネットショップ|通販"),
    ),
    ("construction", _w("建設|建築|工務店|土木|設備工事")),
    ("transport", _w("運送|運輸|物流")),
    (
        "manufacturing",
        _w(
            "製造|町工場|工場|メーカー|板金|加工(?:業|所|屋)?|鋳物|金型|鉄工|製作所|工業|醸造|酒蔵|染色|縫製|木工|工房"
        ),
    ),
    (
        "service",
        _w(
            "サービス業|飲食|レストラン|カフェ|美容|理容|鍼灸|整体|介護|学習塾|塾|デザイン事務所|コンサル|診療所|クリニック"
        ),
    ),
)
