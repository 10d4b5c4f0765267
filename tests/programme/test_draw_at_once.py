"""Many presses at once on a draw and on a replacement: one outcome (S2, S4, CO-2)."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from qa_app.database import db, saving
from qa_app.domain.permissions import Role, Scope
from qa_app.domain.sampling import ReplacedBecause
from qa_app.history import Event, verify
from qa_app.programme import services
from qa_app.programme.models import CaseFate, Draw, DrawnCase
from tests.council import grant
from tests.programme.draw_making import AT, a_cycle, a_draw, add_cases, core, rows_of

AT_ONCE = 4
TEAM = "Safeguarding Team 1"


def _all_at_once(clients, send) -> list[int]:
    with ThreadPoolExecutor(len(clients)) as pool:
        return [answer.status_code for answer in pool.map(send, range(len(clients)), clients)]


def test_of_many_who_draw_at_once_one_draws(app: Flask, council, client_for) -> None:
    # S2
    with app.app_context(), saving():
        add_cases(council, 10)
        fields = {"of": str(a_cycle().id), "tool": str(core().id), "size": "2", "by": "team"}
    clients = [client_for(council.people["qa_lead"]) for _ in range(AT_ONCE)]
    path = "/programme/draws/new"
    tokens = [client.token_in(client.get(path).text) for client in clients]
    codes = _all_at_once(clients, lambda n, each: each.send(path, fields, token=tokens[n]))
    assert sorted(codes) == [200] * (AT_ONCE - 1) + [302]
    with app.app_context():
        made = db.session.scalars(select(Draw)).one()
        assert made.number == 1
        assert services.prove(made).equal
        assert verify().intact


def test_two_cases_replaced_at_once_get_two_reserves(app: Flask, council, client_for) -> None:
    # S4: of those who decide about one case, one does; two cases never get the same reserve
    with app.app_context(), saving():
        grant(council, "iro", Role.QA_LEAD, Scope.ALL, None)
        add_cases(council, 10)
        made = a_draw(council, size=None, sizes={TEAM: 2})
        paths = [
            f"/programme/substitutions/{asked.id}/decide"
            for asked in (
                services.ask_substitution(
                    row, ReplacedBecause.MOVED, "", by=council.people["qa_lead"], at=AT
                )
                for row in rows_of(made)
            )
        ]
    clients = [client_for(council.people[key]) for key in ("head", "iro", "director", "head")]
    presses = [paths[n % 2] for n in range(len(clients))]
    tokens = [
        client.token_in(client.get(path).text)
        for client, path in zip(clients, presses, strict=True)
    ]
    sent = {"decision": "approved", "save": "1"}
    codes = _all_at_once(clients, lambda n, each: each.send(presses[n], sent, token=tokens[n]))
    assert sorted(codes) == [200, 200, 302, 302]
    with app.app_context():
        fates = dict(
            db.session.execute(select(DrawnCase.fate, func.count()).group_by(DrawnCase.fate)).all()
        )
        assert fates == {CaseFate.REPLACED: 2, CaseFate.PROMOTED: 2, CaseFate.RESERVE: 2}
        approved = select(func.count()).where(Event.verb == "substitution_approved")
        assert db.session.scalar(approved) == 2
