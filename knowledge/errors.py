"""The one tree of failures we expect; anything outside it is a bug and answers 500.

::

    MadoguchiError                      500  internal
    ├── BadRequestError                 400  bad_request
    ├── NotAuthenticatedError           401  not_authenticated
    ├── NotAllowedError                 403  not_allowed    (known, but not in this role)
    │   └── OriginNotAllowedError       403  origin_not_allowed
    ├── OutsidePrefectureError          403  outside_prefecture
    ├── NotFoundError                   404  not_found      (wrong token and unknown id alike)
    ├── TooSlowError                    408  too_slow
    ├── ConflictError                   409  conflict
    │   ├── SlotTakenError              409  slot_taken
    │   ├── SlotNotOpenError            409  slot_not_open
    │   ├── TooLateToChangeError        409  too_late_to_change
    │   ├── BookingClosedError          409  booking_closed
    │   ├── ExpertRulesError            409  expert_rules   (carries ``fields``)
    │   ├── MessageIdReusedError        409  client_message_id_reused
    │   ├── AlreadyClaimedError         409  already_claimed (``detail`` names who has it)
    │   └── NotClaimedError             409  not_claimed    (claim the case first)
    ├── TooLargeError                   413  too_large
    ├── InvalidInputError               422  invalid_input  (carries ``fields``)
    │   ├── TextTooLongError            422  text_too_long
    │   ├── EmptyTextError              422  text_empty
    │   └── UnknownChoiceError          422  unknown_choice
    ├── TooManyRequestsError            429  too_many_requests
    ├── UnavailableError                503  unavailable
    │   ├── BotUnavailableError         503  bot_unavailable
    │   └── DatabaseBusyError           503  database_busy
    └── ContentError                    500  content_invalid (start-up and ``content check`` only)

Each class names a stable ``code``, the HTTP status and the wording key that says it to a person.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field of the input and why it was refused (Japanese, shown to the person)."""

    field: str
    reason: str


class MadoguchiError(Exception):
    """Root of the tree. ``detail`` never quotes what a visitor typed."""

    code = "internal"
    status = 500
    wording = "errors.internal"

    def __init__(self, detail: str | None = None, *, fields: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.fields = fields


class BadRequestError(MadoguchiError):
    """The body could not be read at all (broken JSON)."""

    code = "bad_request"
    status = 400
    wording = "errors.bad_request"


class NotAuthenticatedError(MadoguchiError):
    """No bearer token was sent."""

    code = "not_authenticated"
    status = 401
    wording = "errors.not_authenticated"


class NotAllowedError(MadoguchiError):
    """A known member of staff lacks the role for it; what may not even be known answers 404."""

    code = "not_allowed"
    status = 403
    wording = "errors.not_allowed"


class OriginNotAllowedError(NotAllowedError):
    """A page of another site asked for a change (a forged request)."""

    code = "origin_not_allowed"
    wording = "errors.origin_not_allowed"


class NotFoundError(MadoguchiError):
    """Unknown id, or a token that does not open it: told apart by nobody."""

    code = "not_found"
    status = 404
    wording = "errors.not_found"


class TooSlowError(MadoguchiError):
    """The body did not arrive in time."""

    code = "too_slow"
    status = 408
    wording = "errors.too_slow"


class ConflictError(MadoguchiError):
    """The request contradicts what is already recorded."""

    code = "conflict"
    status = 409
    wording = "errors.conflict"


class MessageIdReusedError(ConflictError):
    """The same ``client_message_id`` came again with other content."""

    code = "client_message_id_reused"
    wording = "errors.client_message_id_reused"


class SlotTakenError(ConflictError):
    """Somebody else has this slot, or holds it just now."""

    code = "slot_taken"
    wording = "bookings.slot_taken"


class SlotNotOpenError(ConflictError):
    """The slot exists in no calendar, or is too near, too far or past."""

    code = "slot_not_open"
    wording = "bookings.slot_not_open"


class TooLateToChangeError(ConflictError):
    """The session begins too soon (or has begun) to be moved or cancelled."""

    code = "too_late_to_change"
    wording = "bookings.too_late_to_change"


class BookingClosedError(ConflictError):
    """The booking is cancelled, declined or over: nothing can be changed any more."""

    code = "booking_closed"
    wording = "bookings.booking_closed"


class ExpertRulesError(ConflictError):
    """A rule for experts (DUTIES.md §D) is not met; ``fields`` names each with its reason."""

    code = "expert_rules"
    wording = "bookings.expert_rules"


class OutsidePrefectureError(MadoguchiError):
    """The company is not in the desk's prefecture, and INPIT gave no instruction (C3, C4)."""

    code = "outside_prefecture"
    status = 403
    wording = "bookings.outside_prefecture"


class AlreadyClaimedError(ConflictError):
    """Another member of staff has the case; ``detail`` names them."""

    code = "already_claimed"
    wording = "errors.already_claimed"


class NotClaimedError(ConflictError):
    """Only who has claimed a case may speak in it, pass it on or close it."""

    code = "not_claimed"
    wording = "errors.not_claimed"


class TooLargeError(MadoguchiError):
    """The body is over 64 KB."""

    code = "too_large"
    status = 413
    wording = "errors.too_large"


class InvalidInputError(MadoguchiError):
    """The body can be read, but a field is not usable."""

    code = "invalid_input"
    status = 422
    wording = "errors.invalid_input"


class TextTooLongError(InvalidInputError):
    """A message of more than 5,000 characters."""

    code = "text_too_long"
    wording = "errors.text_too_long"


class EmptyTextError(InvalidInputError):
    """Nothing is left of the message after normalisation."""

    code = "text_empty"
    wording = "errors.text_empty"


class UnknownChoiceError(InvalidInputError):
    """A choice this server did not offer in this conversation."""

    code = "unknown_choice"
    wording = "errors.unknown_choice"


class TooManyRequestsError(MadoguchiError):
    """A rate limit was reached."""

    code = "too_many_requests"
    status = 429
    wording = "errors.too_many_requests"


class UnavailableError(MadoguchiError):
    """A part we need does not answer just now."""

    code = "unavailable"
    status = 503
    wording = "errors.unavailable"


class BotUnavailableError(UnavailableError):
    """Rasa is down, silent, or answered with an error."""

    code = "bot_unavailable"
    wording = "errors.bot_unavailable"


class DatabaseBusyError(UnavailableError):
    """The database stayed locked past the busy time-out."""

    code = "database_busy"
    wording = "errors.database_busy"


class ContentError(MadoguchiError):
    """Reviewed content breaks its own rules; ``detail`` lists every finding, path first."""

    code = "content_invalid"
    wording = "errors.internal"
