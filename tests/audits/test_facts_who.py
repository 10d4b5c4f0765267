"""Who may check, answer, acknowledge and reply, in which state, by sending it at once (A12)."""

import pytest

from qa_app.audits import services
from qa_app.audits.models import Audit, AuditParty, Contribution, FactCheck, FactPoint
from qa_app.audits.services import Point
from qa_app.database import db, now, saving
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from tests.audits.making import written
from tests.council import find
from tests.queries import count_queries

DRAFT, WAITS, TAKEN, BACK, FINAL = (
    AuditState.IN_PROGRESS,
    AuditState.AWAITING_MODERATION,
    AuditState.IN_MODERATION,
    AuditState.RETURNED,
    AuditState.FINAL,
)


@pytest.fixture
def audit_in(app, council):
    """audit_in(state) → the address of an audit, with one point of the team manager's where it was
    sent, and the point's id."""
    people = council.people

    def make(state: AuditState) -> tuple[str, str]:
        with app.app_context(), saving():
            audit = written(council)
            if state is DRAFT:
                return f"/audits/{audit.id}", str(audit.id)
            services.submit(audit, by=people["other_auditor"], at=now())
            services.answer_check(
                audit, points=[Point("", "It was in May")], by=people["manager"], at=now()
            )
            if state is BACK:
                services.correct_facts(audit, by=people["other_auditor"], at=now())
            elif state is not WAITS:
                name, moderator = "Rhona Head", people["review_head"]
                audit.parties.append(
                    AuditParty(party=Party.MODERATOR, person_id=moderator, name=name)
                )
                audit.state = state
                if state is FINAL:
                    audit.final_grade, audit.final_at = Grade.GOOD, now()
            return f"/audits/{audit.id}", str(find(FactPoint).id)

    return make


AGREE = ("facts", {"right": "agree"})
READ = ("acknowledge", {})
SAY = ("reply", {"text": "I reply", "send": "1"})
CORRECT = ("facts/correct", {})
STANDS = ("facts/points/{point}", {"point-{point}-text": "It says June"})
POINT = ("facts/points/{point}", {"point-{point}-text": "Now", "point-{point}-answer": "corrected"})

WHO = [
    # A12: nobody checks, acknowledges, replies to or corrects the facts of a draft
    (DRAFT, "worker", AGREE, 404),
    (DRAFT, "worker", READ, 404),
    (DRAFT, "worker", SAY, 404),
    (DRAFT, "other_auditor", CORRECT, 409),
    # A12: once it is sent, the social worker does, and the team manager
    (WAITS, "worker", AGREE, 302),
    (WAITS, "worker", READ, 302),
    (WAITS, "worker", SAY, 302),
    (WAITS, "manager", READ, 302),
    (WAITS, "manager", SAY, 302),
    # A12: once: the team manager has answered
    (WAITS, "manager", AGREE, 409),
    # A12: and nobody else, whoever may read it
    (WAITS, "other_auditor", AGREE, 403),
    (WAITS, "other_auditor", SAY, 403),
    (WAITS, "qa_lead", AGREE, 403),
    (WAITS, "head", SAY, 403),
    (WAITS, "chair", READ, 403),
    # I2: those who may not see it do not learn that it is there
    (WAITS, "viewer", AGREE, 404),
    (WAITS, "iro", SAY, 404),
    (WAITS, "administrator", READ, 404),
    # A12: the auditor alone answers a point, or takes the audit back
    (WAITS, "other_auditor", STANDS, 302),
    (WAITS, "other_auditor", CORRECT, 302),
    (WAITS, "worker", STANDS, 403),
    (WAITS, "manager", CORRECT, 403),
    (WAITS, "qa_lead", CORRECT, 403),
    (WAITS, "iro", STANDS, 404),
    # A12: “corrected” is no answer while it cannot be changed: why it stands is asked
    (WAITS, "other_auditor", ("facts/points/{point}", {}), 400),
    # A12: while it is back, the social worker can still say what else is wrong
    (BACK, "worker", AGREE, 302),
    (BACK, "worker", SAY, 302),
    (BACK, "other_auditor", POINT, 302),
    (BACK, "other_auditor", CORRECT, 409),
    # A12: once a moderator has it, the reply is the way
    (TAKEN, "worker", AGREE, 409),
    (TAKEN, "worker", READ, 302),
    (TAKEN, "worker", SAY, 302),
    (TAKEN, "other_auditor", STANDS, 302),
    (TAKEN, "other_auditor", CORRECT, 409),
    # A12: the same of a final audit, of which nothing is answered any more
    (FINAL, "worker", AGREE, 409),
    (FINAL, "worker", READ, 302),
    (FINAL, "manager", SAY, 302),
    (FINAL, "other_auditor", STANDS, 409),
    (FINAL, "other_auditor", CORRECT, 409),
]


