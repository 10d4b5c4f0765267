"""The board pack: what was published since the meeting before, in one file, and what changed."""

import hashlib
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import docx
import pytest
from flask import Flask

from qa_app.database import db, saving
from qa_app.domain.calendar import Month
from qa_app.domain.publishing import ReportKind, ReportState
from qa_app.history import Event
from qa_app.reports import render
from qa_app.reports.asked import Selected
from qa_app.reports.document.storing import to_json
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.models import BoardMeeting, DataCut, Report, ReportVersion
from qa_app.reports.queries import packs as queries
from qa_app.reports.render import pack
from qa_app.reports.render.packmoves import moved
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import packs as services
from tests.client import CheckedClient
from tests.council import Council
from tests.reports.papers import COUNTS, MONTHS, TOTALS, report

ClientFor = Callable[[UUID], CheckedClient]
AT = datetime(2023, 6, 20, 9, 0, tzinfo=UTC)
JUNE = date(2023, 6, 14)
MAY = date(2023, 5, 3)


def a_meeting(held_on: date, board: str = "Improvement Board") -> BoardMeeting:
    meeting = BoardMeeting(board=board, held_on=held_on, made_at=AT)
    db.session.add(meeting)
    db.session.flush()
    return meeting


def figures_of(months: Sequence[Month]) -> list[dict[str, str | int | None]]:
    """MTM-1 and MTM-4 of months, as the authority published them."""
    rows = []
    for month in months:
        at, said = MONTHS.index(month), str(month)
        for name, numbers in COUNTS.items():
            text = str(numbers[at])
            figure = ReportFigure(Key("MTM-1", said, name), numbers[at], TOTALS[at], text)
            rows.append(figure.to_row())
        rows.append(ReportFigure.number(Key("MTM-1", said, "Total audits"), TOTALS[at]).to_row())
        stock = Key("MTM-4", said, "Outstanding priority actions")
        rows.append(ReportFigure.number(stock, 6).to_row())
    return rows


def a_version(
    month: Month,
    published: datetime,
    *,
    number: int = 1,
    kind: ReportKind = ReportKind.HIGHLIGHT,
    withdrawn: datetime | None = None,
    asked: ReportAsked | None = None,
) -> ReportVersion:
    """A version that is published, or was and is withdrawn."""
    asked = asked or ReportAsked(kind, str(month))
    found = db.session.query(Report).filter_by(key=asked.key).one_or_none()
    if found is None:
        found = Report(
            kind=kind,
            period=str(month),
            parameters=asked.to_json(),
            key=asked.key,
            title=asked.title,
            made_at=AT,
        )
        db.session.add(found)
    cut = DataCut(
        at=published, first_month=month.first, last_month=month.last, content=b"", hash="0" * 64
    )
    document = replace(report(word=f"Words of {month}"), title=kind.words, subtitle=month.words)
    public = replace(document, marking="OFFICIAL", public=True)
    later = number > 1
    version = ReportVersion(
        report=found,
        number=number,
        state=ReportState.WITHDRAWN if withdrawn else ReportState.PUBLISHED,
        why="An audit was dated wrongly." if later else "",
        cut=cut,
        figures=figures_of([month]),
        public_figures=[],
        document=to_json(document),
        public_document=to_json(public),
        erratum=[{"words": "Good", "old": "3", "new": "4"}] if later else [],
        public_erratum=[{"words": "Good", "old": "n", "new": "m"}] if later else [],
        hash=hashlib.sha256(asked.key.encode()).hexdigest(),
        made_at=published,
        published_at=published,
        withdrawn_at=withdrawn,
        withdrawn_why="It counted a month twice." if withdrawn else "",
    )
    db.session.add(version)
    db.session.flush()
    return version


def on(day: int, month: int = 5, hour: int = 12) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=UTC)


FEBRUARY, MARCH, APRIL = MONTHS[3:]


def names(meeting: BoardMeeting, *, public: bool = False) -> list[str]:
    return [each.name for each in queries.pack_of(meeting, public=public, at=AT).reports]


# R3: a pack holds what was published after the day of the meeting before, up to that of this one.
@pytest.mark.parametrize(
    ("published", "inside"),
    [
        # On the day of the meeting before: that board had it.
        (on(3), False),
        # The meeting before ended at midnight in London, an hour before midnight in UTC.
        (datetime(2023, 5, 3, 22, 59, tzinfo=UTC), False),
        (datetime(2023, 5, 3, 23, 0, tzinfo=UTC), True),
        # On the day of this meeting.
        (on(14, 6), True),
        (datetime(2023, 6, 14, 23, 0, tzinfo=UTC), False),
        (on(20, 6), False),
    ],
)
def test_what_is_in_a_pack(context: None, published: datetime, inside: bool) -> None:
    a_meeting(MAY)
    meeting = a_meeting(JUNE)
    # Another board's meeting is no end of this one's pack.
    a_meeting(date(2023, 6, 1), "Scrutiny Committee")
    a_version(MARCH, published)
    assert bool(names(meeting)) is inside


