"""Makes an installation ready: secrets, tables, content. Safe to run at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from api.runtime.paths import CONTENT, ROOT
from api.runtime.settings import Secrets, Settings, resolve_secrets
from knowledge.content_loader import LoadReport, load
from knowledge.conversations import switches
from knowledge.database import keyring, make_engine, transaction

MIGRATIONS = ROOT / "knowledge" / "migrations"


def unlock(settings: Settings) -> Secrets:
    """Resolve the secrets and open the keyring of stored texts."""
    secrets = resolve_secrets(settings)
    keyring.set(secrets.text_keys)
    return secrets


def migrate(database_url: str) -> None:
    """Bring the tables to the newest version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")


def load_content(engine: Engine, root: Path = CONTENT) -> LoadReport:
    """Load the shipped content; edits made in the database are kept and reported."""
    with transaction(engine) as session:
        report = load(session=session, root=root)
        switches.reapply(session=session)
        return report


def open_engine(settings: Settings) -> Engine:
    """The engine of this process, for tables that exist already."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return make_engine(settings.effective_database_url)


def prepare(settings: Settings) -> LoadReport:
    """Secrets, tables and content, in this order."""
    unlock(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.effective_database_url)
    engine = open_engine(settings)
    try:
        return load_content(engine)
    finally:
        engine.dispose()
