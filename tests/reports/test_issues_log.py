"""The issues log: how often each theme was found, where, and what stands behind it (T2)."""

import csv
import io
from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from qa_app.audits.models import FindingTheme
from qa_app.database import db, now, saving
from qa_app.domain.answers import FindingAbout
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType
from qa_app.history import Event
from qa_app.reports.learning.issues import Across, IssuesAsked, Span
from qa_app.reports.queries.issues import issues_log
from qa_app.standards.services import themes as managing
from tests.queries import count_queries
from tests.reports.theme_world import (
    DEVELOPMENT,
    FEBRUARY,
    MARCH,
    STRENGTH,
    AuditSource,
    a_finding,
    an_audited,
    audited_with,
    theme,
)

APRIL_2022 = date(2022, 4, 14)
ASKED = IssuesAsked(Month(2023, 3))
LOG = "/reports/issues?month=2023-03"


def a_year(council) -> None:
    """March: 3 audits; February: 1; April 2022: 1, all with visits to develop but one of March."""
    audited_with(council, "visits")
    audited_with(council, "visits", team="CARE1")
    audited_with(council, "voice")
    audited_with(council, "visits", FEBRUARY)
    audited_with(council, "visits", APRIL_2022)


def line(log, code):
    return next(each for each in log.lines if each.theme.code == code)


# T2: the month, the one before, the quarter and the financial year to date, each with n
def test_a_theme_is_counted_by_audits_in_each_span(context, council) -> None:
    a_year(council)
    log = issues_log(ASKED)

    assert {span: log.n(span) for span in Span} == {
        "month": 3,
        "before": 1,
        "quarter": 4,
        "year": 5,
    }
    counts = line(log, "visits").counts
    assert [counts[span] for span in Span] == [2, 1, 3, 4]
    assert log.lines[0].theme.code == "visits"
    assert line(log, "voice").strengths == 3
    assert log.asked.words(Span.QUARTER) == "2022/23-Q4 to date"


# T2: in April the month before lies in the year before, and is not in the year to date
def test_the_year_begins_in_april(context, council) -> None:
    a_year(council)
    audited_with(council, "visits", date(2022, 3, 9))
    log = issues_log(IssuesAsked(Month(2022, 4)))

    assert [line(log, "visits").counts[span] for span in Span] == [1, 1, 1, 1]


# R6: a small month is not read as a trend
def test_few_audits_are_too_few_to_say(context, council) -> None:
    a_year(council)

    assert line(issues_log(ASKED), "visits").trend == "too few to say"


# R6: what the figures carry is said, and no more
def test_a_large_difference_is_called_one(context, council) -> None:
    for day, code in ((MARCH, "visits"), (FEBRUARY, "voice")):
        for _ in range(12):
            a_finding(an_audited(council, day), code)

    assert line(issues_log(ASKED), "visits").trend == "higher"
    assert line(issues_log(ASKED), "voice").trend == "lower"


# A4, T2: what is about recording only stands apart
def test_recording_only_is_counted_apart(context, council) -> None:
    audit = an_audited(council)
    a_finding(audit, "visits", about=FindingAbout.RECORDING)
    mixed = an_audited(council)
    a_finding(mixed, "visits", about=FindingAbout.RECORDING)
    a_finding(mixed, "visits")
    found = line(issues_log(ASKED), "visits")

    assert (found.counts[Span.MONTH], found.recording) == (2, 1)


# T1: under its main theme and its others; merges are followed; an audit once under each
def test_others_and_merges_are_followed(context, council) -> None:
    audit = an_audited(council)
    finding = a_finding(audit, "visits")
    db.session.add(FindingTheme(finding_id=finding.id, theme_id=theme("voice").id, added_at=now()))
    assert line(issues_log(ASKED), "voice").counts[Span.MONTH] == 1
    managing.merge_theme(
        theme("visits"), theme("voice"), why="x", by=council.people["qa_lead"], at=now()
    )
    log = issues_log(ASKED)

    assert line(log, "voice").counts[Span.MONTH] == 1
    assert "visits" not in {each.theme.code for each in log.lines}


# T2: by section, service, plan type; and for the feed by team
@pytest.mark.parametrize(
    ("across", "parts"),
    [
        (Across.SERVICE, {"Safeguarding": 1, "Corporate Parenting": 1}),
        (Across.PLAN_TYPE, {"Child protection (CP)": 2}),
        (Across.SECTION, {"No section recorded": 2}),
        (Across.TEAM, {"Safeguarding Team 1": 1, "Children in Care Team": 1}),
    ],
)
def test_the_log_is_divided(context, council, across, parts) -> None:
    a_year(council)
    names, table = issues_log(ASKED).across(across, Span.MONTH)

    assert set(parts) <= set(names)
    assert dict(table[theme("visits").id]) == parts


# T2: narrowed, only the audits that fit are counted
def test_the_log_is_narrowed(context, council) -> None:
    a_year(council)
    care = IssuesAsked(Month(2023, 3), service_id=council.teams["CARE"])
    plan = IssuesAsked(Month(2023, 3), plan_type=PlanType.CHILD_IN_CARE)
    section = IssuesAsked(Month(2023, 3), section="Another")

    assert (issues_log(care).n(Span.MONTH), issues_log(plan).n(Span.MONTH)) == (1, 0)
    assert issues_log(section).found == []


