"""The pages of an allocation: explained, changed, confirmed once, at a constant cost (S5 to S7)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.history import Event, verify
from qa_app.notify.models import Notice
from qa_app.programme.models import BatchKind, Draw, DrawState
from tests.programme.drawing import a_batch, a_draw, add_cases, expect, this_month
from tests.queries import count_queries

EVERYBODY = dict.fromkeys(("manager", "auditor", "other_auditor", "iro", "chair"), 1)
AT_ONCE = 6


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def drawn(app, council, references, numbers=None, *, more=0, start=0, batch=None) -> str:
    """A draw of this month; the address of its allocation."""
    with app.app_context(), saving():
        at = now()
        month = this_month(london_date(at))
        expect(council, EVERYBODY if numbers is None else numbers, month=month, at=at)
        references = [*references, *add_cases(council, more, start=start)]
        kind = {} if batch is None else {"batch": a_batch(council, batch, kind=BatchKind.LOOK_BACK,
                                                          at=at)}  # fmt: skip
        draw = a_draw(council, references, month=month, at=at, **kind)
        return f"/programme/draws/{draw.id}/allocation"


def press(client, path, what, **options):
    """Press the page's button for this."""
    page = client.get(path).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return client.send(f"{path}/{what}", {"version": version}, token=client.token_in(page),
                       **options)  # fmt: skip


def put(client, council, path, reference, who):
    """Put one case of the proposal to somebody else."""
    address = rf'href="({path}/[^"]+)">Change<span[^>]*> who audits case {reference}'
    change = re.search(address, client.get(path).text)[1]
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(change).text)[1]
    sent = {"auditor": str(council.people[who]), "version": version, "save": "1"}
    return client.submit(change, sent, follow_redirects=True).text


def test_the_lead_proposes_looks_changes_and_confirms(app, council, lead):
    path = drawn(app, council, ["100001", "100003"], {"auditor": 1, "other_auditor": 1, "chair": 1})
    assert "2 cases wait for an auditor" in lead.get(path).text
    page = press(lead, path, "propose", follow_redirects=True).text

    assert "2 cases placed. Nothing has been given yet" in page
    # S6: each refusal explained
    assert "Cleo Chair is this child&#39;s conference chair" in page
    assert "Case 100001: 1 auditor may not" in page
    assert re.search(r"Loads in \w+ \d{4}", page)
    change = re.search(rf'href="({path}/[^"]+)">Change<span[^>]*> who audits case 100001', page)[1]
    shown = lead.get(change).text
    assert "Cleo Chair is this child&#39;s conference chair" in shown
    assert "Consider a waiver" in shown
    auditor = re.search(r'<option value="([^"]+)">Iris Reviewer', shown)[1]
    version = re.search(r'name="version"[^>]*value="(\d+)"', shown)[1]
    page = lead.submit(change, {"auditor": auditor, "version": version, "save": "1"},
                       follow_redirects=True).text  # fmt: skip
    assert "Case 100001 goes to Iris Reviewer. Nothing has been given yet." in page
    assert "the moderator will be from another service" in page
    assert "Chosen by hand" in page
    assert "Confirm and give 2 audits" in page
    page = press(lead, path, "confirm", follow_redirects=True).text

    assert "2 audits given. Each auditor has been told." in page
    assert "Every case of this draw was given" in page
    with app.app_context():
        given = {
            each.case_reference: each.auditor_name for each in db.session.scalars(select(Audit))
        }
        assert given["100001"] == "Iris Reviewer"
    assert "Iris Reviewer" in lead.get(path).text


def test_what_cannot_be_placed_says_who_why_and_what_would_help(app, council, lead):
    # S6, S7
    path = drawn(app, council, ["100001"], {"manager": 1, "chair": 1})
    page = press(lead, path, "propose", follow_redirects=True).text

    assert "0 cases placed, 1 without anybody who may audit them" in page
    assert "Nobody can take case 100001" in page
    assert "Cleo Chair is this child&#39;s conference chair" in page
    assert "Expect an audit of Ada Auditor, Team Manager, Safeguarding Team 2" in page
    assert "consider a waiver" in page
    assert "Confirm and give" not in page


