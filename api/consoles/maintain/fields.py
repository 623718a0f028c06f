"""What the fields of an entry are called, for people and in files, and how they are filled in."""

from knowledge.wording import say

LONG = frozenset(
    {"answer", "offers", "audience", "conditions", "numbers", "contact", "status_note", "url_note"}
)
"""Texts that get more than one line, as lists do."""
FIELDS = {
    "title": "maintain.field_title",
    "name": "maintain.field_title",
    "name_en": "maintain.field_name_en",
    "kind": "maintain.field_kind",
    "category": "maintain.field_category",
    "questions": "maintain.field_questions",
    "topic": "maintain.field_topic",
    "topics": "maintain.field_topics",
    "also": "maintain.field_also",
    "needs": "maintain.field_needs",
    "askers": "maintain.field_askers",
    "answer": "maintain.field_answer",
    "points": "maintain.field_points",
    "fence": "maintain.field_fence",
    "programmes": "maintain.field_programmes",
    "desk": "maintain.field_desk",
    "other_desks": "maintain.field_other_desks",
    "desk_basis": "maintain.field_desk_basis",
    "operator": "maintain.field_operator",
    "audience": "maintain.field_audience",
    "conditions": "maintain.field_conditions",
    "numbers": "maintain.field_numbers",
    "contact": "maintain.field_contact",
    "url": "maintain.field_url",
    "url_note": "maintain.field_url_note",
    "status": "maintain.field_status",
    "status_note": "maintain.field_status_note",
    "successor": "maintain.field_successor",
    "sources": "maintain.field_sources",
    "reviewed_on": "maintain.field_reviewed_on",
    "review_on": "maintain.field_review_on",
    "valid_to": "maintain.field_valid_to",
    "valid_from": "maintain.field_valid_from",
    "unconfirmed": "maintain.field_unconfirmed",
    "aliases": "maintain.field_aliases",
    "rounds": "maintain.field_rounds",
    "offers": "maintain.field_offers",
}
HINTS = {
    "sources": "maintain.hint_parts",
    "rounds": "maintain.hint_round",
    "fence": "maintain.hint_fence",
    "review_on": "maintain.hint_day",
    "valid_from": "maintain.hint_day",
    "valid_to": "maintain.hint_day",
    "reviewed_on": "maintain.hint_day",
}


def field_name(name: str) -> str:
    """A field as people call it, with its name in files."""
    key = FIELDS.get(name)
    return f"{say(key)}（{name}）" if key else name


def hint(name: str, *, is_list: bool) -> str:
    """How it is filled in, empty where that is plain."""
    key = HINTS.get(name)
    if key is not None:
        return say(key)
    return say("maintain.hint_list") if is_list else ""


def rows_of(name: str, value: str, *, is_list: bool) -> int:
    """Lines of its box; 0 for a single line. What has parts is long in every line."""
    if name not in LONG and not is_list:
        return 0
    lines = value.count("\n") + (len(value) // 80 if name in HINTS else 0)
    return min(12, max(2, lines + 2))
