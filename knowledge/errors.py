"""The one tree of failures we expect; anything outside it is a bug and answers 500.

::

    MadoguchiError                      500  internal
    ├── BadRequestError                 400  bad_request
    ├── NotAuthenticatedError           401  not_authenticated
    ├── NotFoundError                   404  not_found      (wrong token and unknown id alike)
    ├── ConflictError                   409  conflict
    │   └── MessageIdReusedError        409  client_message_id_reused
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


class NotFoundError(MadoguchiError):
    """Unknown id, or a token that does not open it: told apart by nobody."""

    code = "not_found"
    status = 404
    wording = "errors.not_found"


class ConflictError(MadoguchiError):
    """The request contradicts what is already recorded."""

    code = "conflict"
    status = 409
    wording = "errors.conflict"


class MessageIdReusedError(ConflictError):
    """The same ``client_message_id`` came again with other content."""

    code = "client_message_id_reused"
    wording = "errors.client_message_id_reused"


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
