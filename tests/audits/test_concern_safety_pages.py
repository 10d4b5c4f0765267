"""The safety route on its pages: whom it is about, who else is told, what is late (E1)."""

from datetime import timedelta

import pytest
from flask import Flask

from qa_app.accounts import settings
from qa_app.audits import services
from qa_app.audits.models import AuditParty, Concern, ConcernReferral, ReferralTo, SafetyDecision
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from tests.audits.making import given, the_audit
from tests.council import Council, find

SENT = {"answered": "no", "worry": "He is hit", "siblings": "", "send": "1"}
YESTERDAY = timedelta(days=1)


@pytest.fixture
def path(app: Flask, council: Council) -> str:
    """The address of an audit that was given and not begun."""
    with app.app_context(), saving():
        for number, name in enumerate(
            ("designated_officer_telephone", "mash_telephone", "service_director_telephone")
        ):
            text = f"01632 960 10{number}"
            settings.change(name, text, london_date(now()), None, now())
        return f"/audits/{given(council).id}"


@pytest.fixture
def me(council: Council, client_for):
    return client_for(council.people["other_auditor"])


def raised(app: Flask, council: Council, ago: timedelta = timedelta(), **beyond) -> str:
    """The address of a concern raised some time ago."""
    about = [council.people[key] for key in beyond.pop("about", ())]
    with app.app_context(), saving():
        concern = services.raise_concern(
            the_audit(), worry="w", by=council.people["other_auditor"], at=now() - ago,
            beyond=services.Beyond(implicated=about, **beyond),
        )  # fmt: skip
        return f"/concerns/{concern.id}"


def test_it_asks_whom_it_is_about_and_where_the_child_lives(me, path) -> None:
    page = me.get(f"{path}/concern").text
    assert page.index("Telephone now") < page.index("An adult who works with children")
    assert "The child lives in another authority" in page
    assert "Is somebody who works for this council part of the worry?" in page


