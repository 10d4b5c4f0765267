"""Many tabs and presses at once: one outcome, and nothing lost (CO-1, CO-2, CO-4)."""

import re
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from qa_app.audits.draft import Draft
from qa_app.audits.models import Concern, GradeRow, GradeSource
from qa_app.database import db, saving
from qa_app.domain.workflow import AuditState
from qa_app.history import Event, verify
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from tests.audits.making import given, the_audit, written

AT_ONCE = 20


def _count(model, *conditions) -> int:
    return db.session.scalars(select(func.count()).select_from(model).where(*conditions)).one()


def _all_at_once(clients, send):
    with ThreadPoolExecutor(len(clients)) as pool:
        return [answer.status_code for answer in pool.map(send, range(len(clients)), clients)]


def test_many_submissions_at_once_are_one(app, council, client_for):
    with app.app_context(), saving():
        path = f"/audits/{written(council, grade='inadequate').id}"
    clients = [client_for(council.people["other_auditor"]) for _ in range(AT_ONCE)]
    tokens = [client.token_in(client.get(f"{path}/review").text) for client in clients]
    codes = _all_at_once(clients, lambda n, each: each.send(f"{path}/submit", token=tokens[n]))

    assert sorted(codes) == [302] + [409] * (AT_ONCE - 1)
    with app.app_context():
        assert the_audit().state is AuditState.AWAITING_MODERATION
        assert _count(GradeRow, GradeRow.source == GradeSource.AUDITOR) == 13
        assert _count(Event, Event.verb == "audit_submitted") == 1
        assert _count(Notice, Notice.key.startswith("inadequate:")) == 1
        assert verify().intact


def test_many_presses_on_one_concern_are_one(app, council, client_for):
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}/concern"
    clients = [client_for(council.people["other_auditor"]) for _ in range(AT_ONCE)]
    tokens = [client.token_in(client.get(path).text) for client in clients]
    sent = {"answered": "no", "worry": "The same worry", "send": "1"}
    codes = _all_at_once(clients, lambda n, each: each.send(path, sent, token=tokens[n]))

    assert codes == [302] * AT_ONCE
    with app.app_context():
        assert (_count(Concern), _count(Action)) == (1, 1)
        assert _count(Notice, Notice.key.startswith("concern:")) == 5


def test_of_many_saves_from_one_version_one_wins_and_the_others_are_told(app, council, client_for):
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    clients = [client_for(council.people["other_auditor"]) for _ in range(AT_ONCE)]
    tokens = [client.token_in(client.get(path).text) for client in clients]

    def save(number, each):
        content = {"field": "risk.evidence", "text": f"Tab {number}", "version": 0}
        return each.post(f"{path}/text", json=content, headers={"X-CSRFToken": tokens[number]})

    codes = _all_at_once(clients, save)
    assert sorted(codes) == [200] + [409] * (AT_ONCE - 1)
    with app.app_context():
        winner = codes.index(200)
        assert Draft(the_audit()).text("risk.evidence") == f"Tab {winner}"
        assert _count(Event, Event.verb == "audit_text_saved") == 1
        assert re.fullmatch(r"Tab \d+", Draft(the_audit()).text("risk.evidence"))
