"""Signals: many ways of saying one thing, and the neighbours that must stay silent."""

import pytest

from knowledge.errors import ContentError
from knowledge.text import normalise
from knowledge.triage.signals import find_signals, fold_for_matching, parse_table, shipped

SAID = {
    "warning_letter": [
        "知らない会社から警告書が届きました",
        "けいこくしょが来た。どうしたらいい",
        "弁護士名で内容証明が送られてきて困っています",
        "同業者から「うちの商標を侵害している」と書面で言われた",
        "看板の名前を使うなって手紙もろた",
        "輸入 代理店 から 警告 状 が 来 まし た",
        "販売を中止するよう求められました",
        "弁護士事務所からメールが来ました、意匠権のことで",
        "訴えるぞと電話で言われた",
        "ｹｲｺｸｼｮがﾄﾄﾞｲﾀ",
    ],
    "lawsuit": [
        "裁判所から訴状が届いた",
        "先週、販売差止めの仮処分を申し立てられたと通知が来ました",
        "特許侵害で訴えられました",
        "競合に裁判を起こされた",
        "裁判所から封筒が来てる。特許のことらしい",
    ],
    "customs_notice": [
        "税関から認定手続開始通知書が届きました",
        "仕入れたバッグが税関で止められた",
        "輸入した荷物が税関で止まっています",
        "税関からハガキが来て、商標がどうとか書いてある",
        "コンテナが通関でひっかかって税関から連絡があった",
    ],
    "ec_takedown": [
        "アマゾンの出品が停止された",
        "楽天の商品ページが知財侵害とかで削除されました",
        "メルカリのアカウント凍結されたんだけど商標のせい？",
        "権利者からの申告で出品停止になりました",
        "アプリストアから著作権で取り下げられた",
    ],
    "suspicious_invoice": [
        "商標を出したら英語の請求書が来た",
        "WIPOっぽいところから振込の案内が届いたけど本物？",
        "海外の知らない団体から登録料の請求書が届きました",
        "身に覚えのないインボイスがスロバキアから来た。払うべき？",
        "請求書が海外から郵送されてきて、払わないといけないのか不安です",
    ],
    "leak": [
        "退職した社員が顧客リストを持ち出したようです",
        "辞めたバイトにレシピ盗まれた",
        "元従業員がUSBで図面データをコピーしていた",
        "外注先から設計情報が流出しました",
        "解雇した従業員のパソコンのデータが消去されていた",
        "独立した職人がうちの作り方を使って商売しとる、秘密を持っていかれた",
        "サーバーに不正アクセスがあり技術資料を抜かれた",
    ],
    "personal_data_leak": [
        "辞めた店長がお客さんの名簿を持っていった",
        "元スタッフに会員情報をコピーされた",
    ],
    "customer_demands_drawings": [
        "得意先から金型の図面を出せと言われています",
        "発注元が製造ノウハウを無償で開示するよう迫ってくる",
        "大手メーカーにソースコードを渡せと要求されて困っている",
        "図面をよこせって元請けがうるさい",
        "親会社から、うちの特許を譲渡するよう求められました",
        "取引先が工程表を見せろと言うてきよる",
    ],
    "counterfeit_online": [
        "ネットでうちのバッグの偽物が売られている",
        "メルカリにパクリ商品が出てる",
        "アリババでうちの製品のコピー品が出回っています",
        "海外の通販サイトに模倣品が並んでいる",
    ],
    "counterfeit_border_in": [
        "中国製の偽物が日本に入ってきている。輸入を止めたい",
        "税関でにせ物を差し止めてもらうには",
        "模倣品が国内に流れ込んでいます",
        "コピー品の輸入を水際で防ぎたい",
    ],
    "bonin_shohyo": [
        "中国で先にうちのブランドを商標登録されていた",
        "台湾の業者が勝手にうちの店名を出願していた",
        "海外で商標を横取りされました",
        "冒認出願されたみたい",
    ],
    "subsidy_abroad": [
        "外国出願の補助金はありますか",
        "海外で特許を取る費用を助成してほしい",
        "PCTの費用に使える補助はないか",
        "アメリカに商標を出すのに、ほじょ金とか出ますか",
    ],
    "litigation_insurance": [
        "海外で訴えられたときの保険ってあるの",
        "知財の訴訟費用をカバーする保険に入りたい",
    ],
    "jplatpat_operation": [
        "J-PlatPatの使い方がわからない",
        "ジェイプラットパットでエラーが出る",
        "ｊ－ｐｌａｔｐａｔ 画面が固まる",
        "プラットパットの検索式の入力方法",
    ],
    "register_proof": [
        "登録原簿の写しを取りたい",
        "特許登録証をなくしたので再発行したい",
        "優先権証明書の請求のしかた",
        "商標の登録事項を証明する書類がほしい",
    ],
    "liquor_gi": [
        "日本酒のGIについて知りたい",
        "地理的表示を焼酎で取りたい",
        "うちの町のワイン、ＧＩになる？",
    ],
    "plant_variety": ["新しいいちごの品種登録をしたい", "育成者権って何", "苗を無断で増やされた"],
    "shogo_registration": [
        "会社名の登記の方法を知りたい",
        "商号を変更したい。商号変更登記はどこ",
        "屋号を届け出したい。開業届で足りる？",
        "法務局で社名を登記するには",
    ],
    "prior_use_shop_name": [
        "二十年前から使っている店名を、他の人に商標登録された",
        "先代からの屋号なのに、あとから登録した人に使うなと言われた",
    ],
    "prior_use_patent": [
        "先使用権の証拠の残し方",
        "昔からやっている加工方法なのに、よその会社が特許を取った",
    ],
    "conceal_or_file": [
        "特許を出すか秘密にするか迷っています",
        "特許を取らずにノウハウとして隠しておきたい",
        "分析しにくい材料なので特許は出したくないが、よそに権利を取られるのも困る",
        "黙っとくのと出願するのと、どっちがええやろ",
    ],
    "disclosed": [
        "先月展示会に出しました。特許はまだ出せますか",
        "インスタにあげちゃった",
        "クラファンで公開してしまった商品の意匠",
        "もう去年から販売しています。特許出願はできますか",
        "学会で発表しちゃったんですけど",
        "テレビで紹介された後でも出願できる？",
    ],
    "secret_order": [
        "先に海外へ出願してもよい技術か知りたい",
        "特許出願非公開制度とは",
        "安全保障貿易管理と特許の関係",
    ],
    "distress_or_threat": [
        "もう死にたいです",
        "夜逃げするしかない",
        "お前らの窓口に火をつけるぞ",
        "ぶっ殺す",
    ],
    "model_region": ["知財経営支援モデル地域に応募したい", "モデル地域創出事業って"],
    "pass_application": ["PASSに申し込みたい", "ＰＡＳＳを使うには", "プッシュ型の支援を受けたい"],
    "faster_exam": [
        "早期審査の手続",
        "審査を早くしてほしい",
        "急いで特許を取りたい",
        "最短で権利がほしい",
    ],
    "fp_opposition_design": [
        "意匠に異議を出したい",
        "異議申立を実用新案に対してしたい",
        "よそのデザイン登録に異議を言いたい",
    ],
    "fp_exam_request_utility": [
        "実用新案の審査請求はいつまで",
        "審査請求は実用新案でもいりますか",
        "実案の審査を頼みたい",
    ],
    "fp_trademark_reduction": [
        "商標の減免を受けたい",
        "商標登録料は中小企業なら半額？",
        "軽減申請は商標でも使えるか",
    ],
    "fp_trademark_sixty_days": [
        "商標の拒絶、60日ですよね",
        "商標の意見書は六十日以内で合ってますか",
        "意匠の拒絶理由の応答は2か月？",
    ],
    "fp_stamp_address": ["特許印紙で住所変更できますか", "名義の移転は特許印紙を貼る？"],
    "fp_renewal_notice": [
        "商標の更新の通知が来ない",
        "年金の期限のお知らせは届くの？",
        "更新のハガキ、何も来なかった",
    ],
    "fp_third": ["3分の1になるの？", "スタートアップは三分の一割引ですか"],
    "fp_jplatpat_abroad": [
        "J-PlatPatでベトナムの特許を調べたい",
        "新興国の商標はプラットパットで見られる？",
    ],
    "english_input": [
        "How can I apply for a patent in Japan?",
        "I want to register my trademark, please help",
    ],
    "chinese_input": ["请问如何申请日本专利", "我想在日本注册商标，需要多少钱？"],
}

