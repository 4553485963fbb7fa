"""Stores of both kinds for tests: a file of SQLite, and a schema on a server of PostgreSQL that the tests start."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import MUST, missing

from busyhour.app.store.migrate import upgrade
from busyhour.app.store.open import Store, open_store

DATABASE = "wfm"
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs."""
    found = [p for p in Path("/usr/lib/postgresql").glob("*/bin/initdb") if p.parent.parent.name.isdigit()]
    return max(found, key=lambda p: int(p.parent.parent.name)).parent if found else None


class Server:
    """A server of PostgreSQL in a temporary folder, reached through a socket in it; everything is lost at the end."""

    def __init__(self, bin_: Path) -> None:
        self.bin, self.folder = bin_, Path(tempfile.mkdtemp(prefix="busyhour-pg-"))
        # The server refuses to run as root: root lends it the user that its package made.
        self.user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        self.sql(f"CREATE DATABASE {DATABASE}", "postgres")

    @property
    def data(self) -> str:
        """Folder of the server's files."""
        return str(self.folder / "data")

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs."""
        done = subprocess.run(
            [str(self.bin / program), *words],
            cwd="/",
            user=self.user,
            group=self.user,
            extra_groups=self.user and [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it; no port is opened, so none can be taken."""
        words = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off -c max_connections=50"
        self.run("pg_ctl", "-D", self.data, "-l", str(self.folder / "log"), "-w", "-o", words, "start")

    def stop(self) -> None:
        """Stop it at once; all sessions are lost."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def url(self, schema: str, user: str = "postgres") -> str:
        """Return the address of a schema."""
        return f"postgresql+psycopg://{user}@/{DATABASE}?host={self.folder}&options=-csearch_path%3D{schema}"

    def sql(self, text: str, database: str = DATABASE) -> None:
        """Run statements as the administrator, one by one."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as c:
            c.execute(text.encode())

    def new_schema(self) -> str:
        """Make an empty schema and return its name: a database would take a thousand files."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.sql(f"CREATE SCHEMA {name}")
        return name


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server of PostgreSQL."""
    if (bin_ := programs()) is None:
        missing("PostgreSQL")
    pytest.importorskip("psycopg") if not os.environ.get(MUST) else __import__("psycopg")
    assert bin_ is not None
    server = Server(bin_)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of the store: each test runs on both."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    server: Server = request.getfixturevalue("server")
    return server.url(server.new_schema())


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with the newest schema, to be copied: making one takes a third of a second."""
    path = tmp_path_factory.mktemp("made") / "store.db"
    upgrade(f"sqlite:///{path}", by="anna")
    return path


@pytest.fixture
def store_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of the newest schema."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("made_file"), tmp_path / "store.db")
        return f"sqlite:///{tmp_path / 'store.db'}"
    server: Server = request.getfixturevalue("server")
    url = server.url(server.new_schema())
    upgrade(url, by="anna")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store, opened by Anna."""
    with open_store(store_url, by="anna") as opened:
        yield opened
