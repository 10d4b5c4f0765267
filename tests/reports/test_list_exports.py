"""AC-11, IN-3: any list as a file: what its page shows, all of it, to the same people, safe."""

import csv
import tracemalloc
from datetime import date, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import Filters
from qa_app.database import db, new_id, now, saving
from qa_app.domain.calendar import london_date
from qa_app.history import Event
from qa_app.reports.queries.listing import AUDIT_COLUMNS, ListTable, audit_rows
from qa_app.reports.services import listfiles
from qa_app.reports.services.listfiles import csv_file, file_name, xlsx_file
from tests.audits.making import given
from tests.moderation.factory import a_submitted_audit
from tests.reports.rows import GOOD, IN, an_action, an_audit, the_published_audits

PAYLOADS = (
    '=HYPERLINK("http://evil.test","see")', "+44", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx",
    "{=1+1}", "http://evil.test/", "\uff1d1+1", "ftp://evil.test", "mailto:a@b.test",
)  # fmt: skip
WIDE_MEMORY = 300 * 1024 * 1024


def table_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))


def sheets_of(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_list_of_audits_is_downloaded_whole_and_as_narrowed(app, council, client_for) -> None:
    with app.app_context(), saving():
        the_published_audits(team_name="Team A")
    lead = client_for(council.people["qa_lead"])
    # A page holds 25 of them.
    everything = table_of(lead.get("/reports/lists/audits.csv"))
    assert len(everything) == 115
    narrowed = lead.get("/reports/lists/audits.csv?month=2023-02&grade=good")
    rows = table_of(narrowed)
    assert len(rows) == 3
    assert list(rows[0]) == [*AUDIT_COLUMNS, "As at"]
    assert {row["Final grade"] for row in rows} == {"Good"}
    assert {row["Completed"] for row in rows} == {"2023-02-03"}
    today = london_date(now())
    assert narrowed.headers["Content-Disposition"] == (
        f"attachment; filename=audits-as-at-{today}-february-2023-good.csv"
    )
    assert rows[0]["As at"].startswith(str(today))
    page = lead.get("/audits?month=2023-02&grade=good").text
    assert all(row["Audit"] in page for row in rows)
    assert 'href="/reports/lists/audits.csv?month=2023-02&amp;grade=good"' in page


def test_a_workbook_has_one_table_a_sheet_and_says_what_it_is(app, council, client_for) -> None:
    with app.app_context(), saving():
        the_published_audits()
    lead = client_for(council.people["qa_lead"])
    answer = lead.get("/reports/lists/audits.xlsx?month=2023-02")
    sheets = sheets_of(answer.data)
    assert list(sheets) == ["List", "About"]
    assert sheets["List"][0] == list(AUDIT_COLUMNS)
    assert len(sheets["List"]) == 1 + 15
    assert sheets["List"][1][9] == "2023-02-03"
    about = dict(sheets["About"])
    assert about["Rows"] == "15"
    assert about["Narrowed to"] == "February 2023"
    assert about["Marking"] == "OFFICIAL-SENSITIVE"
    with ZipFile(BytesIO(answer.data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name, part in parts.items() if b"<f>" in part or b"mergeCell" in part]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_a_formula_or_a_link(context, council, payload) -> None:
    # IN-3: in every column of every list; what was written comes back as it was.
    table = ListTable("x", "x", "List", ("First", "Second"), [(payload, payload)], now())
    content = xlsx_file(table).file.read()
    assert sheets_of(content)["List"][1] == [payload, payload]
    with ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert b"<f>" not in b"".join(parts.values())
    assert not [name for name, part in parts.items() if b"<hyperlink" in part]
    table = ListTable("x", "x", "List", ("First",), [(payload,)], now())
    text = csv_file(table).file.read().decode("utf-8-sig")
    cell = list(csv.reader(StringIO(text, newline="")))[1][0]
    assert cell.removeprefix("'") == payload
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_tracker_is_downloaded_as_narrowed_and_ordered(app, council, client_for) -> None:
    with app.app_context(), saving():
        audit = an_audit(date(2023, 4, 3), IN, IN, team_id=council.teams["SAFE1"])
        for number in range(60):
            an_action(audit, date(2023, 4, 3) + timedelta(days=number), reference=f"X{number:03}")
        an_action(audit, date(2023, 4, 3), date(2023, 5, 1), reference="CLOSED")
    lead = client_for(council.people["qa_lead"])
    rows = table_of(lead.get("/reports/lists/actions.csv"))
    assert [row["Action"] for row in rows] == [f"X{number:03}" for number in range(60)]
    assert (rows[0]["Kind"], rows[0]["Today"], rows[0]["Status"], rows[0]["Owner"]) == (
        "Priority", "Overdue", "Open", "Wendy Worker",
    )  # fmt: skip
    everything = lead.get("/reports/lists/actions.xlsx?status=all")
    assert len(sheets_of(everything.data)["List"]) == 1 + 61
    assert "status-every-status" in everything.headers["Content-Disposition"]


def test_who_moderates_what_is_downloaded(app, council, client_for) -> None:
    with app.app_context(), saving():
        reference = a_submitted_audit(council).reference
    lead = client_for(council.people["qa_lead"])
    (row,) = table_of(lead.get("/reports/lists/moderations.csv"))
    assert (row["Audit"], row["Auditor"], row["Blind"]) == (reference, "Ada Auditor", "No")
    assert "/reports/lists/moderations.xlsx" in lead.get("/moderation/in-hand").text


def test_who_has_what_is_downloaded(app, council, client_for) -> None:
    with app.app_context(), saving():
        audit = given(council, case="100001", auditor="auditor", at=now())
        reference, month = audit.reference, str(audit.cycle_month)[:7]
    lead = client_for(council.people["qa_lead"])
    (row,) = table_of(lead.get(f"/reports/lists/places.csv?month={month}"))
    assert (row["Auditor"], row["Audit"], row["State"]) == (
        "Ada Auditor", reference, "Not started",
    )  # fmt: skip
    page = lead.get(f"/programme/following?month={month}").text
    assert f"/reports/lists/places.csv?month={month}" in page


# I2: who may not see a list cannot take it away; who sees a part of it takes that part.
@pytest.mark.parametrize("layout", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("audits", "/audits"),
        ("actions", "/tracker/"),
        ("moderations", "/moderation/in-hand"),
        ("places", "/programme/following"),
    ],
)
def test_a_list_is_downloaded_by_those_who_may_see_its_page(
    council, client_for, name, page, layout
) -> None:
    answers = {}
    for person in council.people:
        client = client_for(council.people[person])
        answers[person] = (
            client.get(page).status_code,
            client.get(f"/reports/lists/{name}.{layout}").status_code,
        )
    assert all(seen == taken for seen, taken in answers.values()), answers
    assert {200, 403} == {seen for seen, _ in answers.values()}


def test_nobody_takes_more_than_they_may_read(app, council, client_for) -> None:
    # I2
    with app.app_context(), saving():
        ours = an_audit(date(2023, 4, 3), GOOD, GOOD, team_id=council.teams["SAFE1"]).reference
        an_audit(date(2023, 4, 3), GOOD, GOOD, team_id=council.teams["CARE1"])
    rows = table_of(client_for(council.people["head"]).get("/reports/lists/audits.csv"))
    assert [row["Audit"] for row in rows] == [ours]
    assert table_of(client_for(council.people["iro"]).get("/reports/lists/audits.csv")) == []


def test_each_download_is_in_the_history_with_its_count(app, council, client_for) -> None:
    # I1
    with app.app_context(), saving():
        the_published_audits()
    lead = client_for(council.people["qa_lead"])
    lead.get("/reports/lists/audits.csv?month=2023-02")
    lead.get("/reports/lists/actions.xlsx")
    with app.app_context():
        events = db.session.query(Event).filter_by(verb="list_exported").order_by(Event.sequence)
        assert [event.sentence for event in events] == [
            "Downloaded a list of 15 audits as CSV",
            "Downloaded a list of 0 actions as XLSX",
        ]


def test_an_empty_list_has_its_headings(council, client_for) -> None:
    lead = client_for(council.people["qa_lead"])
    text = lead.get("/reports/lists/audits.csv").data.decode("utf-8-sig")
    assert text.splitlines() == [",".join([*AUDIT_COLUMNS, "As at"])]
    assert sheets_of(lead.get("/reports/lists/audits.xlsx").data)["List"] == [list(AUDIT_COLUMNS)]


# IN-2: what makes no sense in an address narrows nothing, as on the page.
@pytest.mark.parametrize("query", ["month=2026-13", "grade=x", "team=%00", "q=%00", "state=9"])
def test_an_address_that_makes_no_sense_breaks_nothing(council, client_for, query) -> None:
    lead = client_for(council.people["qa_lead"])
    for name in ("audits", "actions", "places"):
        assert lead.get(f"/reports/lists/{name}.csv?{query}").status_code == 200


def test_a_sheet_that_would_be_too_long_is_refused_in_plain_words(context, monkeypatch) -> None:
    monkeypatch.setattr(listfiles, "_MOST_ROWS", 2)
    rows = [("a",)] * 3
    with pytest.raises(listfiles.TooLongForExcel, match="Download it as CSV"):
        xlsx_file(ListTable("x", "x", "List", ("A",), rows, now()))


def test_a_files_name_holds_letters_figures_and_hyphens_alone(context) -> None:
    table = ListTable("audits", "audits", "Audits", (), [], now(), ('../x"\r\n', "É " * 200))
    name = file_name(table, "csv")
    assert len(name) < 160
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert name.count(".") == 1


def test_a_long_list_takes_little_memory(context, council) -> None:
    # Performance: streamed; here a fifth of the 100,000 rows that bench measures.
    audit = an_audit(date(2023, 4, 3), GOOD, GOOD)
    columns = {
        column.key: getattr(audit, column.key)
        for column in Audit.__table__.columns
        if column.key not in ("id", "reference")
    }
    db.session.execute(
        insert(Audit.__table__),
        [columns | {"id": new_id(), "reference": f"N{number}"} for number in range(20_000)],
    )
    reader = actor(council.people["qa_lead"], london_date(now()))
    for write in (csv_file, xlsx_file):
        rows = audit_rows(reader, Filters())
        tracemalloc.start()
        written = write(ListTable("a", "a", "Audits", AUDIT_COLUMNS, rows, now()))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert written.rows == 20_001
        assert most < WIDE_MEMORY / 5
