"""What auditors and moderators learn: what was written to them, who decided, what was good (M9)."""

from datetime import date

import pytest

from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, Finding, GradeRow, GradeSource
from qa_app.database import db, now, saving
from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import Month
from qa_app.domain.grades import GRADES, Grade
from qa_app.moderation.models import (
    CalibrationSession,
    CalibrationState,
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries import learning
from qa_app.moderation.queries.agreement import PairsAsked
from qa_app.standards.queries import current_version
from tests.moderation.test_agreement_query import a_pair, counts_of
from tests.queries import count_queries
from tests.reports.rows import noon

OUT, GOOD, RI, IN = GRADES
IN_MAY = date(2023, 5, 12)
MAY = "?from=2023-05&to=2023-05"


def pair(council, auditor: Grade, final: Grade, **more) -> Audit:
    """A pair of Ada's, moderated by Hetty, in Safeguarding."""
    people, teams = council.people, council.teams
    told = {
        "auditor_id": people["auditor"],
        "auditor_name": "Ada Auditor",
        "moderator": (people["head"], "Hetty Head"),
        "service_id": teams["SAFE"],
        "team_id": teams["SAFE1"],
    }
    return a_pair(auditor, final, **{**told, **more})


def says(audit: Audit, words: str) -> None:
    db.session.query(Moderation).filter_by(audit_id=audit.id).one().feedback = words
    db.session.flush()


def row(audit: Audit, source: GradeSource, grade: Grade, at=None) -> None:
    db.session.add(
        GradeRow(audit_id=audit.id, source=source, grade=grade, at=at or noon(IN_MAY), by=None)
    )
    db.session.flush()


def decided(council, audit: Audit, mine: Grade, second: Grade) -> None:
    """A second moderator decided about the audit (M5)."""
    row(audit, GradeSource.MODERATOR, mine)
    row(audit, GradeSource.SECOND_MODERATOR, second)
    db.session.add(
        Moderation(
            audit_id=audit.id, moderator_id=council.people["director"], moderator_name="Dora",
            mode=ModerationMode.SIGHTED, state=ModerationState.COMMITTED,
            stage=ModerationStage.SECOND, started_at=noon(IN_MAY), committed_at=noon(IN_MAY),
        )
    )  # fmt: skip
    db.session.flush()


def strength(audit: Audit, text: str, kind: FindingKind = FindingKind.STRENGTH) -> None:
    db.session.add(Finding(audit_id=audit.id, kind=kind, text=text, added_at=noon(IN_MAY)))
    db.session.flush()


# M9: an auditor sees their own, with what each first moderator wrote, the newest first.
def test_an_auditor_reads_what_moderators_wrote_to_them(app, council, client_for) -> None:
    with app.app_context(), saving():
        first = pair(council, GOOD, RI)
        says(first, "Clear analysis of risk.")
        second = pair(council, GOOD, GOOD)
        says(second, "The child’s voice is heard.")
        says(pair(council, GOOD, GOOD, auditor_id=council.people["other_auditor"]), "Not for Ada.")
        names = [first.reference, second.reference]
    html = client_for(council.people["auditor"]).get("/moderation/mine").get_data(as_text=True)
    assert html.index(names[1]) < html.index(names[0])
    assert "Clear analysis of risk." in html
    assert "Not for Ada." not in html
    assert "Your grade stood." in html
    assert "The final grade differs from yours." in html


# M5: the feedback is the first moderator's; the audit is listed once though two moderated it.
def test_an_audit_decided_again_is_listed_once(context, council) -> None:
    audit = pair(council, GOOD, RI)
    decided(council, audit, RI, RI)
    found = learning.moderated_audits_of(council.people["auditor"])
    assert [each.moderation.moderator_name for each in found.rows] == ["Hetty Head"]


def test_pages_of_moderated_audits_have_no_gap_and_no_double(context, council) -> None:
    made = [pair(council, GOOD, GOOD).id for _ in range(learning.PAGE * 2 + 3)]
    seen, before = [], None
    while True:
        with count_queries(context) as counted:
            found = learning.moderated_audits_of(council.people["auditor"], before)
        assert len(counted) == 1, counted
        seen += [each.audit.id for each in found.rows]
        before = found.older
        if before is None:
            break
    assert seen == made[::-1]


# M9: a moderator is set beside second moderators, with n and only from 10 on.
@pytest.mark.parametrize(("number", "shown"), [(9, False), (10, True)])
def test_a_moderator_beside_second_moderators(app, council, client_for, number, shown) -> None:
    with app.app_context(), saving():
        for each in range(number):
            final = RI if each % 2 else GOOD
            decided(council, pair(council, GOOD, final), RI, final)
        pair(council, GOOD, RI)
        assert learning.against_second_moderators(council.people["head"]) == counts_of(
            *((RI, RI if each % 2 else GOOD) for each in range(number))
        )
        assert learning.against_second_moderators(council.people["other_head"]) == counts_of()
    client = client_for(council.people["head"])
    html = client.get("/moderation/mine/decided-again").get_data(as_text=True)
    assert ("You more severe" in html) is shown
    assert ("Figures are shown from 10 audits on" in html) is not shown
    assert html.count("/moderation/audits/") == number


# M3, M9: the newest grade given before seeing the auditor's, of finished blind moderations alone.
def test_first_grades_are_set_beside_the_auditors(context, council) -> None:
    blind = pair(council, GOOD, GOOD, mode=ModerationMode.BLIND)
    row(blind, GradeSource.MODERATOR_BLIND, IN, noon(date(2023, 5, 13)))
    row(blind, GradeSource.MODERATOR_BLIND, RI, noon(date(2023, 5, 14)))
    pair(council, IN, IN)
    month = Month(2023, 5)
    asked = PairsAsked(month, month, now())
    assert learning.before_seeing(asked) == counts_of((GOOD, RI))


# M3, M9: a first grade of an audit that was then returned is of what has been corrected since: the
# moderation that was finished was a sighted one.
def test_a_first_grade_before_a_return_is_compared_with_nothing(context, council) -> None:
    returned = pair(council, GOOD, GOOD, mode=ModerationMode.SIGHTED)
    row(returned, GradeSource.MODERATOR_BLIND, IN)
    month = Month(2023, 5)
    assert learning.before_seeing(PairsAsked(month, month, now())) == counts_of()


# Issue 5: audits finally graded Good or better, moderated, with the strengths to share.
def test_good_audits_with_their_strengths(context, council) -> None:
    good, better = pair(council, GOOD, GOOD), pair(council, GOOD, OUT)
    strength(good, "Visited weekly.")
    strength(good, "The chronology is thin.", FindingKind.DEVELOPMENT)
    strength(better, "The plan is the child’s own.")
    strength(pair(council, GOOD, RI), "Not among them.")
    strength(pair(council, GOOD, GOOD, on=date(2023, 6, 1)), "Another month.")
    with count_queries(context) as counted:
        found = learning.good_audits(
            actor(council.people["head"], date(2023, 5, 20)), date(2023, 5, 1), date(2023, 5, 1)
        )
    assert [(each.audit.id, [s.text for s in each.strengths]) for each in found.rows] == [
        (better.id, ["The plan is the child’s own."]), (good.id, ["Visited weekly."]),
    ]  # fmt: skip
    assert len(counted) <= 3, counted


# I2: the list has nobody's audits but those that its reader may read.
@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("head", True), ("auditor", False), ("manager", True), ("qa_lead", True),
        ("other_head", False), ("other_auditor", False),
    ],
)  # fmt: skip
def test_who_reads_good_audits(app, council, client_for, who, reads) -> None:
    with app.app_context(), saving():
        # Imported rows name their auditor without making them a party to read by.
        strength(pair(council, GOOD, GOOD), "Visited weekly.")
    html = client_for(council.people[who]).get(f"/moderation/good{MAY}").get_data(as_text=True)
    assert ("Visited weekly." in html) is reads


