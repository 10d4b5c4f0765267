"""What a browser is given besides the page: small, our own, and all there."""

import gzip
import re
from pathlib import Path

import qa_app

STATIC = Path(qa_app.__file__).parent / "static"
CSS = (STATIC / "app.css").read_text()
FIRST_VISIT = 60_000  # bytes compressed; performance.md allows a whole first visit 150 kB


def test_styles_and_scripts_leave_room_for_the_page() -> None:
    files = [path.read_bytes() for path in STATIC.rglob("*") if path.is_file()]
    assert sum(len(gzip.compress(content)) for content in files) <= FIRST_VISIT


def test_every_picture_of_the_styles_is_there() -> None:
    wanted = set(re.findall(r"url\(([^)]+)\)", CSS))
    assert wanted
    assert {name for name in wanted if not (STATIC / name).is_file()} == set()


def test_nothing_is_worn_that_belongs_to_central_government() -> None:
    assert not re.search(r"GDS Transport|crown|crest", CSS)


def test_nothing_is_asked_of_another_server() -> None:
    texts = [CSS, (STATIC / "app.js").read_text()]
    addresses = {each for text in texts for each in re.findall(r"https?://[\w./-]+", text)}
    assert addresses <= {"http://www.w3.org/2000/svg"}
