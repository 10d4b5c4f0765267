"""The check of the facts in any order, and at the same moment as moderation (A12, CO-3)."""

import threading
from datetime import timedelta

from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import Audit
from qa_app.audits.queries.facts import asked_of, checks_of, facts_of
from qa_app.audits.services import Point
from qa_app.database import db, now, saving
from qa_app.domain.answers import FactAnswer
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.facts import is_checked
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation import services as moderation
from qa_app.moderation.models import Moderation
from qa_app.moderation.queries import open_moderation
from qa_app.notify.models import Notice
from tests.audits.making import AT, answer_comments, submitted, written
from tests.moderation.factory import agreeing

WAITING = {AuditState.AWAITING_MODERATION, AuditState.IN_MODERATION}
ASKED = st.sampled_from(["worker", "manager"])


class Checking(RuleBasedStateMachine):
    """Days pass; people answer, dispute, take, give back, return, correct, send and finish, each
    whenever they like: what is not allowed is refused."""

    council = None

    def __init__(self) -> None:
        super().__init__()
        self.people = self.council.people
        self.auditor = self.people["other_auditor"]
        self.at = AT
        self.began: list[tuple[bool, bool]] = []

    def start_with(self, grade: str) -> None:
        self.audit = written(self.council, grade=grade)
        services.submit(self.audit, by=self.auditor, at=self.at)
        self.first = (self.audit.completed_on, self.audit.submitted_at)

    def attempt(self, change, *args, **kwargs) -> None:
        try:
            with db.session.begin_nested():
                change(*args, **kwargs)
        except DomainError:
            db.session.expire_all()

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(who=ASKED, points=st.integers(0, 2))
    def somebody_answers(self, who: str, points: int) -> None:
        said = [Point("", f"Point {number}") for number in range(points)]
        by = self.people[who]
        self.attempt(services.answer_check, self.audit, points=said, by=by, at=self.at)

    @rule(answer=st.sampled_from(FactAnswer))
    def the_auditor_answers_a_point(self, answer: FactAnswer) -> None:
        for point in facts_of(self.audit).open_points[:1]:
            self.attempt(
                services.answer_point, self.audit, point.id,
                answer=answer, text="Because", by=self.auditor, at=self.at,
            )  # fmt: skip

    @rule()
    def the_auditor_takes_it_back(self) -> None:
        self.attempt(services.correct_facts, self.audit, by=self.auditor, at=self.at)

    @rule()
    def the_auditor_answers_the_moderator(self) -> None:
        answer_comments(self.audit, self.auditor, self.at)

    @rule()
    def the_auditor_sends_it_again(self) -> None:
        self.attempt(services.submit, self.audit, by=self.auditor, at=self.at)

    @rule()
    def a_concern_is_raised(self) -> None:
        self.attempt(
            services.raise_concern, self.audit, worry="Bruises", by=self.auditor, at=self.at
        )

    @rule()
    def a_moderator_takes_it(self) -> None:
        head = db.session.get_one(Person, self.people["review_head"])
        over = london_date(self.at) > self.audit.facts_until
        checked = self.audit.facts_checked_at is not None
        before = self.audit.state
        self.attempt(moderation.start, self.audit, head, by=head.id, at=self.at)
        if before is not self.audit.state:
            self.began.append((over or checked, self.is_urgent()))

    @rule(how=st.sampled_from(["release", "return", "finish"]))
    def a_moderator_ends(self, how: str) -> None:
        mine: Moderation | None = open_moderation(self.audit.id)
        if mine is None:
            return
        by = self.people["review_head"]
        if how == "release":
            moderation.release(mine, by=by, at=self.at)
        elif how == "return":
            moderation.send_back(mine, pins=[services.Pin("More")], by=by, at=self.at)
        else:
            moderation.commit(
                mine, agreeing(self.audit), opened_record=True, feedback="Well", by=by, at=self.at
            )

    def is_urgent(self) -> bool:
        inadequate = self.audit.auditor_grade is Grade.INADEQUATE
        return inadequate or services.open_concern(self.audit) is not None

    @invariant()
    def it_is_checked_exactly_when_everybody_has_answered_everything(self) -> None:
        if self.audit.state in WAITING:
            settled = is_checked(asked_of(checks_of(self.audit)))
            assert settled == (self.audit.facts_checked_at is not None)

    @invariant()
    def moderation_never_began_early_unless_it_was_urgent(self) -> None:
        assert all(ended or urgent for ended, urgent in self.began)

    @invariant()
    def an_answer_is_whole(self) -> None:
        for check in checks_of(self.audit):
            assert (check.answered_at is None) == (check.agreed is None)
            assert bool(check.points) == (check.agreed is False)

    @invariant()
    def the_first_day_stays(self) -> None:
        assert self.audit.completed_on == self.first[0]
        if not any(row.state != "released" for row in self.moderations()):
            assert self.audit.submitted_at == self.first[1]

    @invariant()
    def the_head_of_service_was_told_of_an_inadequate_at_the_submission(self) -> None:
        if self.audit.auditor_grade is Grade.INADEQUATE:
            key = f"inadequate:{self.audit.id}"
            told = db.session.scalars(select(Notice).where(Notice.key == key)).one()
            assert told.created_at == self.first[1]

    def moderations(self) -> list[Moderation]:
        query = select(Moderation).where(Moderation.audit_id == self.audit.id)
        return list(db.session.scalars(query))

    def teardown(self) -> None:
        db.session.rollback()


