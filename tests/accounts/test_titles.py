"""What a job title stands for is never changed by its bearer: it would be a way to roles."""

import pytest
from sqlalchemy import select

from qa_app.accounts.models import JobTitle, PostKind, name_key
from qa_app.accounts.titles import OwnTitle, change_title
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Role


def _title(words: str) -> JobTitle:
    return db.session.scalars(select(JobTitle).where(JobTitle.title_key == name_key(words))).one()


def _change(title: JobTitle, by, roles=(Role.ADMINISTRATOR,)) -> None:
    with saving():
        change_title(
            title, title.kind, rank=title.rank, line=title.line, roles=roles, by=by, at=now()
        )


def test_nobody_changes_their_own_job_title(context, council):
    title = _title(PostKind.QA_LEAD.words)
    before = list(title.roles)
    with pytest.raises(OwnTitle):
        _change(title, council.people["qa_lead"])
    db.session.expire_all()
    assert _title(PostKind.QA_LEAD.words).roles == before


def test_somebody_else_changes_it(context, council):
    title = _title(PostKind.QA_LEAD.words)
    _change(title, council.people["administrator"], roles=(Role.QA_LEAD, Role.AUDITOR))
    assert _title(PostKind.QA_LEAD.words).roles == ["auditor", "qa_lead"]
