"""Downloads: the same figures as the page, and no cell that a spreadsheet would run."""

import csv
from datetime import date
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from qa_app.accounts.models import Team
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month
from qa_app.history import Event
from qa_app.reports import exports
from qa_app.reports.asked import Part, PartKind
from qa_app.reports.services import measures
from tests.reports.rows import FIRST, GOOD, IN, LAST, an_action, an_audit, the_published_audits
from tests.reports.test_pages import PUBLISHED, table

DOWNLOAD = "/reports/measures/download?from=2022-11&to=2023-04"


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


def workbook(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_says_what_the_page_says(app, lead) -> None:
    with app.app_context(), saving():
        the_published_audits()
        an_action(an_audit(date(2023, 3, 6), IN, None), date(2023, 3, 6))
    page = lead.get(PUBLISHED).text
    answer = lead.get(f"{DOWNLOAD}&format=xlsx")
    sheets = workbook(answer.data)
    for measure in ("MTM-1", "MTM-2", "MTM-3", "MTM-4"):
        shown = [row for row in sheets[measure] if not str(row[0]).startswith("Beside it")]
        assert shown == table(page, measure.lower())
    assert ["Beside it: Awaiting a final grade", "0", "0", "0", "0", "1", "0"] in sheets["MTM-1"]
    assert ["Provisional", "yes"] in sheets["About"]
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="measures-2022-11-to-2023-04.xlsx"'
    )


def test_the_workbooks_figures_are_numbers_one_a_row(context) -> None:
    the_published_audits()
    sheet = workbook(exports.xlsx_bytes(measures(FIRST, LAST, at=now())))["Figures"]
    assert sheet[0] == list(exports.COLUMNS)
    assert sheet[6] == ["MTM-1", "2022-12", "Inadequate", 16, 33, "16 (48.48%)", "authority"]
    total = next(row for row in sheet if row[1:3] == ["2022-12", "Total audits"])
    assert total[3:6] == [33, "", "33"]


def test_the_csv_reads_back_as_the_figures(app, lead) -> None:
    with app.app_context(), saving():
        the_published_audits()
    answer = lead.get(f"{DOWNLOAD}&format=csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 6 * (5 + 3)
    assert rows[5] == {
        "measure": "MTM-1",
        "period": "2022-12",
        "category": "Inadequate",
        "numerator": "16",
        "denominator": "33",
        "text": "16 (48.48%)",
        "scope": "authority",
    }
    assert {row["text"] for row in rows if row["measure"] == "MTM-2"} == {"–"}


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://evil.test","see")',
        "+44 Team",
        "-1+1",
        "@SUM(A1)",
        "\tTeam",
        "{=1+1}",
        "http://evil.test/",
    ],
)
def test_a_teams_name_is_text_whatever_it_looks_like(context, name) -> None:
    team = Team(name=name, path="")
    db.session.add(team)
    db.session.flush()
    an_audit(date(2023, 4, 3), GOOD, GOOD, team_id=team.id)
    part = Part(PartKind.TEAM, name, team_id=team.id)
    found = measures(Month(2023, 4), Month(2023, 4), scope=part, at=now())
    row = next(iter(csv.DictReader(StringIO(exports.csv_text(found.figures)))))
    assert row["scope"] == (name if name[0] in "{h" else f"'{name}")
    content = exports.xlsx_bytes(found)
    assert workbook(content)["Figures"][1][-1] == name
    assert b"<f>" not in b"".join(parts_of(content).values())
    assert not [part for part in parts_of(content) if "hyperlink" in part.lower()]


def parts_of(content: bytes) -> dict[str, bytes]:
    """The files inside a workbook."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_download_is_in_the_history(app, council, lead) -> None:
    for layout in ("csv", "xlsx"):
        assert lead.get(f"{DOWNLOAD}&format={layout}").status_code == 200
    assert lead.get(f"{DOWNLOAD}&format=pdf").status_code == 404
    with app.app_context():
        events = db.session.query(Event).filter_by(verb="figures_exported").all()
        assert [event.sentence for event in events] == [
            "Downloaded the figures November 2022 to April 2023 as CSV",
            "Downloaded the figures November 2022 to April 2023 as XLSX",
        ]