class CheckingGood(Checking):
    """An audit that is not urgent, until somebody worries."""

    def __init__(self) -> None:
        super().__init__()
        self.start_with("good")


class CheckingInadequate(Checking):
    """An urgent one."""

    def __init__(self) -> None:
        super().__init__()
        self.start_with("inadequate")


def _run(machine) -> None:
    run_state_machine_as_test(
        machine, settings=runs(max_examples=12, stateful_step_count=16, deadline=None)
    )


# A12: facts_checked_at, the queue and the gaps agree, in whatever order things happen.
def test_the_check_holds_in_whatever_order(context, council):
    Checking.council = council
    _run(CheckingGood)


# E2, M0, A12: and for an Inadequate, whose clocks nothing delays.
def test_the_check_of_an_inadequate_holds_in_whatever_order(context, council):
    Checking.council = council
    _run(CheckingInadequate)


# A12, CO-3: an answer and the beginning of moderation at the same moment: one of them comes first,
# and the other is refused or sees it.
def test_an_answer_and_moderation_at_once_leave_nothing_half_done(app, council):
    with app.app_context(), saving():
        audit_id = submitted(council, grade="inadequate", checked=False).id
    together, outcomes = threading.Barrier(2), {}

    def run(name: str, change) -> None:
        with app.app_context():
            audit = db.session.get_one(Audit, audit_id)
            head = db.session.get_one(Person, council.people["review_head"])
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    change(audit, head)
                outcomes[name] = "done"
            except DomainError as error:
                outcomes[name] = error.message
            db.session.remove()

    def answer(audit, head) -> None:
        points = [Point("", "It was in May")]
        services.answer_check(audit, points=points, by=council.people["worker"], at=AT)

    def take(audit, head) -> None:
        moderation.start(audit, head, by=head.id, at=AT)

    threads = [
        threading.Thread(target=run, args=each) for each in (("answer", answer), ("take", take))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes["take"] == "done"
    with app.app_context():
        audit = db.session.get_one(Audit, audit_id)
        check = next(
            each for each in checks_of(audit) if each.person_id == council.people["worker"]
        )
        assert audit.state is AuditState.IN_MODERATION
        if outcomes["answer"] == "done":
            assert (check.agreed, len(check.points)) == (False, 1)
        else:
            assert "Moderation has begun" in outcomes["answer"]
            assert (check.answered_at, check.points) == (None, [])
        assert history.verify().intact


# A12, CO-2: two answers of one person at once are one answer.
def test_of_two_answers_at_once_one_counts(app, council, client_for):
    with app.app_context(), saving():
        audit = written(council)
        services.submit(audit, by=council.people["other_auditor"], at=now())
        path = f"/audits/{audit.id}/facts"
    clients = [client_for(council.people["worker"]) for _ in range(2)]
    tokens = [client.token_in(client.get(path).text) for client in clients]
    codes = {}

    def send(number: int) -> None:
        data = {"right": "dispute", "says_0": f"Tab {number}", "send": "1"}
        codes[number] = clients[number].send(path, data, token=tokens[number]).status_code

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes.values()) == [302, 409]
    with app.app_context():
        points = [point.says for check in checks_of(_only()) for point in check.points]
        assert points == [f"Tab {next(n for n, code in codes.items() if code == 302)}"]


def _only() -> Audit:
    return db.session.scalars(select(Audit)).one()
