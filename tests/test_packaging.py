"""A wheel, installed alone in a clean environment, migrates a database and serves a page."""

import configparser
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret of this test alone, 32 characters and more"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel; returns its folder of programs."""
    folder = tmp_path_factory.mktemp("packaging")
    # From a copy: what an earlier build left in the tree would otherwise find its way in.
    source = folder / "source"
    for name in ("qa_app", "forms", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, source]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "clean", with_pip=True)
    programs = folder / "clean" / "bin"
    install = [programs / "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True, capture_output=True)
    return programs


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Only what every command is promised to need."""
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'qa.sqlite3'}",
        "SECRET_KEY": SECRET,
        "PATH": os.environ["PATH"],
    }


def _run(programs: Path, environment: dict[str, str], cwd: Path, *words: str) -> str:
    done = subprocess.run(
        [programs / "qa-app", *words], env=environment, cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def served(installed: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of a server run from the wheel, in a directory of its own."""
    _run(installed, environment, tmp_path, "db", "upgrade")
    address = f"127.0.0.1:{free_port()}"
    command = [installed / "qa-app", "serve", "--bind", address, "--workers", "1"]
    process = subprocess.Popen(
        command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_until_answering(f"http://{address}/healthz", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_answering(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            # Waits a moment, and finds out at once if the server has stopped.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
                pytest.fail("the server stopped")
            continue
        return
    pytest.fail(f"{url} never answered")


def test_every_package_is_listed() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    listed = set(settings["options"]["packages"].split())
    there = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for folder in ("qa_app", "forms")
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert listed == there | {"qa_app.templates"}, "list it under packages in setup.cfg"


def test_the_wheel_serves_its_sign_in_page(served: str) -> None:
    with urllib.request.urlopen(f"{served}/sign-in") as answer:
        page = answer.read().decode()
    assert "<h1" in page
    assert "app.css" in page


def test_measures_run_from_any_directory(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    _run(installed, environment, tmp_path, "db", "upgrade")
    printed = _run(
        installed, environment, tmp_path,
        "measures", "--from", "2023-01", "--to", "2023-01", "--format", "json",
    )  # fmt: skip
    assert {row["period"] for row in json.loads(printed)} == {"2023-01"}


@pytest.mark.parametrize("words", [["--help"], ["import-ssd", "--help"], ["serve", "--help"]])
def test_help_needs_no_database(
    installed: Path, environment: dict[str, str], tmp_path: Path, words: list[str]
) -> None:
    assert "Usage" in _run(installed, environment, tmp_path, *words)