def test_the_first_meeting_has_everything_before_it(context: None) -> None:
    meeting = a_meeting(JUNE)
    a_version(FEBRUARY, on(1, 3))
    found = queries.pack_of(meeting, public=False, at=AT)
    assert (found.since, len(found.reports)) == (None, 1)


# R3: a version is superseded by the next: the pack has the current one of each report.
def test_the_current_version_is_in_it_and_what_it_changed(context: None) -> None:
    a_meeting(MAY)
    meeting = a_meeting(JUNE)
    a_version(MARCH, on(5))
    a_version(MARCH, on(20), number=2)
    a_version(APRIL, on(21))
    assert names(meeting) == [
        "QA highlight report, March 2023, version 2",
        "QA highlight report, April 2023, version 1",
    ]
    for public, old in ((False, "3"), (True, "n")):
        found = pack.document_of(queries.pack_of(meeting, public=public, at=AT))
        (table,) = found.sections[1].parts[0].blocks[1:]
        assert [cell.text for cell in table.rows[0]][:2] == ["Good", old]
        assert found.marking == ("OFFICIAL" if public else "OFFICIAL-SENSITIVE")
    assert found.sections[1].blocks[0].text == "1 report in this pack came in a new version."


# R3: what was withdrawn is named as such, and is not in the pack.
def test_what_was_withdrawn_is_named(context: None) -> None:
    meeting = a_meeting(JUNE)
    a_version(MARCH, on(5), withdrawn=on(9))
    found = pack.document_of(queries.pack_of(meeting, public=False, at=AT))
    assert [section.id for section in found.sections] == ["in-this-pack", "what-changed"]
    table, _, gone = found.sections[0].blocks
    assert [cell.text for cell in table.rows[0]] == [
        "QA highlight report", "March 2023", "1", "Withdrawn on 9 May 2023"
    ]  # fmt: skip
    assert gone.items == ("QA highlight report, March 2023, version 1: It counted a month twice.",)


# R6: a movement is called one only where comparing allows it; n and intervals are printed.
def test_the_authoritys_months_are_compared_with_those_before(context: None) -> None:
    a_meeting(MAY)
    meeting = a_meeting(JUNE)
    a_version(MARCH, on(2))
    a_version(APRIL, on(10))
    said = queries.pack_of(meeting, public=True, at=AT).moved
    assert said[0].startswith(
        "In April 2023, 3 of 14 audits were graded Good or Outstanding (21.4%; 95% interval"
    )
    assert "In March 2023 it was 2 of 12 (16.7%)" in said[0]
    assert "not called a change" in said[0]
    assert said[1].startswith("In April 2023, 3 of 14 audits were graded Inadequate")
    assert said[2].startswith("2 comparisons were made.")
    assert said[3] == "At the end of April 2023, 6 priority actions stood outstanding."


@pytest.mark.parametrize(
    ("latest", "known", "begins"),
    [
        # R6: without the months before nothing is compared.
        ([APRIL], [APRIL], "No figures were published of March 2023, so nothing is compared."),
        ([MARCH, APRIL], [FEBRUARY, MARCH, APRIL], "No figures were published of January 2023"),
        ([APRIL], [], "No figures of the authority as a whole are in this pack."),
        ([], [APRIL], "No figures of the authority as a whole are in this pack."),
        ([FEBRUARY], MONTHS[2:4], "In February 2023, 3 of 15 audits were graded Good or"),
    ],
)
def test_what_can_be_said_of_the_measures(
    latest: list[Month], known: list[Month], begins: str
) -> None:
    figures = {
        month: Figures(tuple(map(ReportFigure.from_row, figures_of([month])))) for month in known
    }
    assert moved(latest, figures)[0].startswith(begins)


# S5: a report that counts a part of the audits says nothing of the authority.
def test_a_narrowed_report_is_no_figure_of_the_authority(context: None) -> None:
    meeting = a_meeting(JUNE)
    asked = ReportAsked(ReportKind.HIGHLIGHT, str(APRIL), selection=Selected.RANDOM)
    a_version(APRIL, on(10), asked=asked)
    said = queries.pack_of(meeting, public=False, at=AT).moved
    assert said == ("No figures of the authority as a whole are in this pack.",)


def test_ids_of_two_reports_are_kept_apart(context: None) -> None:
    meeting = a_meeting(JUNE)
    a_version(MARCH, on(5))
    a_version(APRIL, on(6))
    html = render.write(
        pack.document_of(queries.pack_of(meeting, public=False, at=AT)), Figures(), "html"
    ).decode()
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert {"r1-grades", "r2-grades"} <= set(ids)


@pytest.fixture
def meeting_id(app: Flask, council: Council) -> UUID:
    with app.app_context(), saving():
        a_meeting(MAY)
        meeting = a_meeting(JUNE)
        a_version(MARCH, on(5))
        a_version(APRIL, on(6))
        return meeting.id


