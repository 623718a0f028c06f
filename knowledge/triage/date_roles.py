"""Decides which part a named day plays, from the words around it; chooses and computes nothing.

A label straight before the day (「発送日は」) tells most, then the first telling word of the clause
behind it (「に届いた」), then a looser word before it. A day that nothing explains is ``other``.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from knowledge.triage.clocks.table import Role
from knowledge.triage.dates import FoundDate

FAR: Final = 30
"""Characters looked at on each side of a day."""


class RoledDay(BaseModel):
    """One exact day of a text; ``either`` where it is one of two days offered for one thing.

    ``last`` is false for a former notice told beside the present one, ``past`` for days to come.
    """

    model_config = ConfigDict(frozen=True)

    date: date
    role: Role
    start: int = 0
    either: bool = False
    last: bool = True
    past: bool = True


KEYWORDS: Final[tuple[tuple[Role, str], ...]] = (
    ("late_end", "追納|倍額(?:で|の)?(?:納|払|期間)|割増"),
    ("priority", "優先権?日|優先権主張日"),
    ("drafting", "起案|作成日|作成年月日"),
    ("end", "満了|存続期間|有効期[間限]|権利期間|期限|締め?切り?|〆切|期日|末日|納期"),
    (
        "receipt",
        "届|とど[いき]|受け?取|受け(?:た|て|まし)|受領|到着|着[いき]|入手|手元|(?<!出)来[たてま]"
        "|(?<![でし])き(?:た|て(?!い)|ました)|もら[いっ]|送って(?:き|来)|送られて(?:き|来)|いただ[いき]",
    ),
    ("dispatch", "発送|送付|発信|送られ(?!て[き来])|(?:特許庁|審査官)[がの]出|通知日"),
    ("service", "送達|謄本"),
    ("gazette", "公報|公告|出願公開"),
    (
        "filing",
        "(?<!審査請求と)出願(?!審査|人|番号|前|予定|したい|しよう|公開|でき|する|の(?:審査|期限|予定))"
        "|願書を?出|(?:特許|実用新案|実案|意匠|商標)(?:登録)?(?:を|の|は)?(?:出し|申請|だし)"
        "|申請した(?:特許|実用新案|意匠|商標)|出した(?:特許|実用新案|意匠|商標)",
    ),
    (
        "registration",
        "登録(?!(?:を|の)?(?:出願|申請|したい)|査定|料|商標|証|番号|異議|免許|でき|する|できる)|権利化|特許になっ",
    ),
    (
        "disclosure",
        "展示|見本市|学会|論文|研究会|発表|公開(?!公報|番号)|公表|披露|出展|出品|発売|販売|売[りっれ]"
        "|クラウド ?ファンディング|クラファン|(?i:makuake|campfire|instagram|youtube|sns|twitter)"
        "|マクアケ|インスタ|ツイッター|ユーチューブ|ブログ|ホームページ|プレスリリース|リリース|テレビ"
        "|新聞|雑誌|カタログ|チラシ|ネットショップ|通販|配布|配っ|掲載(?!公報)|投稿|アップ[しロ]|譲渡"
        "|店頭|市販|マルシェ|即売会|コンテスト|世に出",
    ),
    ("discovery", "発覚|判明|気づ|気付|知っ|知りま|わかっ|分かっ|見つか"),
    ("paid", "納付|納め|払[いっ]"),
    (
        "unrelated",
        "会議|打ち?合わ?せ|面談|予約|相談会|セミナー|説明会|電話し|創業|設立|入社|退職|開業|起業|引っ越|決算",
    ),
)
_ANY: Final = re.compile("|".join(f"(?P<{role}>{words})" for role, words in KEYWORDS))
_GLUE: Final = re.compile(
    r"会?(?:(?:の|を)?(?:発行|開始|始め|掲載|公開|発表|登録))?(?:年月)?日?(?:付け?)?(?:ごろ|頃)?(?:さ?れ|ら?れ|し|い|っ|り|ま|取っ)*(?:てい)?(?:た|だ)?"
    r"(?:開始|始め|終了|手続|書類?)?(?:年月日|日付|日)?(?:のは|のが|は|が|も|って|:|=|[ 「(\[]|・)*"
    r"(?P<weak>[、,を]|にも?)?(?:約|たぶん|確か|たしか|だいたい)?$"
)
_STOP: Final = re.compile(r"[。!?\n;]")
_COMMA: Final = re.compile(r"[、,。!?\n;]")
_TILL: Final = re.compile(
    r"^(?:中|いっぱい|金|\(.\)|.曜日?)?(?:まで|が?(?:返事の|回答の)?期限|が?締切|が?〆切|必着)"
)
_ENDS: Final = (
    re.compile(r"^(?:が|は|も)[^。、]{0,12}?(?:期限|満了|締め?切り?|期日|末日)"),
    re.compile(
        r"^(?:の|まで(?:の|が|で|に|だった)?)?(?:更新|納付|応答|提出|支払い?|手続)?の?"
        r"(?:期限|満了|締め?切り?|〆切|期日)"
    ),
    re.compile(
        r"^(?:に|で|を?もって|付けで)[^。、]{0,14}?"
        r"(?:満了|切れ|(?:期限|期日|締切)(?:が|を|に|と|で)?(?:来|く|きた|切|迎|到来|な[るりっ]|過ぎ))"
    ),
)
_OWN_END: Final = re.compile(
    r"(?:更新|納付|年金|登録料|特許料|維持費|審査請求|応答|意見書|異議申立て?|権利)"
    r"(?:の?(?:期間|時期|提出|納付|支払い?))?(?:は|が|も|って)[ 、]*$"
)
"""What a period of the office is told of: 「更新は2027年4月1日まで」."""
_LATE: Final = re.compile("追納|倍額|割増")
_ENDING: Final = re.compile("終|末|切|まで|過ぎ|期限|満了")
_DATED: Final = re.compile(r"^(?:付(?!近)|づけ|の日付)")
_LEAD: Final = re.compile(r"^(?:\(.\)|.曜日?)?(?:ごろ|頃)?(?:に|付けで)?、?")
_EITHER: Final = re.compile(
    r"^(?:\(.\))?(?:頃|ごろ)?(?:発送|に?届[^、。]{0,4})?(?:か|または|もしくは|、?それとも|あるいは|or)、?$"
)
_TODAY: Final = re.compile(r"(?:今日|本日|きょう)[はが]?$")
_PAPER: Final = re.compile("通知|拒絶|指令|補正命令|封[筒書]")
_RETRACTED: Final = re.compile(r"(?:いや|間違え|まちがえ|訂正|じゃな[くい]|ではな[くい]|じゃのう)")
_PREVIOUS: Final = re.compile(r"(?:前回|1回目|一回目|最初)(?:の)?[^。、]{0,10}$")


def read_roles(text: str, found: Iterable[FoundDate], *, today: date) -> tuple[RoledDay, ...]:
    """The exact days of a normalised text with the part each of them plays."""
    known = [one for one in found if one.date is not None and one.precision == "day"]
    known = [one for one in known if not (one.approximate and "週間" in one.text)]
    days: list[RoledDay] = []
    for at, one in enumerate(known):
        left = known[at - 1].end if at else 0
        right = known[at + 1].start if at + 1 < len(known) else len(text)
        before = text[max(left, one.start - FAR) : one.start]
        after = text[one.end : min(right, one.end + FAR)]
        if days and _RETRACTED.search(before):
            days.pop()
        either = bool(at) and _EITHER.match(text[left : one.start]) is not None
        role = _role(before, _own(after, right < len(text)))
        if role == "other":
            role = _unexplained(one.text, text[: one.start], after)
        if either and days:
            role = days[-1].role if role == "other" else role
            days[-1] = days[-1].model_copy(update={"either": True, "role": role})
        if one.date is not None:
            earlier = _PREVIOUS.search(before) is not None
            days.append(
                RoledDay(
                    date=one.date,
                    role=role,
                    start=one.start,
                    either=either,
                    last=not earlier,
                    past=one.date <= today,
                )
            )
    return tuple(days)


def _unexplained(words: str, before: str, after: str) -> Role:
    """Today's own date starts nothing; 「昨日、拒絶の通知が」 tells when a paper was seen."""
    if _TODAY.search(before) or (_TODAY.search(words) and after[:1] in {"は", "が"}):
        return "unrelated"
    if not re.search(r"[月/.\-]", words) and _PAPER.search(after):
        return "receipt"
    return "other"


