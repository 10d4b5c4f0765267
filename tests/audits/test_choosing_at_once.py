"""Choosing about many submissions at one moment, and the clock beside a concern (M1, E1, CO-1)."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from qa_app.audits import services
from qa_app.audits.models import Audit, ModerationChoice, ModerationSeed
from qa_app.audits.queries.choosing import earlier_of
from qa_app.database import db, saving
from qa_app.domain.choosing import MODERATE, ChoiceReason, ticket
from qa_app.domain.workflow import AuditState
from qa_app.history import Event, verify
from qa_app.notify.models import Notice
from tests.audits.making import written
from tests.audits.test_choosing import LATER, only_what_always_is, sent, worry
from tests.council import find, hold

AT_ONCE = 8


# M1, CO-1: the first submissions of a month, at one moment, take one seed between them.
def test_many_first_submissions_at_once_make_one_seed(app, council, client_for):
    with app.app_context(), saving():
        hold("moderated_share", 0)
        hold("first_audits_moderated", 3)
        paths = [f"/audits/{written(council).id}" for _ in range(AT_ONCE)]
    clients = [client_for(council.people["other_auditor"]) for _ in paths]
    tokens = [
        client.token_in(client.get(f"{path}/review").text)
        for client, path in zip(clients, paths, strict=True)
    ]

    def send(number):
        return clients[number].send(f"{paths[number]}/submit", token=tokens[number]).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(send, range(AT_ONCE))) == {302}
    with app.app_context():
        assert db.session.query(ModerationSeed).count() == 1
        choices = db.session.query(ModerationChoice).order_by(ModerationChoice.id).all()
        seed = find(ModerationSeed).seed
        assert len(choices) == AT_ONCE
        assert all(each.ticket == ticket(seed, each.audit.reference, MODERATE) for each in choices)
        # M1: exactly three of them are the first, however close they were
        reasons = [each.reason for each in choices]
        assert reasons.count(ChoiceReason.FIRST_AUDITS) == 3
        found = earlier_of([each.audit_id for each in choices])
        assert [found[each.audit_id] for each in choices] == list(range(AT_ONCE))
        assert verify().intact


# M1, E1, CO-1: the clock and a concern at one moment: final before it, or not while it is open.
def test_the_clock_and_a_concern_at_once_leave_no_audit_between(app, council):
    with app.app_context(), saving():
        only_what_always_is()
        ids = [sent(council).id for _ in range(4)]

    def clock(_number):
        with app.app_context(), saving():
            services.finalise_all_unselected(LATER)

    def concern(number):
        with app.app_context(), saving():
            worry(db.session.get_one(Audit, ids[number]), LATER, f"Worry {number}")

    work = [(concern, 0), (clock, 0), (concern, 1), (clock, 1), (concern, 2), (concern, 3)]
    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(lambda each: each[0](each[1]), work))
    with app.app_context():
        assert verify().intact
        finals = db.session.scalars(
            select(func.count()).select_from(Notice).where(Notice.key.startswith("final:"))
        ).one()
        states = [db.session.get_one(Audit, each).state for each in ids]
        assert finals == states.count(AuditState.FINAL)
        assert set(states) <= {AuditState.FINAL, AuditState.AWAITING_MODERATION}
        for each, state in zip(ids, states, strict=True):
            events = db.session.scalars(
                select(Event.verb)
                .where(Event.audit_id == each, Event.verb.in_(["audit_final", "concern_raised"]))
                .order_by(Event.sequence)
            ).all()
            # whoever was second saw the first: never final after the concern was raised
            expected = ["audit_final", "concern_raised"] if state is AuditState.FINAL else None
            assert events == (expected or ["concern_raised"])
