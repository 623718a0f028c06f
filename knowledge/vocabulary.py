"""The closed lists everyone shares: topics, needs, askers, rights, wants, registers, channels."""

from typing import Final

MISSION_TOPICS: Final = (
    "patents",
    "trademarks",
    "trade_secrets",
    "overseas",
    "startups",
    "fee_reduction",
)
"""The six topics that are the heart of the work."""

TOPICS: Final = (
    "patents",
    "trademarks",
    "designs",
    "trade_secrets",
    "overseas",
    "startups",
    "fee_reduction",
    "patent_search",
    "e_filing",
    "university",
    "contracts",
    "agriculture",
    "other_ip",
    "ip_management",
)
"""What an inquiry can be about (ARCHITECTURE.md §3)."""

WANTS: Final = ("human", "expert_session")
"""Topics only where no subject is named; beside a subject they are wishes."""

NO_SUBJECT: Final = (*WANTS, "smalltalk", "out_of_scope")
"""What ``topic`` may be when no subject is named."""

DESKLESS: Final = frozenset({"smalltalk", "out_of_scope"})
"""Topics for which no desk is named."""

NEEDS: Final = (
    "learn",
    "procedure",
    "deadline",
    "cost",
    "search",
    "strategy",
    "infringed",
    "accused",
    "contract",
    "use_money",
    "subsidy",
    "people",
    "record_change",
)

ASKERS: Final = (
    "sme",
    "sole",
    "individual",
    "founder",
    "mid",
    "large",
    "university",
    "support_body",
    "municipality",
    "attorney",
    "foreign",
)

RIGHTS: Final = ("patents", "utility_models", "designs", "trademarks", "plant_varieties")
"""Rights that have clocks (DOMAIN.md §1)."""

DIALOGUE_INTENTS: Final = ("affirm", "deny", "go_back", "start_over", "ask_why")
"""What a visitor says about the conversation itself."""

REGISTERS: Final = (
    "polite",
    "telegraphic",
    "angry",
    "rambling",
    "kansai",
    "dialect",
    "halfkana",
    "fullwidth",
    "typo",
    "romaji",
    "emoji",
    "voice",
    "craftsman",
    "founder",
    "clerk",
    "farmer",
    "researcher",
    "counsel",
    "plain",
)
