"""How labels, states and shares are said on the maintainers' pages; pure."""

from knowledge.training.dealing import INTENTS
from knowledge.vocabulary import ASKERS, NEEDS, REGISTERS
from knowledge.wording import say

TALK = {
    "affirm": "maintain.intent_affirm",
    "deny": "maintain.intent_deny",
    "go_back": "maintain.intent_go_back",
    "start_over": "maintain.intent_start_over",
    "ask_why": "maintain.intent_ask_why",
    "nlu_fallback": "maintain.intent_asked_back",
}
NEED_NAMES = dict(
    zip(
        NEEDS,
        (
            "maintain.need_learn",
            "maintain.need_procedure",
            "maintain.need_deadline",
            "maintain.need_cost",
            "maintain.need_search",
            "maintain.need_strategy",
            "maintain.need_infringed",
            "maintain.need_accused",
            "maintain.need_contract",
            "maintain.need_use_money",
            "maintain.need_subsidy",
            "maintain.need_people",
            "maintain.need_record_change",
        ),
        strict=True,
    )
)
ASKER_NAMES = dict(
    zip(
        ASKERS,
        (
            "maintain.asker_sme",
            "maintain.asker_sole",
            "maintain.asker_individual",
            "maintain.asker_founder",
            "maintain.asker_mid",
            "maintain.asker_large",
            "maintain.asker_university",
            "maintain.asker_support_body",
            "maintain.asker_municipality",
            "maintain.asker_attorney",
            "maintain.asker_foreign",
        ),
        strict=True,
    )
)
REASONS = {
    "wrong_desk": ("maintain.reason_wrong_desk", "bad"),
    "thumbs_down": ("maintain.reason_thumbs_down", "bad"),
    "no_answer": ("maintain.reason_no_answer", "warn"),
    "asked_back": ("maintain.reason_asked_back", "warn"),
    "unsure": ("maintain.reason_unsure", ""),
    "unusual": ("maintain.reason_unusual", ""),
}
STATES = {
    "candidate": ("maintain.release_candidate", "key"),
    "promoting": ("maintain.release_promoting", "warn"),
    "live": ("maintain.release_live", "good"),
    "former": ("maintain.release_former", ""),
    "broken": ("maintain.release_broken", "bad"),
    "gone": ("maintain.release_gone", ""),
}
RUN_STATES = {
    "queued": ("maintain.run_queued", "key"),
    "running": ("maintain.run_running", "warn"),
    "done": ("maintain.run_done", "good"),
    "failed": ("maintain.run_failed", "bad"),
    "cancelled": ("maintain.run_cancelled", ""),
}
EVENTS = {
    "trained": "maintain.event_trained",
    "promoted": "maintain.event_promoted",
    "live": "maintain.event_live",
    "broken": "maintain.event_broken",
    "rolled_back": "maintain.event_rolled_back",
}


def intent(name: str | None) -> str:
    """What a message is about, or what was said of the conversation itself."""
    if name is None:
        return say("maintain.nothing_understood")
    return say(TALK[name]) if name in TALK else say(f"topics.{name}")


def intents() -> list[tuple[str, str]]:
    """Every intent to pick from."""
    return [(name, intent(name)) for name in INTENTS]


def needs() -> list[tuple[str, str]]:
    """Every need to pick from, after "none"."""
    none = ("", say("maintain.none"))
    return [none, *((name, say(key)) for name, key in NEED_NAMES.items())]


def askers() -> list[tuple[str, str]]:
    """Every asker to pick from, after "none"."""
    none = ("", say("maintain.none"))
    return [none, *((name, say(key)) for name, key in ASKER_NAMES.items())]


def registers() -> list[tuple[str, str]]:
    """Every way of writing to pick from."""
    return [(name, name) for name in REGISTERS]


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.0f}%"