def test_unfair_loads_say_who_cannot_take_more(app, council, lead):
    # S7
    path = drawn(app, council, [], {"auditor": 3, "manager": 3}, more=3)
    page = press(lead, path, "propose", follow_redirects=True).text

    assert "Manny Manager has 0, while Ada Auditor has 3, as a Team Manager too" in page
    assert "One more auditor who is a Team Manager" in page


def test_more_than_expected_is_said(app, council, lead):
    # P2
    path = drawn(app, council, ["100001", "100003"], {"other_auditor": 1})
    page = press(lead, path, "propose", follow_redirects=True).text

    assert "1 audit more than expected" in page
    assert "Otto Auditor by 1" in page


def test_without_expectations_it_says_so(app, council, lead):
    # P2
    path = drawn(app, council, ["100003"], {})
    page = press(lead, path, "propose", follow_redirects=True).text

    assert "No audits are expected of anybody in" in page


def test_a_batch_is_due_on_its_last_day(app, council, lead):
    # P7
    path = drawn(app, council, ["100003"], {}, batch={"iro": 1})
    page = press(lead, path, "propose", follow_redirects=True).text
    assert "Neglect, autumn" in page
    assert "1 audit given" in press(lead, path, "confirm", follow_redirects=True).text


def test_a_conflicted_auditor_sent_by_hand_is_refused(app, council, lead):
    # S6, checked on the server
    path = drawn(app, council, ["100001"])
    page = press(lead, path, "propose", follow_redirects=True).text
    change = re.search(rf'href="({path}/[^"]+)">Change', page)[1]
    answer = lead.submit(change, {"auditor": str(council.people["chair"]), "save": "1"})

    assert "select one of the answers shown" in answer.text


def test_pressing_confirm_twice_gives_once(app, council, lead):
    path = drawn(app, council, ["100001", "100003"])
    press(lead, path, "propose")
    page = lead.get(path).text
    token, version = lead.token_in(page), re.search(r'name="version" value="(\d+)"', page)[1]
    for words in ("2 audits given", "every case was given"):
        answer = lead.send(f"{path}/confirm", {"version": version}, token=token,
                           follow_redirects=True)  # fmt: skip
        assert words in answer.text

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Audit)) == 2


def test_many_who_confirm_at_once_give_once(app, council, client_for):
    # CO-2: one outcome, everybody told once
    path = drawn(app, council, ["100001", "100003", "100004"])
    clients = [client_for(council.people["qa_lead"]) for _ in range(AT_ONCE)]
    press(clients[0], path, "propose")
    pages = [client.get(path).text for client in clients]
    version = re.search(r'name="version" value="(\d+)"', pages[0])[1]

    def send(number):
        client = clients[number]
        sent = {"version": version}
        return client.send(f"{path}/confirm", sent, token=client.token_in(pages[number]))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = [answer.status_code for answer in pool.map(send, range(AT_ONCE))]
    assert codes == [302] * AT_ONCE
    with app.app_context():
        count = func.count()
        assert db.session.scalar(select(count).select_from(Audit)) == 3
        told = select(count).select_from(Notice).where(Notice.key.startswith("given:"))
        assert db.session.scalar(told) == 3
        confirmed = select(count).select_from(Event).where(Event.verb == "draw_confirmed")
        assert db.session.scalar(confirmed) == 1
        assert verify().intact


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_confirmed(app, council, lead):
    path = drawn(app, council, ["100003"])
    press(lead, path, "propose")
    old = lead.get(path).text
    press(lead, path, "propose")
    version = re.search(r'name="version" value="(\d+)"', old)[1]
    page = lead.send(f"{path}/confirm", {"version": version}, token=lead.token_in(old),
                     follow_redirects=True).text  # fmt: skip

    assert "Somebody changed this allocation after you opened the page" in page
    with app.app_context():
        assert db.session.scalars(select(Audit)).all() == []


def test_an_interest_declared_since_stops_the_confirmation_and_is_named(app, council, lead):
    # S6
    path = drawn(app, council, ["100003"], {"iro": 1})
    press(lead, path, "propose")
    with app.app_context(), saving():
        audits.declare_interest(
            db.session.get_one(Case, council.cases["100003"]),
            db.session.get_one(Person, council.people["iro"]),
            by=council.people["iro"], at=now(),
        )  # fmt: skip
    page = press(lead, path, "confirm", follow_redirects=True).text

    assert "Case 100003 cannot be given" in page
    assert "has declared an interest in this case" in page


