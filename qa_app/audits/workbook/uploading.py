"""A workbook that was uploaded: kept as the case import keeps its files, and no longer."""

import secrets
import shutil
from pathlib import Path, PurePosixPath

from werkzeug.datastructures import FileStorage

from qa_app.audits.workbook.archive import UPLOAD
from qa_app.audits.workbook.fields import WorkbookUnusable
from qa_app.cases import uploads

_CHUNK = 1 << 20


def keep(file: FileStorage) -> str:
    """Keep a workbook and return its upload's random name.

    Raises WorkbookUnusable for one that is larger than an upload may be.
    """
    uploads.forget_old()
    token = secrets.token_hex(16)
    place = uploads.directory() / token
    place.mkdir(mode=0o700)
    try:
        _copy(file, place / "workbook")
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return token


def _copy(file: FileStorage, target: Path) -> None:
    left = UPLOAD.packed
    with target.open("xb") as kept:
        while chunk := file.stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise WorkbookUnusable(
                    f"Choose a file of at most {UPLOAD.packed // _CHUNK} MB, or ask your systems "
                    "team to import it with qa-app import-audits."
                )
            kept.write(chunk)
    target.chmod(0o600)


def path_of(token: str) -> Path:
    """Where the workbook lies. Raises UploadRefused where it is gone."""
    return uploads.find(token) / "workbook"


def plain_name(name: str | None) -> str:
    """The last part of the name under which a file was chosen, of a length that can be stored."""
    return PurePosixPath((name or "").replace("\\", "/")).name[-120:]
