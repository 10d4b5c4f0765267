"""I2: a mistaken mapping can put an audit's text among the refused values; who then sees it."""

import pytest

from qa_app.cases.models import ImportFault, ImportKind, ImportRun
from qa_app.database import db, now, saving

CANARY = "peregrine"


@pytest.fixture
def runs(app, council):
    with app.app_context(), saving():
        found = {}
        for kind in (ImportKind.AUDITS, ImportKind.SSD):
            run = ImportRun(kind=kind, file_name="file", at=now(), counts={})
            db.session.add(run)
            db.session.flush()
            fault = ImportFault(run_id=run.id, position=0, place="May 23", row=3, column="Team",
                                value=CANARY, reason="No team has this name")  # fmt: skip
            db.session.add(fault)
            found[kind] = run.id
    return found


@pytest.mark.parametrize(
    ("who", "kind", "sees"),
    [
        # the QA lead may import audits, and corrects what was refused
        ("qa_lead", ImportKind.AUDITS, True),
        # administrators see no case content
        ("administrator", ImportKind.AUDITS, False),
        # an extract's values are withheld at the source where they could tell of a child
        ("administrator", ImportKind.SSD, True),
    ],
)
def test_who_sees_a_refused_value(runs, council, client_for, who, kind, sees):
    page = client_for(council.people[who]).get(f"/cases/imports/{runs[kind]}").text
    assert (CANARY in page) is sees
    assert "No team has this name" in page