def _own(after: str, more: bool) -> str:
    """The words behind a day that are not the label of the next day."""
    if not more:
        return after
    label = _label(after)
    return after[: label[1]] if label and not label[2] else after


def _role(before: str, after: str) -> Role:
    clause = _STOP.split(before)[-1]
    if _LATE.search(clause + after[:16]) and _ENDING.search(clause[-8:] + after[:16]):
        return "late_end"
    label = _label(clause)
    if label and not label[2] and not (label[0] == "paid" and _TILL.match(after)):
        return label[0]
    if _DATED.match(after):
        return _first(_COMMA.split(after[:6])[0], {"receipt"}) or "dated"
    if any(pattern.match(after) for pattern in _ENDS):
        return _earlier_word(after) or "end"
    if _TILL.match(after):
        return "end" if _OWN_END.search(clause) and not after.startswith("までに") else "till"
    behind = _first(_COMMA.split(after)[0]) or _first(_beyond_comma(after))
    return behind or (label[0] if label else "other")


def _earlier_word(after: str) -> Role | None:
    """What happened on the day, told before its end is: 「9月1日に届いた通知の期限」."""
    role = _first(_COMMA.split(after)[0])
    return role if role in {"receipt", "dispatch", "filing", "registration", "service"} else None


def _beyond_comma(after: str) -> str:
    return _COMMA.split(_LEAD.sub("", after, count=1))[0]


def _first(clause: str, only: set[str] | None = None) -> Role | None:
    for match in _ANY.finditer(clause):
        role = _named(match)
        if only is None or role in only:
            return role
    return None


def _label(clause: str) -> tuple[Role, int, bool] | None:
    """The word that labels what follows: its role, where it stands, and whether it is loose."""
    for match in reversed(list(_ANY.finditer(clause))):
        glue = _GLUE.fullmatch(clause, match.end())
        if glue is None:
            return None
        return _named(match), match.start(), glue["weak"] is not None
    return None


def _named(match: re.Match[str]) -> Role:
    return next(role for role, _ in KEYWORDS if role == match.lastgroup)
