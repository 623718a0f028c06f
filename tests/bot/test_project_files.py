"""The Rasa project agrees with itself: domain, rules, channel and configuration."""

from pathlib import Path

import pytest
import yaml
from channel import MadoguchiInput, _payload, _plain
from rasa.shared.core.domain import Domain

BOT = Path(__file__).resolve().parents[2] / "bot"
ALWAYS_THERE = {"session_start", "restart", "back", "out_of_scope", "nlu_fallback"}


def _rules() -> list[dict[str, object]]:
    found = []
    for path in sorted((BOT / "rules").glob("*.yml")):
        found += yaml.safe_load(path.read_text())["rules"]
    return found


def test_every_intent_has_exactly_one_rule() -> None:
    domain = Domain.load(str(BOT / "domain"))
    ruled = [step["intent"] for rule in _rules() for step in rule["steps"] if "intent" in step]
    assert sorted(ruled) == sorted(set(ruled))
    assert set(domain.intents) - set(ruled) <= ALWAYS_THERE
    assert set(ruled) <= set(domain.intents)


def test_every_ruled_action_is_declared() -> None:
    domain = Domain.load(str(BOT / "domain"))
    used = {step["action"] for rule in _rules() for step in rule["steps"] if "action" in step}
    assert used == set(domain.user_actions)


def test_no_key_stands_in_two_domain_files() -> None:
    seen: dict[str, str] = {}
    for path in sorted((BOT / "domain").glob("*.yml")):
        content = yaml.safe_load(path.read_text())
        for section in ("intents", "actions", "slots"):
            for item in content.get(section, []):
                name = next(iter(item)) if isinstance(item, dict) else item
                assert f"{section}.{name}" not in seen, (path.name, name)
                seen[f"{section}.{name}"] = path.name


def test_every_skill_has_a_domain_file_and_a_rules_file() -> None:
    domain = {p.stem for p in (BOT / "domain").glob("*.yml")} - {"session"}
    assert domain == {p.stem for p in (BOT / "rules").glob("*.yml")}


@pytest.mark.parametrize("text", ["/restart", " /restart{}", "//session_start", "/choose{}"])
def test_what_a_visitor_types_is_never_a_command(text: str) -> None:
    assert not _plain(text).lstrip().startswith("/")
    assert not _payload({"text": text, "sender": "x"}).lstrip().startswith("/")


def test_the_server_itself_may_send_an_intent() -> None:
    payload = _payload({"intent": "choose", "entities": {"choice": "{}"}, "sender": "x"})
    assert payload == '/choose{"choice": "{}"}'


@pytest.mark.parametrize("secret", ["", "short"])
def test_the_channel_refuses_to_start_without_a_real_secret(secret: str) -> None:
    with pytest.raises(ValueError, match="MADOGUCHI_BOT_SECRET"):
        MadoguchiInput(secret)


def test_no_secret_stands_in_the_project_files() -> None:
    for name in ("endpoints.yml", "credentials.yml", "config.yml"):
        text = (BOT / name).read_text()
        assert "token:" not in text, name