SILENT = {
    "warning_letter": [
        "警告書を送りたい",
        "相手に警告書を出す前に確認することは",
        "J-PlatPatで警告画面が出る",
        "商標登録の費用を知りたい",
    ],
    "lawsuit": [
        "訴えられたらどうなるのか不安",
        "訴えられないように気をつけたい",
        "特許の審判について",
    ],
    "customs_notice": ["税関で偽物を止めてほしい", "税関の差止申立ての方法"],
    "ec_takedown": ["偽物の出品を削除してほしい", "アマゾンに出品したい"],
    "suspicious_invoice": [
        "インボイス制度に登録したい",
        "特許料の納付書をなくした",
        "海外の会社から損害賠償を請求された",
    ],
    "leak": [
        "情報が漏れないように社内ルールを作りたい",
        "退職者による持ち出しを防ぎたい",
        "営業秘密の管理方法",
        "後から入った社員の名刺のデザイン",
    ],
    "customer_demands_drawings": [
        "特許庁に図面を提出したい",
        "取引先とライセンス契約を結びたい",
        "取引先が図面を流出させた",
    ],
    "counterfeit_border_in": ["税関で荷物が止められた", "海外で偽物が売られている"],
    "cert_electronic": ["優先権証明書がほしい"],
    "register_proof": ["電子証明書の更新"],
    "shogo_registration": [
        "登記した会社名なのに使うなと言われた",
        "会社の登記があれば商標はいらない？",
        "特許の登録料",
    ],
    "disclosed": [
        "展示会に出す前に特許を出したい",
        "他社がうちと似たものを販売している",
        "来月発表する予定です",
    ],
    "conceal_or_file": ["秘密保持契約のひな形", "特許の出し方"],
    "distress_or_threat": ["殺虫剤の特許", "問い合わせが殺到している", "殺菌方法の出願"],
    "english_input": [
        "特許 patent",
        "tokkyo wo toritai desu",
        "kono NDA wa daijoubu desu ka",
        "J-PlatPat",
    ],
    "chinese_input": ["特許出願費用", "商標登録", "意匠登録 期間 費用"],
    "pass_application": ["パスワードを忘れた", "パスポート"],
    "fp_trademark_reduction": ["特許の減免を受けたい"],
    "litigation_insurance": ["健康保険のこと"],
}

