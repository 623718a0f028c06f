"""Signs what the browser keeps: the session and the form it is about to send; it opens nothing.

Every cookie lives under ``/console`` only, is out of reach of scripts and is not sent along when
another site posts to us. The key is derived from the installation's secret.
"""

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION = "madoguchi_session"
FORM = "madoguchi_form"
PATH = "/console"
FORM_SECONDS = 3600
"""How long a sign-in page may stay open before it must be loaded again."""


class Cookies:
    """The cookies of one installation. ``secure``: sent over HTTPS only."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._key = hmac.new(secret.encode(), b"console cookies", hashlib.sha256).hexdigest()
        self._sessions = URLSafeSerializer(self._key, salt="session")
        self._forms = URLSafeTimedSerializer(self._key, salt="form")
        self._secure = secure

    def session_of(self, connection: HTTPConnection) -> str | None:
        """The session token of a browser; ``None`` where there is none, or not one of ours."""
        try:
            token = self._sessions.loads(connection.cookies.get(SESSION, ""))
        except BadSignature:
            return None
        return token if isinstance(token, str) else None

    def keep_session(self, response: Response, token: str) -> None:
        """Let the browser keep a session until it closes (the server ends it earlier)."""
        self._set(response, SESSION, str(self._sessions.dumps(token)), same_site="lax")

    def forget(self, response: Response, name: str) -> None:
        """Let the browser forget a cookie."""
        response.delete_cookie(name, path=PATH, httponly=True, secure=self._secure)

    def new_form(self, response: Response, **kept: str) -> str:
        """Mark a form that leaves, and give the mark its hidden field must bring back."""
        mark = secrets.token_urlsafe(24)
        value = str(self._forms.dumps({**kept, "mark": mark}))
        # The identity provider sends the browser back from its own site: "strict" would lose it.
        self._set(response, FORM, value, same_site="lax")
        return mark

    def form_of(self, connection: HTTPConnection) -> dict[str, str]:
        """What was kept with a form, if its cookie is ours and not too old; else nothing."""
        try:
            kept = self._forms.loads(connection.cookies.get(FORM, ""), max_age=FORM_SECONDS)
        except BadSignature:
            return {}
        return kept if isinstance(kept, dict) else {}

    def proof(self, session_token: str) -> str:
        """What a form inside the console brings along: nobody else can know it."""
        return hmac.new(
            self._key.encode(), b"proof " + session_token.encode(), hashlib.sha256
        ).hexdigest()

    def _set(self, response: Response, name: str, value: str, *, same_site: str) -> None:
        response.set_cookie(
            name,
            value,
            path=PATH,
            httponly=True,
            secure=self._secure,
            samesite="strict" if same_site == "strict" else "lax",
        )


def same(left: str, right: str) -> bool:
    """Compare two secrets without telling how much of them fits; nothing equals nothing not."""
    return bool(left) and hmac.compare_digest(left.encode(), right.encode())