@pytest.mark.parametrize(
    ("address", "status", "says_"),
    [
        (MAY, 200, "No moderated audit that you may read"),
        ("", 200, "No moderated audit that you may read"),
        ("?from=x", 400, "Correct what is marked"),
        ("?from=2023-06&to=2023-05", 400, "Enter the earlier month first"),
    ],
)
def test_the_months_of_good_audits(council, client_for, address, status, says_) -> None:
    answer = client_for(council.people["head"]).get(f"/moderation/good{address}")
    assert answer.status_code == status
    assert says_ in answer.get_data(as_text=True)


# M10: gold-standard files that say why are there to be read; others are not.
def test_examples_to_read(context, council) -> None:
    for title, more in (
        ("Gold", {}), ("Not gold", {"gold": False}), ("No reasons", {"agreed_why": ""}),
        ("Open", {"state": CalibrationState.OPEN, "closed_at": None}),
    ):  # fmt: skip
        told = {
            "title": title, "gold": True, "state": CalibrationState.CLOSED, "closed_at": now(),
            "agreed_why": "Because.", "tool_version_id": current_version("core").id,
            "plan_type": "child_protection", "file": {}, "made_by": council.people["qa_lead"],
            "made_at": now(),
        }  # fmt: skip
        db.session.add(CalibrationSession(**{**told, **more}))
    db.session.flush()
    assert [each.title for each in learning.examples_to_read()] == ["Gold"]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        # M9: own pages for whoever audits or moderates; nobody else has any.
        ("auditor", "/moderation/mine", 200),
        ("viewer", "/moderation/mine", 403),
        ("administrator", "/moderation/good", 403),
        ("auditor", "/moderation/mine/decided-again", 403),
        ("head", "/moderation/mine/decided-again", 200),
    ],
)
def test_who_has_such_pages(council, client_for, who, path, status) -> None:
    assert client_for(council.people[who]).get(path).status_code == status
