"""Run a command beside a throw-away PostgreSQL server on loopback, and stop it afterwards.

`python -m tests.postgres COMMAND …` starts a server in a new directory, sets TEST_POSTGRES_URL and
runs the command. Nothing of it is left behind.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIBRARY = Path("/usr/lib/postgresql")
IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30


def find_binaries() -> Path | None:
    """The newest PostgreSQL's programs, or None where none is installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(LIBRARY.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_server_user() -> list[str]:
    # initdb refuses to run as root.
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _in_memory() -> Path | None:
    """Where files are in memory and some gigabytes are free, else None."""
    if not os.access(IN_MEMORY, os.W_OK) or shutil.disk_usage(IN_MEMORY).free < ROOM:
        return None
    return IN_MEMORY


@contextmanager
def server(*options: str) -> Iterator[str]:
    """Start a server; gives the address of its `postgres` database. Speed before durability.

    Each test copies a database of some thousand files: in memory, where there is room, that takes a
    quarter of the time. With options of its own the server is on the disk.
    """
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    directory = Path(tempfile.mkdtemp(prefix="qa-pg-", dir=None if options else _in_memory()))
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres")
    prefix, data, port = _as_server_user(), directory / "data", free_port()
    initdb = [*prefix, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust"]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=directory)
    flags = " ".join(
        [f"-c listen_addresses=127.0.0.1 -p {port} -k {directory}", "-c max_connections=200"]
        + [f"-c {option}" for option in options or ("fsync=off", "synchronous_commit=off")]
    )
    control = [*prefix, binaries / "pg_ctl", "-D", data, "-w", "-l", directory / "log"]
    subprocess.run(
        [*control, "-o", flags, "start"], check=True, stdout=subprocess.DEVNULL, cwd=directory
    )
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd=directory
        )
        shutil.rmtree(directory, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run the command with TEST_POSTGRES_URL set; without a server its tests skip and say so."""
    if find_binaries() is None:
        return subprocess.run(command).returncode
    with server() as url:
        return subprocess.run(command, env=os.environ | {"TEST_POSTGRES_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
