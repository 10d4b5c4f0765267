"""Uploaded extracts: kept outside the database for as long as the import needs them, no longer.

An extract names children, so it lies in a directory that only this service reads, under a random
name, and is deleted with the import, with its cancelling, or after a day.
"""

import re
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from flask import current_app
from werkzeug.datastructures import FileStorage

from qa_app.domain.errors import DomainError

MOST_FILES: Final = 50
MOST_BYTES: Final = 400 * 1024 * 1024
# Tables of identifiers and dates shrink to a tenth or so; DEFLATE itself can do a thousandth.
MOST_SHRINKING: Final = 200
SMALL: Final = 1024 * 1024
KEPT_SECONDS: Final = 24 * 60 * 60
_CHUNK: Final = 1 << 20
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


class UploadRefused(DomainError):
    """The files cannot be taken; the message says what to do."""


def directory() -> Path:
    """Where uploads lie: the configured directory, or one in the instance folder."""
    configured = current_app.config.get("UPLOAD_DIRECTORY")
    path = Path(configured) if configured else Path(current_app.instance_path) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(files: Iterable[FileStorage]) -> str:
    """Keep CSV files, or what a ZIP file holds of them, and return the upload's random name.

    Raises UploadRefused for anything that is neither, that unpacks to too much, or that is empty.
    """
    forget_old()
    token = secrets.token_hex(16)
    place = directory() / token
    place.mkdir(mode=0o700)
    try:
        budget = _Budget()
        for file in files:
            _keep_one(file, place, budget)
        if not any(place.iterdir()):
            raise UploadRefused("Choose the extract’s CSV files, or a ZIP file of them.", "files")
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return token


def find(token: str) -> Path:
    """The directory of an upload. Raises UploadRefused where it is gone."""
    place = directory() / token
    if not _TOKEN.fullmatch(token) or not place.is_dir():
        raise UploadRefused("These files are no longer here. Upload them again.")
    return place


def take(token: str) -> str:
    """Give an upload a new name, which only the caller knows. Of two who take it one is refused."""
    taken = secrets.token_hex(16)
    try:
        find(token).rename(directory() / taken)
    except OSError:
        raise UploadRefused("This import was already started or cancelled.") from None
    return taken


def forget(token: str) -> None:
    """Delete an upload, if it is still there."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(directory() / token, ignore_errors=True)


def forget_old() -> None:
    """Delete uploads that nobody has confirmed or cancelled within a day."""
    oldest = time.time() - KEPT_SECONDS
    for place in directory().iterdir():
        if _TOKEN.fullmatch(place.name) and place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)


class _Budget:
    """How much may still be unpacked."""

    def __init__(self) -> None:
        self.files = MOST_FILES
        self.bytes = MOST_BYTES

    def spend(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise UploadRefused(
                f"These files hold more than {MOST_BYTES // 1024**2} MB. "
                "Ask your systems team to import them with qa-app import-ssd.",
                "files",
            )

    def spend_file(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise UploadRefused(f"Choose at most {MOST_FILES} files.", "files")


def _keep_one(file: FileStorage, place: Path, budget: _Budget) -> None:
    name = _plain_name(file.filename or "")
    if name.endswith(".zip"):
        for member, source, packed in _members(file.stream):
            budget.spend_file()
            _copy(source, place / member, budget, packed)
    elif name.endswith(".csv"):
        budget.spend_file()
        _copy(file.stream, place / name, budget, None)
    elif name:
        raise UploadRefused("Choose CSV files, or one ZIP file of them: nothing else.", "files")


def _plain_name(name: str) -> str:
    """The last part of a name, in lower case, of plain characters."""
    return re.sub(r"[^a-z0-9_.-]", "_", PurePosixPath(name.replace("\\", "/")).name.lower())[-80:]


def _members(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes], int]]:
    """Every CSV file of a ZIP file: its plain name, its content, its packed size."""
    try:
        with zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                name = _plain_name(info.filename)
                if info.is_dir() or not name.endswith(".csv") or name.startswith("."):
                    continue
                with archive.open(info) as source:
                    yield name, source, info.compress_size
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        # A password raises RuntimeError, a way of packing that Python lacks NotImplementedError.
        raise UploadRefused("The ZIP file is damaged or locked: make it again.", "files") from None


def _copy(source: IO[bytes], target: Path, budget: _Budget, packed: int | None) -> None:
    if target.exists():
        raise UploadRefused(f"Two of the files are called {target.name}.", "files")
    size = 0
    with target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            budget.spend(len(chunk))
            if packed is not None and size > SMALL and size > MOST_SHRINKING * max(packed, 1):
                raise UploadRefused("The ZIP file unpacks to far more than it is.", "files")
            file.write(chunk)
    target.chmod(0o600)
