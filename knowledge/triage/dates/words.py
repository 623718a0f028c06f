"""Decides which Japanese words name a time, as tables and pieces of regex; knows no calendar."""

import re

RECENT_MONTHS = 10
"""A day told without its year is taken as past if it lies at most so far back, else as to come:
people mostly write about a notice that has arrived, and rarely about one nearly a year old."""

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0}
ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
YEARS = {"一昨年": -2, "おととし": -2, "昨年": -1, "去年": -1, "今年": 0, "本年": 0}
YEARS |= {"ことし": 0, "来年": 1, "再来年": 2}
MONTHS = {"先々月": -2, "先月": -1, "今月": 0, "来月": 1, "再来月": 2}
WEEKS = {"先々週": -2, "先週": -1, "今週": 0, "来週": 1, "再来週": 2}
DAYS = {"今日": 0, "本日": 0, "今朝": 0, "今夜": 0, "今晩": 0, "きょう": 0}
DAYS |= {"昨日": -1, "きのう": -1, "昨夜": -1, "昨晩": -1, "ゆうべ": -1}
DAYS |= {"一昨日": -2, "おととい": -2, "おとつい": -2, "さきおととい": -3}
DAYS |= {"明日": 1, "あした": 1, "あす": 1, "明後日": 2, "あさって": 2, "しあさって": 3}
SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
SEASON_YEARS = {"昨": -1, "今": 0, "来": 1}
WEEKDAYS = "月火水木金土日"


def any_of(words: dict[str, int]) -> str:
    """A regex of the words, the longer ones first."""
    return "|".join(sorted(words, key=len, reverse=True))


NUM = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
Y4 = r"(?P<y4>(?:19|20)[0-9]{2}|[一二][〇零一二三四五六七八九]{3})"
ERA = r"(?<![A-Za-z])(?P<era>令和|平成|昭和|[RHS])"
YEAR = rf"(?:(?<![0-9]){Y4} ?年|{ERA} ?(?P<ey>元|{NUM}) ?年|(?P<ry>{any_of(YEARS)}))"
PART = r"(?P<part>末日|末|上旬|中旬|下旬|初旬|初め|はじめ|頭|半ば)"
TAIL = rf"(?:の?(?P<d>{NUM}) ?日(?!間)|の?{PART})?"
ARRIVED = r"に(?:届|来|受|発|着|出|展|公)|付|発送"
DUE = r"まで|必着|締|期限"
SOME_MONTHS = "[かカヵヶケ箇個]月"
AMOUNT = rf"(?:(?P<half>半)(?P<hu>年|月)|(?P<n>[0-9]{{1,3}}|{NUM}) ?(?P<u>日|週間|{SOME_MONTHS}|年)"
AMOUNT += r"(?P<plus>半)?)(?P<about>ほど|程度|程|くらい|ぐらい|以上|ちょっと|弱|強)?"
SEASON = rf"(?:(?:{YEAR}|この)の?(?P<s>[春夏秋冬])|(?P<sy>[昨今来])(?P<s2>[春夏秋冬]))(?!日)"
VAGUE = r"(?<!優)先日|最近|この前|この間|このあいだ"
VAGUE += rf"|(?:数日|数週間|数{SOME_MONTHS}|数年|しばらく|だいぶ|ずいぶん)前"
TODAY = r"一昨日|今日(?!的)|本日|今朝|今夜|今晩|昨日|昨夜|昨晩|ゆうべ|きのう|さきおととい|おととい"
TODAY += r"|おとつい|明後日|明日(?!香)|しあさって|あさって|あした"
TODAY += r"|(?:きょう|あす)(?=[はにのも、。]|まで|中|届|$)"

FRACTIONS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 10)}
"""Written with a slash these are shares of a fee more often than days."""

NOT_A_SHARE = re.compile(rf"の?(?:{ARRIVED})|必着|締|期限|\([{WEEKDAYS}]")
DUE_NEXT = re.compile(DUE)

OTHER_DAY = (
    "期限|締切り?|締め切り|満了日?|末日|出願日?|登録日?|公開日?|発売日?|納期|期日|更新日?|会議|展示会"
    "|発送日?|受領日?|到着|開催日?|発表|上場|その"
)
ANCHORED = {
    "前": re.compile(rf"(?:(?:{OTHER_DAY})の|その)$"),
    "後": re.compile(rf"(?:(?<!今)(?<!今日)(?<!本日)から|(?:{OTHER_DAY})の|その)$"),
}
"""What may stand before 「3日前」 or 「3日後」 when it is counted from another day than today."""

ROUGH_BEFORE = re.compile(r"(?:約|およそ|だいたい|たぶん|おそらく|確か|たしか)$")
ROUGH_AFTER = re.compile(r"(?:の?頃|の?ころ|の?ごろ|くらい|ぐらい|あたり|前後)")