RESERVED = {
    "registrability": [
        "この名前、登録できますか？",
        "うちの発明は特許になりますか",
        "これって特許取れそう？",
    ],
    "similarity": [
        "この2つのロゴ、似ていますか",
        "うちの商標と同じかどうか判断してください",
        "見比べて似てるか言うてほしい",
    ],
    "infringement": [
        "うちの製品は侵害になりますか",
        "この商品は他社の特許に引っかかるか教えて",
        "裁判したら勝てますか",
        "鑑定をお願いします",
    ],
    "contract_review": [
        "NDAのこの条文で大丈夫？",
        "契約書をチェックしてほしい",
        "この契約、サインしていい？",
    ],
    "what_to_answer": [
        "警告書が来た。無視していい？",
        "返事はどう書けばいいですか",
        "要求に応じるべきでしょうか",
    ],
    "choose_for_me": [
        "どの区分で出せばいいですか",
        "区分を選んでください",
        "どっちにするか決めてほしい",
    ],
    "draft_application": [
        "請求項を書いて",
        "明細書を作ってください",
        "意見書を添削してほしい",
        "出願書類を代わりに作成してもらえますか",
        "願書、そっちで書いてくれへん？",
    ],
    "draft_subsidy": ["補助金の申請書を代わりに書いてほしい", "助成金の書類を作成してください"],
    "valuation": ["うちの特許の値段をつけてほしい", "この商標はいくらで売れますか"],
    "best_attorney": ["いい弁理士を紹介してください", "どの弁理士が一番いいの"],
    "filing_for_me": ["代わりに出願してください", "相手に電話して注意してもらえますか"],
    "is_deadline_safe": ["期限は大丈夫ですよね", "間に合うと言い切ってください"],
}

INFORMS = [
    "特許と実用新案の違いを知りたい",
    "警告書が来た。どこに相談すればいいですか",
    "侵害かどうか判断してもらえる窓口はどこですか",
    "自分で願書を書くので記載例を見たい",
    "契約書のひな形はありますか",
    "似た商標の調べ方を教えてください",
    "弁理士の探し方",
    "9月1日発送の拒絶理由、いつまで",
    "契約書を見てくれる専門家を知りたい",
    "補助金の申請書の書き方の説明会はありますか",
    "区分の考え方を教えてください",
    "特許になる条件は何ですか",
    "商標を登録するにはいくらかかりますか",
]

EVENTS = {
    "office_action": ["拒絶理由通知が届いた", "特許庁から拒絶の紙が来た", "意見書の期限"],
    "refusal_appeal": ["拒絶査定が届いた", "不服審判はいつまで"],
    "exam_request": ["審査請求の期限", "しんさせいきゅうっていつまで"],
    "opposition": ["異議申立をしたい", "他社の登録に異議を言いたい"],
    "trademark_renewal": ["商標の更新はいつ", "ロゴの登録、10年の満了が近い"],
    "annuity": ["特許の年金はいつまで", "維持年金の納付"],
    "registration_fee": ["登録査定が届いた。登録料はいつまで", "設定登録料の期限"],
    "novelty_grace": ["展示会で発表した後に特許を出したい。先月出展しました", "新規性喪失の例外"],
    "priority": ["優先権の期限", "外国に出願するのは何か月以内"],
    "pct_national_phase": ["国内移行の期限は"],
    "restoration": ["更新を忘れて商標が切れてしまった", "権利の回復をしたい"],
    "customs_procedure": ["税関から認定手続の通知が来た"],
    "lawsuit": ["訴状が来た"],
    "warning_letter": ["警告書が来た"],
    "data_breach": ["会員情報が流出した"],
}

