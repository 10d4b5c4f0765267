"""R3: a published version's files are drawn once, by the worker, and stay the same bytes."""

from contextlib import ExitStack
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from qa_app.database import db, saving
from qa_app.domain.publishing import ReportMove
from qa_app.reports.models import ReportFile, ReportVersion
from qa_app.reports.render import LAYOUTS
from qa_app.reports.render.turns import one_at_a_time
from qa_app.reports.services import files, inbackground, publishing
from qa_app.reports.views.beside import shown_as
from tests.council import Council
from tests.reports import publishing_world as world
from tests.reports.publishing_world import small_kind

__all__ = ["small_kind"]
pytestmark = pytest.mark.usefixtures("small_kind")


@pytest.fixture
def version_id(app: Flask, council: Council) -> UUID:
    """A version that the worker has published."""
    with app.app_context(), saving():
        world.some_audits()
        version = world.approved(world.begin(council), council)
        inbackground.begin_move(
            version, version.revision, ReportMove.PUBLISH, by=world.lead(council), at=world.AT
        )
        found = version.id
    world.run_jobs(app)
    return found


# R3, R5: every layout, in full and as the public form, as it would be drawn from what is stored.
def test_each_file_is_kept_as_it_is_drawn(app: Flask, version_id: UUID) -> None:
    with app.app_context():
        version = db.session.get_one(ReportVersion, version_id)
        for public in (False, True):
            document, figures = shown_as(version, public=public)
            for layout in LAYOUTS:
                kept = files.kept(version, layout, public=public)
                assert kept == files.draw(version, document, figures, layout), layout


# R3: what was published is what everybody downloads, whatever draws files by then.
def test_a_download_is_the_kept_file(
    app: Flask, council: Council, client_for, version_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "draw", lambda *_: b"drawn anew")
    path = f"/reports/versions/{version_id}/download?format=pdf"
    answers = {who: client_for(council.people[who]).get(path).data for who in ("qa_lead", "viewer")}
    with app.app_context():
        version = db.session.get_one(ReportVersion, version_id)
        full, public = (files.kept(version, "pdf", public=each) for each in (False, True))
    # R5, I2: the viewer's is the public one
    assert answers == {"qa_lead": full, "viewer": public}
    assert full != public


# R3: the cover says what became of a version, so that a file of it is drawn anew from then on.
def test_a_withdrawn_versions_file_says_so(app, council, client_for, version_id) -> None:
    with app.app_context(), saving():
        version = db.session.get_one(ReportVersion, version_id)
        publishing.withdraw(
            version, version.revision, "A wrong import", by=world.lead(council), at=world.later()
        )
    path = f"/reports/versions/{version_id}/download?format=html"
    assert "A wrong import" in client_for(council.people["qa_lead"]).get(path).text


# R3: the database refuses to change or delete one.
@pytest.mark.parametrize(
    "statement", ["UPDATE report_file SET layout = 'doc'", "DELETE FROM report_file"]
)
def test_a_kept_file_is_never_changed(app: Flask, version_id: UUID, statement: str) -> None:
    with app.app_context():
        with pytest.raises(DatabaseError, match="never changed or deleted"), saving():
            db.session.execute(text(statement))
        assert db.session.query(ReportFile).filter_by(version_id=version_id).count() == 12


# A8: drawing holds up one request at a time, whoever asks; what is kept is given at once.
def test_one_file_is_drawn_at_a_time(app, council, client_for, version_id) -> None:
    with app.app_context(), saving():
        draft = world.again(db.session.get_one(ReportVersion, version_id), council).id
    lead = client_for(council.people["qa_lead"])
    path = f"/reports/versions/{draft}/download?format="
    with ExitStack() as somebody_else:
        with app.app_context():
            somebody_else.enter_context(one_at_a_time())
        refused = lead.get(f"{path}pdf")
        assert refused.status_code == 409
        assert "Another file is being drawn" in refused.text
        kept = lead.get(f"/reports/versions/{version_id}/download?format=pdf")
        assert kept.status_code == 200
    assert lead.get(f"{path}pdf").status_code == 200


# R5: a draft has no public form; nobody gets the full one under its name.
@pytest.mark.parametrize("page", ["?form=public", "/download?format=pdf&form=public"])
def test_a_draft_has_no_public_form(app, council, client_for, page) -> None:
    with app.app_context(), saving():
        world.some_audits()
        path = f"/reports/versions/{world.begin(council).id}"
    lead = client_for(council.people["qa_lead"])
    answer = lead.get(path + page)
    assert answer.status_code == 409
    assert "it is worked out at the check" in answer.text
    assert "Read its public form" not in lead.get(path).text