# T1: imported findings have no theme until a person files them; the log says so
def test_audits_whose_findings_are_not_filed_are_not_counted(context, council) -> None:
    a_finding(an_audited(council), None)
    an_audited(council, source=AuditSource.IMPORTED)
    log = issues_log(ASKED)

    assert (log.n(Span.MONTH), log.unfiled) == (0, 2)


# the log asks a fixed number of questions, whatever it counts
def test_the_log_reads_as_often_for_many_as_for_one(app, council, client_for) -> None:
    lead = client_for(council.people["qa_lead"])
    counted = []
    for times in (1, 19):
        with app.app_context(), saving():
            for _ in range(times):
                audited_with(council, "visits")
        with count_queries(app) as asked:
            assert lead.get(LOG).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 16


# T2, R2: every figure opens onto the findings; filters are tags in the address
def test_the_page_of_the_log(app, council, client_for) -> None:
    with app.app_context(), saving():
        a_year(council)
    lead = client_for(council.people["qa_lead"])
    page = lead.get(f"{LOG}&service={council.teams['SAFE']}&plan_type=child_protection").text

    assert "Issues log: March 2023" in page
    assert "Remove </span>Service: Safeguarding" in page
    assert "1 (50%)" in page
    assert "/reports/issues/findings?" in page
    for more in ("&by=section&over=year", "&by=plan_type", "&over=quarter"):
        assert lead.get(LOG + more).status_code == 200
    assert lead.get("/reports/issues").status_code == 200
    assert lead.get("/reports/issues?month=x").status_code == 400
    assert lead.get("/reports/issues.csv?month=x").status_code == 404
    assert client_for(council.people["auditor"]).get("/reports/issues").status_code == 403


# T2, IN-3: the log as filtered, as files without a formula, with headings that say the basis
def test_the_log_is_downloaded(app, council, client_for) -> None:
    with app.app_context(), saving():
        a_year(council)
        theme("visits").name = "=1+1"
    lead = client_for(council.people["qa_lead"])
    answer = lead.get("/reports/issues.csv?month=2023-03&by=service")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert rows[0][:3] == [
        "Theme", "Audits with an area for development, March 2023", "Audits, March 2023",
    ]  # fmt: skip
    assert rows[1][:3] == ["'=1+1", "2", "3"]
    book = CalamineWorkbook.from_filelike(BytesIO(lead.get(
        "/reports/issues.xlsx?month=2023-03").data))  # fmt: skip
    assert book.sheet_names == ["Issues log", "About"]
    assert book.get_sheet_by_name("Issues log").to_python()[1][:3] == ["=1+1", 2, 3]
    with app.app_context():
        assert db.session.query(Event).filter_by(verb="list_exported").count() == 2


def findings(client, **more):
    query = "&".join(f"{key}={value}" for key, value in more.items())
    return client.get(f"/reports/issues/findings?month=2023-03&theme=visits&{query}").text


# R2, T2: text without case reference and without what may identify; noted as read
def test_findings_are_shown_without_what_may_identify(app, council, client_for) -> None:
    with app.app_context(), saving():
        audit = an_audited(council)
        a_finding(audit, "visits", text="Mrs Sally Example of 100001 rang 020 7946 0018")
        a_finding(audit, "visits", STRENGTH, "Seen alone each time")
        reference = audit.reference
    lead = client_for(council.people["qa_lead"])
    page = findings(lead)

    assert "[left out]" in page
    assert reference in page
    for word in ("Sally", "100001", "7946"):
        assert word not in page
    strengths = findings(lead, counting="strength")
    assert "Seen alone each time" in strengths
    assert "Mark as an example" in strengths
    assert "There is none" in findings(lead, counting="recording", section="Other")
    assert lead.get("/reports/issues/findings?span=x").status_code == 404
    assert lead.get("/reports/issues/findings?theme=x").status_code == 404
    with app.app_context():
        viewed = db.session.query(Event).filter_by(verb="findings_viewed").all()
        assert [each.details["count"] for each in viewed] == [1, 1, 0]


# I2, M3: only findings of audits that the reader may read; how many more there are is said
def test_findings_of_other_services_are_counted_and_not_shown(app, council, client_for) -> None:
    with app.app_context(), saving():
        a_finding(an_audited(council), "visits", text="Of safeguarding")
        for number in range(26):
            a_finding(an_audited(council, team="CARE1"), "visits", text=f"Of care {number}")
    page = findings(client_for(council.people["head"]))
    care = findings(client_for(council.people["other_head"]))

    assert "Of safeguarding" in page
    assert "Of care" not in page
    assert "26 more findings" in page
    assert 'rel="next"' in care
    assert "Of safeguarding" not in care


# M3: an audit that is not finished is in no figure, so that a blind moderator learns nothing
def test_an_audit_without_its_final_grade_is_not_in_the_log(context, council) -> None:
    audit = an_audited(council)
    a_finding(audit, "visits", DEVELOPMENT)
    audit.state, audit.final_grade, audit.final_at = "awaiting_moderation", None, None
    db.session.flush()

    assert issues_log(ASKED).audits == []