ASKERS = {
    "sole": ["個人事業主です", "一人親方でやっとります"],
    "university": ["本学の研究者の発明について", "大学の知財部です"],
    "municipality": ["市役所の産業振興課です", "本市の特産品について"],
    "support_body": ["商工会議所の経営指導員です", "信用金庫の職員です"],
    "large": ["当社は東証プライム上場です", "大企業の知財部です"],
    "founder": ["起業準備中です", "スタートアップの代表です"],
    "attorney": ["弁理士です", "特許事務所の者です"],
    "foreign": ["海外に本社がある会社の日本支社です"],
    "individual": ["主婦です", "個人で発明しました"],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), cases(SAID))
def test_a_signal_is_found_in_many_ways_of_saying_it(name: str, text: str) -> None:
    assert name in find_signals(text).names


@pytest.mark.parametrize(("name", "text"), cases(SILENT))
def test_a_neighbouring_matter_does_not_raise_the_signal(name: str, text: str) -> None:
    assert name not in find_signals(text).names


@pytest.mark.parametrize(("kind", "text"), cases(RESERVED))
def test_what_the_law_reserves_is_recognised(kind: str, text: str) -> None:
    assert kind in find_signals(text).reserved


@pytest.mark.parametrize("text", INFORMS)
def test_asking_for_information_is_not_asking_for_judgement(text: str) -> None:
    assert find_signals(text).reserved == ()


@pytest.mark.parametrize(("event", "text"), cases(EVENTS))
def test_the_event_that_starts_a_period_is_found(event: str, text: str) -> None:
    assert find_signals(text).events[0] == event


@pytest.mark.parametrize(("asker", "text"), cases(ASKERS))
def test_who_asks_is_read_from_the_text(asker: str, text: str) -> None:
    assert find_signals(text).asker == asker


def test_the_other_side_is_not_taken_for_the_asker() -> None:
    for text in (
        "大学と共同研究をしたい",
        "大手から警告が来た",
        "弁理士に頼みたい",
        "銀行に融資を相談したい",
    ):
        assert find_signals(text).asker is None


def test_blanks_between_japanese_words_are_ignored_and_offsets_kept() -> None:
    text = normalise("えっと  警告 書 が PCT 出願")
    folded = fold_for_matching(text)
    at = folded.text.index("警告書")
    assert text[folded.original(at)] == "警"
    assert "pct" in folded.text


def test_blanks_between_latin_words_stay() -> None:
    assert fold_for_matching("How can I").text == "how can i"


def test_the_place_of_the_event_is_told() -> None:
    text = "展示会は4月1日、拒絶理由通知は9月1日"
    at = find_signals(text).event_at
    assert at is not None
    assert text[at:].startswith("拒絶")


def test_every_signal_names_the_rule_it_serves() -> None:
    assert [one.name for one in shipped().signals if not one.rule] == []


def test_every_false_premise_and_every_kind_of_judgement_has_its_sentence() -> None:
    from knowledge.wording.service import shipped as wording

    keys = wording().keys()
    for one in shipped().signals:
        if one.name.startswith("fp_"):
            assert f"triage.notice_false_premise_{one.name.removeprefix('fp_')}" in keys
    for one in shipped().reserved:
        assert f"triage.notice_judgement_{one.name}" in keys


def test_every_event_is_a_clock() -> None:
    from knowledge.triage.start_days import shipped_clocks

    assert {one.name for one in shipped().events} <= set(shipped_clocks().events)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"signals": {"x": {"rule": "R1", "any": ["<nowhere>"]}}},
        {"signals": {"x": {"rule": "R1", "any": ["("]}}},
        {"signals": {"x": {"rule": "R1", "anyone": ["a"]}}},
    ],
)
def test_a_broken_table_is_refused_with_the_path(spoiled: dict[str, object]) -> None:
    raw: dict[str, object] = {
        "words": {},
        "signals": {},
        "reserved": {},
        "events": {},
        "askers": {},
        "abroad": [],
    }
    with pytest.raises(ContentError, match=r"signals\.x"):
        parse_table({**raw, **spoiled})
