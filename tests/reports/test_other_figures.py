"""Figures from elsewhere: set beside ours in a draft, marked, with a computed percentage (R1)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import NotNow, ReportKind, ReportState
from qa_app.history import Event
from qa_app.reports.building import Said, document_of, figures_of
from qa_app.reports.document import Bullets
from qa_app.reports.kinds.elsewhere import Elsewhere
from qa_app.reports.kinds.recipe import Other
from qa_app.reports.models import OtherFigure, ReportVersion
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import others
from qa_app.reports.services.drafting import begin_report
from tests.reports.facts_made import published_facts

ASKED = ReportAsked(ReportKind.HIGHLIGHT, "2023-04")
TYPED = others.FigureTyped(
    "month", "Complaints answered in time", 12, 20, "complaints team", date(2023, 5, 3)
)


@pytest.fixture
def lead(council):
    return council.people["qa_lead"]


@pytest.fixture
def version(context, council, lead) -> ReportVersion:
    found = begin_report(ASKED, by=lead, at=now())
    db.session.commit()
    return found


def lines(section: str, *, public: bool = False, said=()) -> list[str]:
    """What one section of the highlight report says in lists made from figures."""
    facts = published_facts()
    document = document_of(ASKED, facts, figures_of(ASKED, facts), Said(others=said), public=public)
    found = next(each for each in document.sections if each.id == section)
    return [line for block in found.blocks if isinstance(block, Bullets) for line in block.items]


# R1: a figure from elsewhere has numerator, denominator, source and date, and is marked as such;
# the percentage is worked out.
def test_the_report_marks_it_and_works_the_percentage_out(version, lead) -> None:
    others.add_figure(version, TYPED, by=lead, at=now())
    assert lines("month", said=others.others_of(version)) == [
        "Complaints answered in time: 12 of 20 (60%). From elsewhere: complaints team, 3 May 2023"
    ]
    assert lines("leaders", said=others.others_of(version)) == []


# R1: a plain count has no percentage.
def test_a_plain_count_has_no_percentage(version, lead) -> None:
    others.add_figure(version, replace(TYPED, denominator=None), by=lead, at=now())
    assert "%" not in others.others_of(version)[0].text


# R1: nobody types a percentage; R7: nor a placeholder.
@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"words": "60% of complaints"}, "words", "worked out"),
        ({"source": "complaints, 60 per cent"}, "source", "worked out"),
        ({"words": "Complaints TBC"}, "words", "TBC"),
        ({"source": "XX"}, "source", "XX"),
        ({"numerator": -1}, "numerator", "0 or more"),
        ({"numerator": 21}, "denominator", "21 is no part of 20"),
        ({"section": "nowhere"}, "section", "Select the section"),
        ({"as_at": date(2999, 1, 1)}, "as_at", "today or earlier"),
    ],
)
def test_what_is_no_such_figure_is_refused(version, lead, changed, field, says) -> None:
    with pytest.raises(DomainError, match=says) as refused:
        others.add_figure(version, replace(TYPED, **changed), by=lead, at=now())
    assert refused.value.field == field
    assert db.session.scalars(select(OtherFigure)).all() == []


def test_a_figure_of_today_is_not_of_the_future(version, lead) -> None:
    at = now()
    others.add_figure(version, replace(TYPED, as_at=london_date(at)), by=lead, at=at)
    assert len(version.others) == 1


# R3: what was checked stays as it is.
def test_only_a_draft_changes(version, lead) -> None:
    added = others.add_figure(version, TYPED, by=lead, at=now())
    version.figures, version.hash, version.state = [], "0" * 64, ReportState.CHECKED
    db.session.commit()
    with pytest.raises(NotNow, match="checked"):
        others.add_figure(version, TYPED, by=lead, at=now())
    with pytest.raises(NotNow, match="checked"):
        others.remove_figure(version, added.id, by=lead, at=now())


def test_taking_it_out_twice_is_taking_it_out(version, lead) -> None:
    added = others.add_figure(version, TYPED, by=lead, at=now())
    figure_id = added.id
    for _ in range(2):
        others.remove_figure(version, figure_id, by=lead, at=now())
    assert others.others_of(version) == []


def test_both_are_in_the_history_without_what_was_counted(app, version, lead) -> None:
    with saving():
        added = others.add_figure(version, TYPED, by=lead, at=now())
        figure_id = added.id
    with saving():
        others.remove_figure(version, figure_id, by=lead, at=now())
    wanted = ("report_figure_added", "report_figure_removed")
    events = db.session.scalars(select(Event).where(Event.verb.in_(wanted)).order_by("sequence"))
    assert [(event.verb, event.details) for event in events] == [
        ("report_figure_added", {"number": 1, "source": "complaints team"}),
        ("report_figure_removed", {"number": 1}),
    ]


# R3: whoever has the version's page open is told that it changed since.
def test_it_counts_as_a_change_of_the_version(version, lead) -> None:
    before = version.revision
    others.add_figure(version, TYPED, by=lead, at=now())
    db.session.flush()
    assert version.revision == before + 1


# R5: a public version hides counts of 1 to 5, and what gives them away; zero stays.
@pytest.mark.parametrize(
    ("numerator", "denominator", "hidden"),
    [
        (0, 20, False),
        (1, 20, True),
        (5, 20, True),
        (6, 20, False),
        (15, 20, True),
        (20, 20, False),
        (0, 4, True),
        (5, None, True),
        (6, None, False),
        (0, None, False),
    ],
)
def test_a_public_version_hides_small_counts(numerator, denominator, hidden) -> None:
    said = Elsewhere("month", "Surveys", "as counted", numerator, denominator, "survey, 3 May 2023")
    shown = "c. From elsewhere: survey, 3 May 2023" if hidden else "as counted"
    assert lines("month", public=True, said=[said]) == [f"Surveys: {shown}"]
    assert lines("month", said=[said]) == ["Surveys: as counted"]


# R5: without its counts nobody can tell whether a figure is small.
def test_a_public_version_leaves_out_one_whose_counts_are_not_known() -> None:
    said = Other("month", "Surveys", "3 of 4, survey, 3 May 2023")
    assert lines("month", public=True, said=[said]) == []
    assert lines("month", said=[said]) == ["From elsewhere: Surveys, 3 of 4, survey, 3 May 2023"]


# --- the page


@pytest.fixture
def address(app, council) -> str:
    with app.app_context(), saving():
        found = begin_report(ASKED, by=council.people["qa_lead"], at=now())
        db.session.flush()
        return f"/reports/versions/{found.id}/figures-from-elsewhere"


FORM = {
    "section": "month",
    "words": "Complaints answered in time",
    "numerator": "12",
    "denominator": "20",
    "source": "complaints team",
    "as_at-day": "3",
    "as_at-month": "5",
    "as_at-year": "2023",
}


def test_the_lead_adds_one_and_takes_it_out(address, council, client_for) -> None:
    client = client_for(council.people["qa_lead"])
    assert "There is none in this version" in client.get(address).text
    page = client.submit(address, FORM, follow_redirects=True)
    assert "12 of 20 (60%)" in page.text
    assert "complaints team, 3 May 2023" in page.text
    remove = next(part for part in page.text.split('"') if part.endswith("/remove"))
    page = client.send(remove, follow_redirects=True)
    assert "The figure is taken out" in page.text
    assert "12 of 20" not in page.text
    assert client.send(remove).status_code == 302


# R1: zero is a number, and a percentage is not.
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"numerator": ""}, "Enter how many there were"),
        ({"numerator": "a few"}, "must be a whole number"),
        ({"numerator": "30"}, "30 is no part of 20"),
        ({"words": "60% answered"}, "Leave the percentage out"),
        ({"source": ""}, "Enter where the figure comes from"),
        ({"as_at-day": "", "as_at-month": "", "as_at-year": ""}, "Enter the day of the figure"),
        ({"section": ""}, "Select the section"),
    ],
)
def test_the_page_says_what_is_missing_and_keeps_the_rest(
    address, council, client_for, changed, says
) -> None:
    page = client_for(council.people["qa_lead"]).submit(address, FORM | changed)
    assert page.status_code == 422
    assert says in page.text


def test_a_zero_is_taken(address, council, client_for) -> None:
    client = client_for(council.people["qa_lead"])
    page = client.submit(address, FORM | {"numerator": "0"}, follow_redirects=True)
    assert "0 of 20 (0%)" in page.text


def test_only_the_lead_comes_here(address, council, client_for) -> None:
    for who, status in (("head", 403), ("viewer", 403), ("auditor", 403), ("administrator", 403)):
        assert client_for(council.people[who]).get(address).status_code == status


def test_a_checked_version_shows_them_and_takes_no_more(app, address, council, client_for) -> None:
    client = client_for(council.people["qa_lead"])
    page = client.submit(address, FORM, follow_redirects=True)
    remove = next(part for part in page.text.split('"') if part.endswith("/remove"))
    with app.app_context(), saving():
        found = db.session.scalars(select(ReportVersion)).one()
        found.figures, found.hash, found.state = [], "0" * 64, ReportState.CHECKED
    page = client.get(address)
    assert "12 of 20 (60%)" in page.text
    assert "Take it back to a draft first" in page.text
    assert "remove" not in page.text
    assert "so it is not changed" in client.send(remove, follow_redirects=True).text
    assert "so it is not changed" in client.send(address, FORM, follow_redirects=True).text
