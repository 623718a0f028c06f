"""The web process: our application under uvicorn, ending its streams when it is told to stop."""

import sys
from types import FrameType

import uvicorn

from api.bot import bot_http
from api.runtime.app import create_app
from api.runtime.console import ConsoleSettings
from api.runtime.line import line_settings
from api.runtime.logs import configure
from api.runtime.prepare import open_engine, unlock
from api.runtime.settings import Settings
from api.runtime.training import roots

GRACEFUL_SECONDS = 3


class StoppingServer(uvicorn.Server):
    """Ends the event streams first: an open page would keep the server alive."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop listening to visitors, then stop."""
        app = self.config.app
        parts = getattr(getattr(app, "state", None), "parts", None)
        if parts is not None:
            parts.events.stop()
        super().handle_exit(sig, frame)


def console_settings(settings: Settings, secret: str) -> ConsoleSettings:
    """What the console is told: its cookies are signed with a key derived from our own secret."""
    provider = None
    if settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret:
        hidden = settings.oidc_client_secret.get_secret_value()
        provider = (settings.oidc_issuer, settings.oidc_client_id, hidden)
    return ConsoleSettings(
        secret=secret,
        secure=settings.is_production,
        provider=provider,
        site=settings.public_url or "",
        roots=lambda: roots(settings),
    )


def main() -> int:
    """Run until told to stop."""
    settings = Settings()
    configure(settings.log_level)
    secrets = unlock(settings)
    app = create_app(
        engine=open_engine(settings),
        bot_http=bot_http(url=f"http://127.0.0.1:{settings.rasa_port}", secret=secrets.bot_secret),
        bot_secret=secrets.bot_secret,
        models_dir=settings.models_dir,
        retention_days=settings.retention_days,
        allowed_origins=settings.allowed_origins,
        rate_limits=settings.rate_limits == "on",
        site=settings.site,
        https_only=settings.is_production,
        console=console_settings(settings, secrets.bot_secret),
        line=line_settings(settings),
    )
    server = StoppingServer(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
    )
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