@pytest.mark.parametrize(("state", "who", "what", "status"), WHO)
def test_each_may_do_what_is_theirs_when_it_is(
    app, council, client_for, audit_in, state, who, what, status
):
    path, point = audit_in(state)
    where, data = what
    data = {key.format(point=point): value for key, value in data.items()}
    client = client_for(council.people[who])
    before = _all(app)
    answer = client.send(f"{path}/{where.format(point=point)}", data)
    assert answer.status_code == status
    assert (_all(app) != before) == (status == 302), "what is refused changes nothing"


def _all(app) -> list:
    """Everything that these changes could touch."""
    with app.app_context():
        checks = db.session.query(FactCheck).order_by(FactCheck.id)
        points = db.session.query(FactPoint).order_by(FactPoint.id)
        words = db.session.query(Contribution).order_by(Contribution.id)
        return [
            [(row.answered_at, row.agreed, row.acknowledged_at) for row in checks],
            [(row.says, row.answer, row.answer_text) for row in points],
            [(row.text, row.signed_at) for row in words],
            [(row.state, row.version) for row in db.session.query(Audit)],
        ]


# AZ-3, A12: a point of one audit cannot be answered through another one.
def test_a_point_is_reached_through_its_own_audit_alone(app, council, client_for, audit_in):
    path, point = audit_in(WAITS)
    with app.app_context(), saving():
        other = written(council, case="100003")
        services.submit(other, by=council.people["other_auditor"], at=now())
        elsewhere = f"/audits/{other.id}"
    client = client_for(council.people["other_auditor"])
    data = {f"point-{point}-text": "It says June"}
    assert client.send(f"{elsewhere}/facts/points/{point}", data).status_code == 404
    assert client.send(f"{path}/facts/points/{point}", data).status_code == 302


# A12: what is closed says why on its own page.
def test_a_reply_after_its_time_is_refused_and_the_page_says_so(app, council, client_for, audit_in):
    path, _ = audit_in(FINAL)
    with app.app_context(), saving():
        audit = find(Audit)
        audit.final_at = audit.final_at.replace(year=2025)
    worker = client_for(council.people["worker"])
    assert "Replies could be made until" in worker.get(f"{path}/reply").text
    assert worker.send(f"{path}/reply", {"text": "Late", "send": "1"}).status_code == 409


@pytest.mark.parametrize("page", ["", "/facts", "/facts/points"])
def test_a_page_costs_the_same_for_one_point_and_for_twenty(
    app, council, client_for, audit_in, page
):
    path, _ = audit_in(WAITS)
    who = "other_auditor" if page == "/facts/points" else "worker"
    client = client_for(council.people[who])
    asked = []
    for more in (0, 19):
        with app.app_context(), saving():
            check = db.session.query(FactPoint).first().check_id
            db.session.add_all(
                FactPoint(check_id=check, says=f"Point {n}", added_at=now()) for n in range(more)
            )
        with count_queries(app) as counted:
            assert client.get(f"{path}{page}").status_code == 200
        asked.append(counted)
    assert len(asked[0]) == len(asked[1]), asked[1]