def test_the_pack_is_one_file(
    app: Flask, council: Council, client_for: ClientFor, meeting_id: UUID, tmp_path: Path
) -> None:
    client = client_for(council.people["qa_lead"])
    page = client.get(f"/reports/boards/{meeting_id}").text
    assert "published after 3 May 2023, up to 14 June 2023" in page
    answer = client.get(f"/reports/boards/{meeting_id}/pack.pdf?form=public")
    assert answer.mimetype == "application/pdf"
    assert 'filename="pack-2023-06-14-public.pdf"' in answer.headers["Content-Disposition"]
    path = tmp_path / "pack.pdf"
    path.write_bytes(answer.data)
    command = ["pdftotext", "-layout", path, "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for words in (
        "Pack for Improvement Board", "Meeting of 14 June 2023", "Reports in this pack",
        "What changed since 3 May 2023", "Words of 2023-03 of the", "Words of 2023-04 of the",
    ):  # fmt: skip
        assert words in text
    assert "SENSITIVE" not in text
    word = docx.Document(BytesIO(client.get(f"/reports/boards/{meeting_id}/pack.docx").data))
    first = [each.text for each in word.paragraphs if each.style.name == "Heading 1"]
    assert first[-1] == "QA highlight report, April 2023"
    assert word.sections[0].header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    with app.app_context():
        events = db.session.query(Event).filter_by(verb="pack_exported").all()
        assert [event.sentence for event in events] == [
            "Downloaded the pack for Improvement Board as PDF",
            "Downloaded the pack for Improvement Board as DOCX",
        ]


@pytest.mark.parametrize("path", ["pack.xlsx", "pack.pdf?form=secret"])
def test_another_layout_or_form_is_not_there(
    council: Council, client_for: ClientFor, meeting_id: UUID, path: str
) -> None:
    client = client_for(council.people["qa_lead"])
    assert client.get(f"/reports/boards/{meeting_id}/{path}").status_code == 404


# I2: in full by those who answer for services; meetings are the QA lead's to keep.
@pytest.mark.parametrize(
    ("reader", "reads", "keeps"),
    [
        ("qa_lead", 200, 200),
        ("head", 200, 403),
        ("director", 200, 403),
        ("auditor", 403, 403),
        ("viewer", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_who_reads_packs_and_who_keeps_meetings(
    council: Council, client_for: ClientFor, meeting_id: UUID, reader: str, reads: int, keeps: int
) -> None:
    client = client_for(council.people[reader])
    for path in ("", f"/{meeting_id}"):
        assert client.get(f"/reports/boards{path}").status_code == reads
    for path in ("/new", f"/{meeting_id}/remove"):
        assert client.get(f"/reports/boards{path}").status_code == keeps


def test_a_meeting_is_added_once_and_taken_out(
    app: Flask, council: Council, client_for: ClientFor
) -> None:
    client = client_for(council.people["qa_lead"])
    assert "No meeting of a board is noted." in client.get("/reports/boards").text
    day = {"held_on-day": "14", "held_on-month": "6", "held_on-year": "2023"}
    said = {"board": "Improvement Board", **day}
    answer = client.submit("/reports/boards/new", said, follow_redirects=True)
    assert "Improvement Board meets on 14 June 2023." in answer.text
    answer = client.submit("/reports/boards/new", said)
    assert answer.status_code == 400
    assert "Improvement Board has a meeting on 14 June 2023 already" in answer.text
    with app.app_context():
        meeting = db.session.query(BoardMeeting).one()
    page = client.get(f"/reports/boards/{meeting.id}").text
    assert "Nothing was published up to 14 June 2023." in page
    answer = client.submit(f"/reports/boards/{meeting.id}/remove", follow_redirects=True)
    assert "The reports are as they were." in answer.text
    with app.app_context():
        assert db.session.query(BoardMeeting).count() == 0
        verbs = ("board_meeting_added", "board_meeting_removed")
        events = db.session.query(Event).filter(Event.verb.in_(verbs)).all()
        assert [event.sentence for event in events] == [
            "Added a meeting of Improvement Board on 14 June 2023",
            "Took a meeting of Improvement Board on 14 June 2023 out",
        ]


def test_the_name_of_a_board_is_needed(council: Council, client_for: ClientFor) -> None:
    client = client_for(council.people["qa_lead"])
    answer = client.submit("/reports/boards/new", {"board": " "})
    assert answer.status_code == 400
    assert "Enter the name of the board" in answer.text
    assert "Enter the day of the meeting" in answer.text


def test_a_meeting_that_is_noted_already_is_refused(context: None, council: Council) -> None:
    a_meeting(JUNE)
    with pytest.raises(services.MeetingRefused, match="Enter another day"):
        services.add_meeting("Improvement Board", JUNE, by=council.people["qa_lead"], at=AT)
