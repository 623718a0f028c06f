"""Everything an operator may set, by environment variable or ``.env``; no secret has a default.

``.env.example`` lists each setting; a test keeps the two alike.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Literal

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PLACEHOLDERS = {"changeme", "change-me", "secret", "password", "placeholder"}
MIN_SECRET_LENGTH = 32
SECRETS_FILE = "secrets.json"
LINE_API_URL = "https://api.line.me"


class Settings(BaseSettings):
    """Settings of one installation (prefix ``MADOGUCHI_``)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_", env_file=".env", extra="ignore")

    env: Literal["development", "production"] = Field(
        default="development",
        description="production refuses sample data and secrets it made itself",
    )
    host: str = Field(default="127.0.0.1", description="address the web server listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="port of the web server")
    public_url: str | None = Field(
        default=None,
        description="address visitors reach this installation under; links in mails begin with it",
    )
    data_dir: Path = Field(
        default=Path("var"), description="folder of databases, models and exports"
    )
    database_url: str | None = Field(
        default=None, description="product database; empty: SQLite in the data folder"
    )
    redis_url: str | None = Field(
        default=None, description="Redis for several workers; empty: queue on SQLite"
    )
    rate_limits: Literal["on", "off"] = Field(default="on", description="off for load tests only")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="other sites that may embed the widget, separated by commas"
    )
    retention_days: int = Field(
        default=90, ge=1, le=3650, description="days after which a conversation is deleted"
    )
    train_at_start: Literal["auto", "off"] = Field(
        default="auto",
        description="auto trains when sentences or pipeline changed; off keeps the live model",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="least important log line that is written"
    )
    bot_secret: SecretStr | None = Field(
        default=None, description="shared by web server and Rasa; 32 characters or more"
    )
    text_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Fernet keys of stored texts, newest first, separated by commas"
    )
    rasa_port: int | None = Field(
        default=None, description="port of Rasa on 127.0.0.1; empty: a free one"
    )

    smtp_url: SecretStr | None = Field(
        default=None, description="mail server, smtp://user:password@host:587; empty: no mail"
    )
    mail_from: str = Field(
        default="madoguchi@localhost", description="sender of mails, as an address"
    )
    line_channel_secret: SecretStr | None = Field(
        default=None, description="LINE channel secret (signs webhooks); empty: no LINE"
    )
    line_channel_token: SecretStr | None = Field(
        default=None, description="LINE channel access token (for answers)"
    )
    line_api_url: str = Field(
        default=LINE_API_URL, description="Messaging API; another address only in development"
    )
    webhook_url: str | None = Field(
        default=None, description="address that is told of events of cases; empty: none"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="signs what is told there; 32 characters or more"
    )
    case_retention_days: int = Field(
        default=1095, ge=1, le=3650, description="days after which a closed case is deleted"
    )
    oidc_issuer: str | None = Field(
        default=None, description="identity provider of staff (OpenID Connect); empty: none"
    )
    oidc_client_id: str | None = Field(default=None, description="our id at the identity provider")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="our secret at the identity provider"
    )

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("text_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(SecretStr(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "public_url", "database_url", "redis_url", "bot_secret", "rasa_port", mode="before"
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("smtp_url", "webhook_url", "webhook_secret", mode="before")
    @classmethod
    def _empty_delivery_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _check_webhook(self) -> "Settings":
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if self.webhook_url is not None and len(secret) < MIN_SECRET_LENGTH:
            raise ValueError(
                "MADOGUCHI_WEBHOOK_URL needs MADOGUCHI_WEBHOOK_SECRET (32 characters or more);"
                " make one with: madoguchi secrets"
            )
        return self

    @field_validator("line_channel_secret", "line_channel_token", mode="before")
    @classmethod
    def _empty_line_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _check_line(self) -> "Settings":
        if (self.line_channel_secret is None) != (self.line_channel_token is None):
            raise ValueError("MADOGUCHI_LINE_CHANNEL_SECRET and _TOKEN go together")
        if self.is_production and self.line_api_url != LINE_API_URL:
            raise ValueError(f"MADOGUCHI_LINE_API_URL must be {LINE_API_URL} in production")
        return self

    @field_validator("oidc_issuer", "oidc_client_id", "oidc_client_secret", mode="before")
    @classmethod
    def _empty_oidc_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _check_oidc(self) -> "Settings":
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(given) and not all(given):
            raise ValueError("MADOGUCHI_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET go together")
        return self

    @model_validator(mode="after")
    def _check_secret(self) -> "Settings":
        if self.bot_secret is not None:
            secret = self.bot_secret.get_secret_value()
            if len(secret) < MIN_SECRET_LENGTH or secret.lower() in PLACEHOLDERS:
                raise ValueError(
                    "MADOGUCHI_BOT_SECRET is too short or a placeholder;"
                    " make one with: madoguchi secrets"
                )
        return self

    @field_validator("text_keys")
    @classmethod
    def _check_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in value:
            try:
                Fernet(key.get_secret_value())
            except ValueError:
                raise ValueError(
                    "MADOGUCHI_TEXT_KEYS has an unusable key; make one with: madoguchi secrets"
                ) from None
        return value

    @property
    def site(self) -> str:
        """The address of this installation in links; never taken from what a client sends."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def sqlite_url(self) -> str:
        """URL of the embedded product database."""
        return f"sqlite:///{(self.data_dir / 'madoguchi.db').resolve()}"

    @property
    def effective_database_url(self) -> str:
        """URL of the product database in use."""
        return self.database_url or self.sqlite_url

    @property
    def models_dir(self) -> Path:
        """Where trained models lie."""
        return self.data_dir / "models"

    @property
    def is_production(self) -> bool:
        """Whether this is a real installation."""
        return self.env == "production"


class Secrets:
    """The secrets in use: what the operator set, else what this installation made for itself."""

    def __init__(self, bot_secret: str, text_keys: tuple[str, ...]) -> None:
        self.bot_secret = bot_secret
        self.text_keys = text_keys


def new_secrets() -> dict[str, object]:
    """Fresh random secrets, as they are kept in ``secrets.json``."""
    return {
        "bot_secret": Fernet.generate_key().decode(),
        "text_keys": [Fernet.generate_key().decode()],
    }


def resolve_secrets(settings: Settings) -> Secrets:
    """Take the configured secrets; in development make and keep missing ones (mode 0600).

    Raises:
        SystemExit: production without configured secrets.
    """
    if settings.bot_secret and settings.text_keys:
        keys = tuple(key.get_secret_value() for key in settings.text_keys)
        return Secrets(settings.bot_secret.get_secret_value(), keys)
    if settings.is_production:
        raise SystemExit(
            "MADOGUCHI_BOT_SECRET と MADOGUCHI_TEXT_KEYS を設定してください。"
            "値は `madoguchi secrets` で作れます。"
        )
    path = settings.data_dir / SECRETS_FILE
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(new_secrets(), file)
    kept = json.loads(path.read_text())
    bot = settings.bot_secret.get_secret_value() if settings.bot_secret else kept["bot_secret"]
    keys = tuple(key.get_secret_value() for key in settings.text_keys) or tuple(kept["text_keys"])
    return Secrets(bot, keys)
