"""Checks and publications as jobs: begun once, done by the worker, told on a page (R3, CO-2)."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.database import db, now, saving
from qa_app.domain.publishing import NotNow, ReportMove, ReportState
from qa_app.notify.models import Job, JobState, Notice
from qa_app.reports.models import ReportVersion
from qa_app.reports.services import inbackground, publishing
from qa_app.reports.services.holding import Changed
from qa_app.reports.services.publishing import NotReady
from tests.council import Council
from tests.reports import publishing_world as world
from tests.reports.publishing_world import small_kind

__all__ = ["small_kind"]
pytestmark = pytest.mark.usefixtures("small_kind")


@pytest.fixture
def version_id(app: Flask, council: Council) -> UUID:
    """A draft with all written and explained."""
    with app.app_context(), saving():
        world.some_audits()
        version = world.begin(council)
        world.write_all(version, council)
        world.explain_all(version, council)
        return version.id


def _begin(council: Council, version_id: UUID, move: ReportMove, revision: int | None = None):
    version = db.session.get_one(ReportVersion, version_id)
    with saving():
        return inbackground.begin_move(
            version, revision or version.revision, move, by=world.lead(council), at=now()
        ).id


def _approve(council: Council, version_id: UUID) -> None:
    version = db.session.get_one(ReportVersion, version_id)
    with saving():
        head = council.people["head"]
        publishing.approve(version, version.revision, by=head, at=world.AT)


def _state(app: Flask, version_id: UUID) -> ReportState:
    with app.app_context():
        return db.session.get_one(ReportVersion, version_id).state


# R3: checked, approved, published, with nothing of it done in a request.
def test_the_worker_checks_and_publishes(app: Flask, council: Council, version_id: UUID) -> None:
    with app.app_context():
        _begin(council, version_id, ReportMove.CHECK)
    assert _state(app, version_id) is ReportState.DRAFT
    world.run_jobs(app)
    assert _state(app, version_id) is ReportState.CHECKED
    with app.app_context():
        _approve(council, version_id)
        _begin(council, version_id, ReportMove.PUBLISH)
    world.run_jobs(app)
    assert _state(app, version_id) is ReportState.PUBLISHED
    with app.app_context():
        version = db.session.get_one(ReportVersion, version_id)
        assert (version.checked_by, version.published_by) == (world.lead(council),) * 2


# CO-2: sent twice, it is begun once, and both are led to the same page.
def test_what_is_under_way_is_not_begun_again(app, council, version_id) -> None:
    with app.app_context():
        first = _begin(council, version_id, ReportMove.CHECK)
        assert _begin(council, version_id, ReportMove.CHECK) == first
        assert db.session.scalar(select(func.count()).select_from(Job)) == 1
        under_way = inbackground.move_under_way(version_id)
        assert under_way is not None
        assert under_way.id == first
    world.run_jobs(app)
    with app.app_context():
        assert inbackground.move_under_way(version_id) is None


# CO-2: what changed after the page was opened, or while the job waited, is never checked unseen.
def test_a_version_that_changed_is_not_moved(app, council, version_id) -> None:
    with app.app_context():
        version = db.session.get_one(ReportVersion, version_id)
        with pytest.raises(Changed):
            _begin(council, version_id, ReportMove.CHECK, version.revision + 1)
        job_id = _begin(council, version_id, ReportMove.CHECK)
        with saving():
            world.writing.write(
                db.session.get_one(ReportVersion, version_id), "next", "Something else.", 0,
                by=world.lead(council), at=world.AT,
            )  # fmt: skip
    world.run_jobs(app)
    assert _state(app, version_id) is ReportState.DRAFT
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        assert job.state is JobState.FAILED
        assert "Somebody else changed this version" in job.result["message"]
        # They may have left the page: they are told.
        notice = db.session.scalars(select(Notice)).one()
        assert notice.person_id == world.lead(council)
        assert notice.subject.endswith("version 1, was not checked")
        assert "Somebody else changed this version" in notice.body


# R3, R7: what a move refuses is refused before anything waits for the worker.
def test_what_cannot_be_moved_is_refused_at_once(app, council, version_id) -> None:
    with app.app_context():
        with pytest.raises(NotNow):
            _begin(council, version_id, ReportMove.PUBLISH)
        with saving():
            unwritten = world.begin(
                council, world.ReportAsked(world.ReportKind.HIGHLIGHT, "2023-01")
            ).id
        with pytest.raises(NotReady):
            _begin(council, unwritten, ReportMove.CHECK)
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0


# A draft that is thrown away while its check waits leaves a message and nothing else.
def test_a_draft_thrown_away_meanwhile(app, council, version_id) -> None:
    with app.app_context():
        job_id = _begin(council, version_id, ReportMove.CHECK)
        version = db.session.get_one(ReportVersion, version_id)
        with saving():
            by = world.lead(council)
            world.drafting.discard(version, version.revision, by=by, at=world.AT)
    world.run_jobs(app)
    with app.app_context():
        assert db.session.scalars(select(Notice)).all() == []
        assert "threw this draft away" in db.session.get_one(Job, job_id).result["message"]


def test_the_page_says_how_far_it_is_and_what_came_of_it(
    app, council, client_for, version_id
) -> None:
    lead = client_for(council.people["qa_lead"])
    path = f"/reports/versions/{version_id}"
    with app.app_context():
        page = f"{path}/moves/{_begin(council, version_id, ReportMove.CHECK)}"
    assert "You can leave this page" in lead.get(page).text
    # The page of checks offers no second one, and leads to the first.
    checks = lead.get(f"{path}/checks").text
    assert page in checks
    assert "Confirm the checks" not in checks
    assert page in lead.get(f"{path}/work").text
    world.run_jobs(app)
    done = lead.get(page).text
    assert "It waits for approval" in done
    assert f"{path}/suppressed" in done


def test_the_page_says_why_it_failed(app, council, client_for, version_id) -> None:
    lead = client_for(council.people["qa_lead"])
    with app.app_context():
        page = f"/reports/versions/{version_id}/moves/" + str(
            _begin(council, version_id, ReportMove.CHECK)
        )
        with saving():
            job = db.session.scalars(select(Job)).one()
            job.state, job.result = JobState.FAILED, {"message": "The reason why"}
    told = lead.get(page).text
    assert "It was not checked" in told
    assert "The reason why." in told
    assert "Nothing was changed" in told


# AZ-2: a job's page is reached by its own version alone, and by those who lead alone.
def test_whose_page_it_is(app, council, client_for, version_id) -> None:
    with app.app_context():
        job_id = _begin(council, version_id, ReportMove.CHECK)
        with saving():
            asked = world.ReportAsked(world.ReportKind.HIGHLIGHT, "2023-01")
            other = world.begin(council, asked).id
    lead = client_for(council.people["qa_lead"])
    assert lead.get(f"/reports/versions/{version_id}/moves/{job_id}").status_code == 200
    assert lead.get(f"/reports/versions/{other}/moves/{job_id}").status_code == 404
    assert lead.get(f"/reports/versions/{version_id}/moves/{other}").status_code == 404
    for who in ("viewer", "worker", "auditor", "administrator"):
        answer = client_for(council.people[who]).get(
            f"/reports/versions/{version_id}/moves/{job_id}"
        )
        assert answer.status_code in (403, 404), who
