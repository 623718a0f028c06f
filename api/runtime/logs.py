"""JSON log lines without user text.

What a visitor typed and who she is may be confidential: fields of these names never leave the
process, whatever the level, and long digit groups and mail addresses inside messages are masked.
"""

import logging
import re
import sys

from pythonjsonlogger.json import JsonFormatter

FORBIDDEN_FIELDS = frozenset(
    {
        "address",
        "answer",
        "body",
        "company",
        "contact",
        "content",
        "email",
        "label",
        "message_text",
        "phone",
        "question",
        "summary",
        "text",
        "token",
        "understanding",
    }
)

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d(?!\d))\+?\d[\d-]{8,}\d(?![\w-])")


def mask_personal_data(line: str) -> str:
    """Mail addresses and phone-like numbers become placeholders."""
    return _LONG_NUMBER.sub("[number]", _MAIL.sub("[mail]", line))


def _discreet(value: object) -> object:
    """A value as it may be written, however deep it is nested."""
    if isinstance(value, str):
        return mask_personal_data(value)
    if isinstance(value, dict):
        return {k: _discreet(v) for k, v in value.items() if k not in FORBIDDEN_FIELDS}
    if isinstance(value, list | tuple):
        return [_discreet(item) for item in value]
    return value


class DiscreetFormatter(JsonFormatter):
    """JSON lines; forbidden fields dropped, personal data masked, exceptions without values.

    A traceback's last line carries the exception's message, which may quote input: only the
    type and the places are kept.
    """

    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        """Drop what must not be written, mask what looks personal."""
        return {
            key: _discreet(value) for key, value in log_data.items() if key not in FORBIDDEN_FIELDS
        }

    def formatException(self, ei: object) -> str:  # noqa: N802  (name given by logging)
        """Type and places of an exception, without its message."""
        if not isinstance(ei, tuple) or ei[0] is None:
            return ""
        kind, _, trace = ei
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
            trace = trace.tb_next
        return f"{kind.__name__} at {' > '.join(places[-8:])}"


def configure(level: str) -> None:
    """Send all log lines of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        DiscreetFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "at", "levelname": "level", "name": "part"},
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "huey", "uvicorn.access", "rasa_sdk"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