def test_everything_that_was_said_is_stored(app: Flask, council: Council, me, path) -> None:
    answer = me.submit(
        f"{path}/concern",
        SENT | {"about_adult": "y", "implicated": "Wendy Worker\nS-chair", "elsewhere": "y",
                "authority": "Kent"},
        follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == 200
    assert "Kept from Cleo Chair, Wendy Worker." in answer.text
    assert "Social worker: not told, because it is about them" in answer.text
    assert "The front door of the authority where the child lives: Kent" in answer.text
    assert "The designated officer (LADO): <strong>Not told yet</strong>" in answer.text
    assert 'href="tel:01632960100"' in answer.text
    with app.app_context():
        assert find(Concern).about_adult
        pinned = db.session.query(AuditParty).filter_by(party=Party.IMPLICATED)
        assert {each.name for each in pinned} == {"Wendy Worker", "Cleo Chair"}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        # E1: which authority
        ({"elsewhere": "y"}, "Enter the authority in which the child lives"),
        # E1: only somebody who is known here can be kept from it; the rest is said by telephone
        ({"implicated": "Nora Nobody"}, "Nobody here is called “Nora Nobody”"),
        ({"implicated": "Otto Auditor"}, "You cannot keep a concern from yourself"),
        ({"implicated": "S-worker\nS-chair\nS-head\nS-iro"}, "3 people or fewer"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_cleared(app, me, path, sent, said) -> None:
    answer = me.submit(f"{path}/concern", SENT | sent)
    assert answer.status_code == 400
    assert said in answer.text
    assert "He is hit</textarea>" in answer.text
    assert sent.get("implicated", "") in answer.text
    with app.app_context():
        assert db.session.query(Concern).count() == 0


def test_a_closed_case_is_mashs_too(app: Flask, council: Council, me, path) -> None:
    with app.app_context(), saving():
        case = db.session.get_one(Case, council.cases["100001"])
        case.closed_on = london_date(now())
    assert "because this case is closed" in me.get(f"{path}/concern").text
    answer = me.submit(f"{path}/concern", SENT, follow_redirects=True)
    assert "The multi-agency safeguarding hub (MASH): <strong>Not told yet</strong>" in answer.text
    assert 'href="tel:01632960101"' in answer.text


def test_who_outside_was_told_is_recorded(app: Flask, council: Council, client_for, path) -> None:
    concern = raised(app, council, 2 * YESTERDAY, authority="Kent")
    manager = client_for(council.people["manager"])
    page = manager.get(concern).text
    assert "The front door of the authority where the child lives: Kent: <strong>Overdue" in page
    refused = manager.submit(f"{concern}/referral", {"told_time": "soon"})
    assert refused.status_code == 400
    for text in ("Enter who was told", "as hours and minutes"):
        assert text in refused.text
    day = london_date(now())
    sent = {"told_to": "other_authority", "told_whom": "Front door of Kent", "told_time": "00:00",
            "told_on-day": day.day, "told_on-month": day.month}  # fmt: skip
    later = manager.submit(f"{concern}/referral", sent | {"told_on-year": day.year + 1})
    assert later.status_code == 400
    assert "must be in the past" in later.text
    done = manager.submit(
        f"{concern}/referral", sent | {"told_on-year": day.year}, follow_redirects=True
    )
    assert "It is recorded that the front door of the authority" in done.text
    assert "Kent: told, Front door of Kent" in done.text
    assert "Record who else was told" not in done.text
    with app.app_context():
        assert find(ConcernReferral).noted_by == council.people["manager"]


def test_another_kind_is_no_answer(app: Flask, council: Council, client_for, path) -> None:
    concern = raised(app, council, authority="Kent")
    answer = client_for(council.people["manager"]).submit(
        f"{concern}/referral", {"told_to": "mash", "told_whom": "w"}
    )
    assert answer.status_code == 400


def test_nobody_acknowledged_so_the_service_director_is_telephoned(
    app: Flask, council: Council, client_for, path
) -> None:
    # E1: "else the service director is to be telephoned"
    concern = raised(app, council, timedelta(hours=2))
    page = client_for(council.people["manager"]).get(concern).text
    assert "Telephone the service director now" in page
    assert "Service director (Dora Director)" in page
    assert 'href="tel:01632960102"' in page
    assert "(overdue)" in page


def test_it_is_never_them_whom_it_is_about(app, council, client_for, path) -> None:
    # E1: with nobody left to name, the number is there without a name
    concern = raised(app, council, timedelta(hours=2), about=["director"])
    page = client_for(council.people["manager"]).get(concern).text
    assert "Service director, now" in page
    assert "Service director (" not in page


def test_a_strategy_discussion_has_its_time_and_its_outcome(
    app: Flask, council: Council, client_for, path
) -> None:
    concern = raised(app, council)
    head = client_for(council.people["head"])
    sent = {"decision": "strategy_discussion"}
    refused = head.submit(f"{concern}/decision", sent | {"held_time": "late"})
    assert refused.status_code == 400
    for text in ("Enter what came of the strategy discussion", "as hours and minutes"):
        assert text in refused.text
    held = {"held_on-day": "1", "held_on-month": "11", "held_on-year": "2026",
            "held_time": "9:30", "outcome": "Visit with the police"}  # fmt: skip
    future = head.submit(f"{concern}/decision", sent | held | {"held_on-year": "2099"})
    assert future.status_code == 400
    assert "must be in the past" in future.text
    done = head.submit(f"{concern}/decision", sent | held, follow_redirects=True)
    assert "Held on 1 November 2026, 09:30" in done.text
    assert "Visit with the police" in done.text


def test_neither_yet_says_that_a_decision_is_still_asked_for(
    app: Flask, council: Council, client_for, path
) -> None:
    concern = raised(app, council)
    head = client_for(council.people["head"])
    sent = {"decision": SafetyDecision.NEITHER_YET.value, "note": "Nobody at home"}
    page = head.submit(f"{concern}/decision", sent, follow_redirects=True).text
    assert "there is no safety decision yet" in page
    assert "Record the safety decision" in page


@pytest.mark.parametrize("step", ["call", "decision", "referral"])
def test_a_form_that_is_not_on_the_page_any_more_changes_nothing(
    app: Flask, council: Council, client_for, path, step: str
) -> None:
    # CO-3: somebody else did it while this page was open
    concern, by = raised(app, council, authority="Kent"), council.people["head"]
    head = client_for(by)
    token = head.token_in(head.get(concern).text)
    with app.app_context(), saving():
        found, call = find(Concern), services.TelephoneCall("Duty", now())
        services.record_call(found, call, by, now())
        services.refer(found, ReferralTo.OTHER_AUTHORITY, call, by, now())
        services.decide(found, SafetyDecision.CHILD_SAFE, "Seen", by, now())
    answer = head.send(f"{concern}/{step}", {}, token=token)
    assert answer.status_code == 409
    assert "Nothing has been changed" in answer.text
    assert head.get(f"{concern}/{step}").status_code == 200


def test_a_call_of_tomorrow_is_refused_with_what_was_typed(
    app: Flask, council: Council, client_for, path
) -> None:
    concern = raised(app, council)
    answer = client_for(council.people["manager"]).submit(f"{concern}/call", {
        "call_whom": "Duty team", "call_time": "9:30",
        "call_on-day": "1", "call_on-month": "11", "call_on-year": "2099",
    })  # fmt: skip
    assert answer.status_code == 400
    assert "The time of the call must be in the past" in answer.text
    assert "Duty team" in answer.text
