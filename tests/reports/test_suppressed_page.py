"""What is hidden in public, and why: looked at before a version is published (R5)."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import DatabaseError

from qa_app.database import db, saving
from qa_app.reports.public import Hidden
from qa_app.reports.publishing.contents import contents_of, public_contents_of
from qa_app.reports.queries.published import earlier_published
from qa_app.reports.services.cutting import facts_of
from tests.council import Council
from tests.reports import publishing_world as world
from tests.reports.publishing_world import small_kind

__all__ = ["small_kind"]
pytestmark = pytest.mark.usefixtures("small_kind")


def _in_state(app: Flask, council: Council, move) -> str:
    """A version with three audits that await a grade, moved so far; its address."""
    with app.app_context(), saving():
        world.some_audits()
        for _ in range(3):
            world.an_audit(world.FEBRUARY.first, world.GOOD, None)
        version = world.begin(council)
        if move is not None:
            move(version, council)
        return f"/reports/versions/{version.id}"


def _checked_with(text: str):
    """Checked, with this text in its part."""

    def move(version, council: Council) -> None:
        world.write_all(version, council, text)
        lead = council.people["qa_lead"]
        world.publishing.check(version, version.revision, by=lead, at=world.AT)

    return move


# R5: the count, what stands in its place, and why; the authority's own grades are not among them.
def test_a_hidden_count_is_shown_with_the_reason(app, council, client_for) -> None:
    path = _in_state(app, council, world.checked)
    page = client_for(council.people["qa_lead"]).get(f"{path}/suppressed")
    assert "What is hidden in public" in page.text
    assert "It is a count of 1 to 5." in page.text
    assert "MTM-1b: Audits completed that await a final grade" in page.text
    assert "Audit grades each month" not in page.text
    assert f"{path}?form=public" in page.text


# R5: sentences that may tell what is hidden are listed with their place.
def test_what_people_wrote_is_looked_at_too(app, council, client_for) -> None:
    text = "Plans were clear.\n\nThree audits await a grade; a mother said “nobody asked me”."
    path = _in_state(app, council, _checked_with(text))
    page = client_for(council.people["qa_lead"]).get(f"{path}/suppressed")
    assert "It says a count of 1 to 5" in page.text
    assert "quotation marks" in page.text
    assert "What is working well" in page.text


# R5: without any there is nothing to put right, and the page says so.
def test_a_text_that_tells_nothing(app, council, client_for) -> None:
    path = _in_state(app, council, _checked_with("The month’s audits praise careful plans."))
    page = client_for(council.people["qa_lead"]).get(f"{path}/suppressed")
    assert "No sentence was found" in page.text


# R5: a draft has nothing stored yet.
def test_a_draft_says_that_it_is_worked_out_at_the_check(app, council, client_for) -> None:
    path = _in_state(app, council, None)
    page = client_for(council.people["qa_lead"]).get(f"{path}/suppressed")
    assert "Nothing has been worked out yet" in page.text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        # R5: who writes the report, and the heads who approve it
        ("qa_lead", 200),
        ("head", 200),
        # I2: nobody who reads the public form alone
        ("viewer", 403),
        ("worker", 403),
        ("auditor", 403),
        ("administrator", 403),
    ],
)
def test_who_may_look(app, council, client_for, who, status) -> None:
    path = _in_state(app, council, world.checked)
    person = council.people[who]
    assert client_for(person).get(f"{path}/suppressed").status_code == status


# R5: what the page says was worked out with what is published; it is stored, and goes, with it.
def test_the_page_says_what_was_worked_out_at_the_check(app, council) -> None:
    path = _in_state(app, council, world.checked)
    with app.app_context():
        version = _get(path)
        full = contents_of(version, facts_of(version.cut))
        found = public_contents_of(version, full)
        assert [each.to_row() for each in found.figures] == version.public_figures
        assert found.hidden
        assert [Hidden.from_row(each) for each in version.public_hidden] == list(found.hidden)
        with saving():
            by = council.people["qa_lead"]
            world.publishing.take_back(version, version.revision, by=by, at=world.AT)
        assert _get(path).public_hidden is None


# R3: it is locked with the rest.
def test_what_is_hidden_is_locked_by_publication(app, council) -> None:
    path = _in_state(app, council, world.published)
    with app.app_context():
        with pytest.raises(DatabaseError, match="never changed"), saving():
            _get(path).public_hidden = []
        assert _get(path).public_hidden


# R5: a version that was checked before the reasons were kept says how to get them.
def test_a_version_without_reasons(app, council, client_for) -> None:
    path = _in_state(app, council, world.checked)
    with app.app_context(), saving():
        _get(path).public_hidden = None
    page = client_for(council.people["qa_lead"]).get(f"{path}/suppressed")
    assert page.status_code == 200
    assert "Nothing has been worked out yet" in page.text


def _get(path: str):
    return db.session.get(world.ReportVersion, UUID(path.rpartition("/")[2]))


# R5: what was published before: nothing before the first, the first before whatever follows.
def test_what_was_published_before_a_version(app, council) -> None:
    path = _in_state(app, council, world.published)
    with app.app_context():
        version = _get(path)
        assert earlier_published(version) == []
        again = world.begin(council, world.ReportAsked(world.ReportKind.COMPLIANCE, "2023-02"))
        (before,) = earlier_published(again)
        assert before.words.endswith("version 1")
        assert [each.to_row() for each in before.public] == version.public_figures
        later = world.begin(council, world.ReportAsked(world.ReportKind.COMPLIANCE, "2022-09"))
        assert earlier_published(later) == []
