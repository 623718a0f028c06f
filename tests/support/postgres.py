"""A PostgreSQL for tests: the one named in the environment, else a throwaway server of our own.

``MADOGUCHI_TEST_POSTGRES_URL`` names a server whose user may create databases. Without it Debian's
binaries are started in a temporary folder, on a socket only, and stopped at the end.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine, make_url, text

VARIABLE = "MADOGUCHI_TEST_POSTGRES_URL"
INSTALLED = Path("/usr/lib/postgresql")
# Nothing of a test database must survive a power cut.
FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses=''"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's ``postgres`` database; skips where none can be had.

    In continuous integration (``CI=true``) a missing server is a failure, never a silent skip.
    """
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    binaries = _newest_binaries()
    if binaries is None:
        said = f"no PostgreSQL: install Debian's postgresql or set {VARIABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    # A socket path has room for about 100 characters: not below pytest's own folder.
    folder = Path(mkdtemp(prefix="pg-"))
    try:
        with _started(binaries, folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    name = f"test_{token_hex(6)}"
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
        url = make_url(server_url).set(database=name)
        yield url.render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


@contextmanager
def _started(binaries: Path, folder: Path) -> Iterator[str]:
    data, log = folder / "data", folder / "log"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _run(binaries / "initdb", "-D", data, "-U", "tester", "--auth=trust", "-E", "UTF8", "-N")
    options = f"{FAST} -c unix_socket_directories={folder}"
    _run(binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://tester@/postgres?host={folder}"
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(*command: object) -> None:
    """Run one of the server's programs; it refuses to be run by root."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(words, cwd="/", stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        pytest.fail(f"{Path(words[-1]).name}: exit code {done.returncode}")


def _newest_binaries() -> Path | None:
    found = sorted(
        INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    return found[0].parent if found else None
