"""M3, R2: a figure tells nobody the grade of an audit that they may yet moderate blind."""

from datetime import timedelta

import pytest

from qa_app.accounts.queries import actor
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.queries.blind import judgement_hidden
from qa_app.audits.services.choosing import make_sighted
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.domain.measures import OUTSTANDING_MEASURE
from qa_app.moderation import services as moderation
from qa_app.moderation.views.actions import pinned
from qa_app.reports import services
from qa_app.reports.asked import Asked, GradeBasis
from qa_app.reports.queries import behind
from qa_app.tracker.models import ActionSource
from qa_app.tracker.services import raise_action
from tests.audits.making import MONTH, submitted, written
from tests.council import Council, hold
from tests.moderation.blind_world import MODERATOR, a_blind_audit, first_grades, taken
from tests.moderation.factory import a_concern

THIS_MONTH = Month.of(MONTH)
BAD = Grade.INADEQUATE


def _inadequate(council: Council, **options: str) -> Audit:
    """A blind one with a priority action, so that it is in MTM-1 and in MTM-4."""
    audit = a_blind_audit(council, grade="inadequate", **options)
    raise_action(
        kind=ActionKind.PRIORITY, what="See him alone.", owner=audit.auditor,
        source=ActionSource.AUDIT, source_key=f"audit:{audit.id}", by=audit.auditor_id, at=now(),
        audit=pinned(audit),
    )  # fmt: skip
    return audit


def _asked(council: Council, key: str | None) -> Asked:
    reader = actor(council.people[key], now().date()) if key else None
    return Asked(THIS_MONTH, THIS_MONTH, now(), GradeBasis.AUDITOR, reader=reader)


def _counted(council: Council, key: str | None) -> tuple[int, int, int, int]:
    """How many are Inadequate by their auditors, and priority actions after such ones; as the
    figures say, and as the lists behind them."""
    asked = _asked(council, key)
    found = services.answer(asked)
    graded = next(each for each in found.figures if each.category == BAD.words)
    (outstanding,) = found.of(OUTSTANDING_MEASURE)
    reader = asked.reader or actor(council.people["qa_lead"], now().date())
    audits = behind.audits_behind(asked, "MTM-1", BAD.value, reader, None)
    actions = behind.actions_behind(asked, reader, None)
    return graded.numerator, outstanding.numerator, audits.total, actions.total


# M3: heads of other services may be its blind moderator; whoever reads it knows it anyway. What is
# published (no reader) leaves nothing out (R5).
@pytest.mark.parametrize(
    ("key", "counted"),
    [
        ("other_head", 0),
        ("review_head", 0),
        ("head", 1),
        ("director", 1),
        ("qa_lead", 1),
        (None, 1),
    ],
)
def test_who_is_told_of_a_blind_inadequate(context, council, key, counted) -> None:
    _inadequate(council)
    assert _counted(council, key) == (counted,) * 4


# M3: with the first grades it is counted for their moderator, and for everybody.
def test_it_is_counted_once_nothing_is_hidden(context, council) -> None:
    begun = taken(council, _inadequate(council))
    assert _counted(council, MODERATOR) == (0,) * 4
    who = council.people[MODERATOR]
    moderation.commit_first(begun, first_grades(begun), by=who, at=now())
    for key in (MODERATOR, "review_head"):
        assert _counted(council, key) == (1,) * 4


def test_the_page_says_what_is_left_out_whether_or_not_there_is_such_an_audit(
    app, council, client_for
) -> None:
    words, path = "still to be moderated blind", "/reports/measures?grades=auditor"
    for key, times in (("other_head", 2), ("qa_lead", 0)):
        page = client_for(council.people[key]).get(path).text
        assert page.count(words) == times, key
    # A final grade is no secret; the actions after an audit without one are.
    assert client_for(council.people["other_head"]).get("/reports/measures").text.count(words) == 1


def _hidden(audit: Audit) -> bool:
    db.session.flush()
    return db.session.query(Audit.id).filter(Audit.id == audit.id, judgement_hidden()).count() == 1


# M3, in SQL: from submission to the first grades, but for what makes the moderation sighted.
@pytest.mark.parametrize(
    ("what", "hidden"),
    [
        ("waits", True),
        ("has a concern", False),
        ("made sighted", False),
        ("taken", True),
        # A9: raised by the blind moderator, who goes on blind
        ("taken, then a concern", True),
        ("graded first", False),
        ("given back unread", True),
        # Hidden from whoever takes it next; who gave it back has read it
        ("given back after the first grades", True),
    ],
)
def test_when_the_judgement_is_hidden(context, council, what, hidden) -> None:
    audit, who = a_blind_audit(council), council.people[MODERATOR]
    if what == "made sighted":
        make_sighted(audit, "A reason", by=council.people["qa_lead"], at=now())
    begun = taken(council, audit) if what[:5] in ("taken", "grade", "given") else None
    if what.endswith("concern"):
        a_concern(audit)
    if what.endswith(("first", "first grades")):
        moderation.commit_first(begun, first_grades(begun), by=who, at=now())
    if what.startswith("given back"):
        moderation.release(begun, by=who, at=now())
    assert _hidden(audit) is hidden


def test_a_sighted_audit_hides_nothing(context, council) -> None:
    assert not _hidden(submitted(council, auditor="auditor"))


# A12: taken back to correct its facts it is still to be moderated blind, and stays hidden.
def test_it_stays_hidden_while_its_facts_are_corrected(context, council) -> None:
    hold("blind_share", 100)
    audit = written(council, auditor="auditor", grade="inadequate")
    with saving():
        audit = audits.submit(audit, by=council.people["auditor"], at=now() - timedelta(hours=1))
        points = [audits.Point("risk", "It was in May")]
        audits.answer_check(audit, points=points, by=council.people["worker"], at=now())
        audit = audits.correct_facts(audit, by=council.people["auditor"], at=now())
    assert _hidden(audit)
    assert _counted(council, MODERATOR)[0] == 0
