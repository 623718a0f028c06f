import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions import slots
from actions.registry import all_actions, make_executor
from actions.slots import read_state, write_state
from knowledge.conversations.replies import Reply
from knowledge.conversations.state import FormState, State
from knowledge.triage.facts import Facts
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import DIALOGUE_INTENTS, NO_SUBJECT, TOPICS
from tests.support.fake_rasa import BOT, call_of, parse, rules

SHOP = "静岡県の会社です。店の名前を商標登録したいです"
# One line a person would really say for each action.
SAID = {
    "action_answer_inquiry": SHOP,
    "action_ask_back": "あれの件なんですけど",
    "action_choose": None,
    "action_deny": "違います",
    "action_affirm": "はい",
    "action_go_back": "一つ前に戻って",
    "action_start_over": "最初からお願いします",
    "action_explain": "なぜ聞くのですか",
    "action_offer_person": "人と話したいです",
    "action_offer_session": "専門家に会いたいです",
    "action_smalltalk": "こんにちは",
    "action_out_of_scope": "明日の天気を教えて",
}


def _domain(key: str) -> list[Any]:
    found: list[Any] = []
    for path in sorted((BOT / "domain").glob("*.yml")):
        found += yaml.safe_load(path.read_text(encoding="utf-8")).get(key) or []
    return found


@pytest.fixture
def executor(reader: Any) -> ActionExecutor:
    return make_executor(reader)


async def _run(
    executor: ActionExecutor, action: str, body: dict[str, Any], held: dict[str, Any] | None = None
) -> tuple[Reply, dict[str, Any]]:
    result = await executor.run({**call_of(action, "c1", held or {}, parse(body)), "domain": {}})
    content = result.model_dump()
    (said,) = content["responses"]
    return Reply.model_validate(said["custom"]), {e["name"]: e["value"] for e in content["events"]}


def test_the_domain_and_the_registry_name_the_same_actions(reader: Any) -> None:
    registered = [action.name() for action in all_actions(reader)]

    assert sorted(registered) == sorted(_domain("actions"))
    assert len(set(registered)) == len(registered)


def test_every_action_stands_in_a_rule_and_every_rule_names_an_action() -> None:
    assert sorted(set(rules().values())) == sorted(_domain("actions"))


def test_every_intent_has_a_rule_and_every_topic_an_intent() -> None:
    intents = {name for entry in _domain("intents") for name in entry}

    assert intents == set(rules())
    assert {*TOPICS, *NO_SUBJECT, *DIALOGUE_INTENTS} <= intents


def test_domain_and_rules_have_one_file_per_skill_of_the_same_name() -> None:
    skills = {p.stem for p in (BOT / "rules").glob("*.yml")}

    assert {p.stem for p in (BOT / "domain").glob("*.yml")} - {"session"} == skills
    assert {p.stem for p in Path("actions").glob("*.py")} >= skills


def test_the_domain_the_state_and_the_slots_name_the_same_things() -> None:
    domain = set()
    for path in (BOT / "domain").glob("*.yml"):
        domain |= set(yaml.safe_load(path.read_text(encoding="utf-8")).get("slots") or {})

    assert domain == set(slots.ALL) == set(State.model_fields)


def test_slots_steer_no_prediction() -> None:
    content = yaml.safe_load((BOT / "domain" / "inquiry.yml").read_text(encoding="utf-8"))

    assert not [n for n, s in content["slots"].items() if s["influence_conversation"]]


def test_each_action_is_tried_here() -> None:
    assert set(SAID) == set(_domain("actions"))


@pytest.mark.parametrize("action", [name for name, said in SAID.items() if said])
async def test_each_action_answers_one_reply(executor: Any, action: str) -> None:
    reply, _ = await _run(executor, action, {"text": SAID[action]})

    assert reply.parts
    assert reply.basis.wording or reply.basis.rules


async def test_a_choice_is_acted_on_by_its_payload(executor: Any) -> None:
    body = {"intent": "choose", "entities": {"choice": json.dumps({"go": "person"})}}

    reply, remembered = await _run(executor, "action_choose", body)

    assert "職員" in reply.parts[0].model_dump()["text"]
    assert remembered["pending"] == "prefecture"


async def test_a_choice_without_a_payload_leads_to_the_list(executor: Any) -> None:
    reply, _ = await _run(executor, "action_choose", {"intent": "choose", "entities": {}})

    assert len(reply.parts[0].model_dump()["choices"]) == len(TOPICS) + 1


async def test_what_was_told_is_remembered_in_slots_and_used_by_the_next_turn(
    executor: Any,
) -> None:
    _, remembered = await _run(executor, "action_answer_inquiry", {"text": SHOP})
    assert remembered["facts"]["prefecture"] == "静岡県"
    assert remembered["inquiry"]["topic"] == "trademarks"

    reply, _ = await _run(executor, "action_offer_person", {"text": "人と話したい"}, remembered)

    assert "静岡" in json.dumps(reply.model_dump(mode="json"), ensure_ascii=False)


async def test_what_rasa_sends_back_is_json(executor: Any) -> None:
    _, remembered = await _run(executor, "action_answer_inquiry", {"text": SHOP})

    assert read_state(json.loads(json.dumps(remembered))).facts.prefecture == "静岡県"


FULL = State(
    inquiry=Understanding(text=SHOP, topic="trademarks", confidence=0.5, model_id="m"),
    facts=Facts(prefecture="静岡県", employees=5, rights=("trademarks",)),
    pending="date",
    asked=("right", "date"),
    misses=1,
    trail=(Understanding(text="前の話", topic="patents", confidence=1.0),),
    form=FormState(name="fees", answers={"known": {"claims": 10}}, asking="kind"),
)


def _slots_after(before: State, after: State, held: dict[str, Any]) -> dict[str, Any]:
    events = json.loads(json.dumps(write_state(before, after)))
    return held | {event["name"]: event["value"] for event in events}


def test_a_state_survives_the_way_through_the_slots() -> None:
    assert read_state(_slots_after(State(), FULL, {})) == FULL


def test_forgetting_survives_the_way_through_the_slots() -> None:
    held = _slots_after(State(), FULL, {})

    assert read_state(_slots_after(FULL, State(), held)) == State()


def test_an_unchanged_state_sets_no_slot() -> None:
    assert write_state(FULL, FULL) == []


def test_empty_slots_are_a_fresh_conversation() -> None:
    assert read_state({}) == State()
    assert read_state(dict.fromkeys(slots.ALL)) == State()
    assert read_state({"of_an_older_release": 1}) == State()