def test_a_change_of_what_somebody_else_changed_is_refused_and_can_be_sent_again(
    app, council, lead
):
    path = drawn(app, council, ["100003"])
    page = press(lead, path, "propose", follow_redirects=True).text
    change = re.search(rf'href="({path}/[^"]+)">Change', page)[1]
    sent = {"auditor": str(council.people["iro"]), "version": "1", "save": "1"}
    page = lead.submit(change, sent).text

    assert "Somebody changed this allocation after you opened the page" in page
    sent["version"] = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    assert "goes to Iris Reviewer" in lead.submit(change, sent, follow_redirects=True).text


def test_what_a_change_by_hand_made_unfair_names_the_cases_to_move(app, council, lead):
    # S7: Ada and Otto are of one role; Iris is of another
    path = drawn(app, council, ["100001", "100003"], {"auditor": 1, "other_auditor": 1, "iro": 1})
    press(lead, path, "propose")
    put(lead, council, path, "100001", "auditor")
    page = put(lead, council, path, "100003", "auditor")

    assert "Otto Auditor has 0, while Ada Auditor has 2, as a Team Manager too" in page
    assert "Otto Auditor may have 100001 and 100003: change one of these by hand." in page
    assert "Ada Auditor by 1" in page
    assert "Iris Reviewer has 0" not in page


def test_where_nobody_at_all_may_audit_an_outside_auditor_is_named(app, council, lead):
    # S6: everybody who holds the role has declared an interest, or is tied to the child
    path = drawn(app, council, ["100001"], {"chair": 1})
    with app.app_context(), saving():
        for key in ("auditor", "other_auditor", "iro"):
            person = db.session.get_one(Person, council.people[key])
            case = db.session.get_one(Case, council.cases["100001"])
            audits.declare_interest(case, person, by=person.id, at=now())
    page = press(lead, path, "propose", follow_redirects=True).text

    assert "Nobody who holds the role of auditor may audit it: ask an outside auditor" in page
    change = re.search(rf'href="({path}/[^"]+)">Change', page)[1]
    token = lead.token_in(page)
    assert "Nobody may audit this case" in lead.get(change).text
    assert "Nobody may audit this case" in lead.send(change, {"save": "1"}, token=token).text
    give = "/programme/give?case=100001"
    assert "Nobody may audit this case" in lead.send(give, {"give": "1"}, token=token).text
    waiver = re.search(r'href="(/programme/waivers/[^"]+)"', page)[1]
    shown = lead.get(waiver).text
    assert "No auditor of another service may audit this case" in shown
    assert "could lead a pair" in shown


def test_a_discarded_draw_says_so(app, council, lead):
    path = drawn(app, council, ["100003"])
    with app.app_context(), saving():
        draw = db.session.scalars(select(Draw)).one()
        draw.state, draw.discarded_because = DrawState.DISCARDED, "The list was wrong"

    assert "This draw was discarded" in lead.get(path).text


def test_a_director_looks_and_changes_nothing(app, council, client_for, lead):
    path = drawn(app, council, ["100001"])
    page = press(lead, path, "propose", follow_redirects=True).text
    change = re.search(rf'href="({path}/[^"]+)">Change', page)[1]
    director = client_for(council.people["director"])

    page = director.get(path).text
    assert "Who would get which case" in page
    assert "Confirm and give" not in page
    for address in (f"{path}/propose", f"{path}/confirm", change):
        assert director.send(address).status_code == 403
    for key in ("auditor", "manager", "head", "viewer", "administrator"):
        assert client_for(council.people[key]).get(path).status_code == 403


def test_nothing_is_there_under_another_address(app, council, lead):
    path = drawn(app, council, ["100001"])
    other = str(council.people["iro"])
    assert lead.get(f"/programme/draws/{other}/allocation").status_code == 404
    assert lead.get(f"{path}/{other}").status_code == 404
    assert lead.send(f"/programme/draws/{other}/allocation/confirm").status_code == 404


def test_the_page_costs_the_same_for_5_and_for_37_cases(app, council, lead):
    costs = []
    for number, start in ((5, 0), (37, 100)):
        path = drawn(app, council, [], more=number, start=start)
        press(lead, path, "propose")
        with count_queries(app) as asked:
            page = lead.get(path).text
        assert f"{number} audits will be given" in page
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]
