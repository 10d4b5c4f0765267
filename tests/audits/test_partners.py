"""A second auditor from a partner agency: an account for a time, and one audit alone (I2, S6)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.access import AccessRefused
from qa_app.accounts.models import OneTimeLink, Person, PersonSource, RoleGrant
from qa_app.accounts.queries import actor
from qa_app.audits import queries, services
from qa_app.audits.queries.sharing import last_day_for_partner
from qa_app.audits.services.moderating import tell_auditor
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.calendar import add_months, london_date
from qa_app.domain.permissions import Party, Permission, allowed
from qa_app.notify.models import Notice
from tests.audits.making import given
from tests.audits.moving import S, a_partner, date_after, put_into, share_outside
from tests.council import find

pytestmark = pytest.mark.usefixtures("context")


def second(audit):
    return [party for party in audit.parties if party.party is Party.CO_AUDITOR]


def test_a_partner_gets_an_account_for_a_time_and_no_role(council):
    # I2
    audit = given(council)
    who = share_outside(council, audit)
    partner = db.session.get_one(Person, who)
    assert (partner.source, partner.organisation) == (PersonSource.PARTNER, "Cityshire Police")
    assert partner.account.ends_on == date_after(30)
    assert db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == who)).all() == []
    assert actor(who, london_date(now())).reaches == ()
    assert queries.auditors_words(audit) == "Otto Auditor with Per Partner, Cityshire Police"
    assert find(OneTimeLink).account_id == partner.account.id


def longest() -> date:
    return add_months(london_date(now()), 6)


LAST_DAYS = [
    # I2: today is long enough, half a year is the most
    (lambda: date_after(0), None),
    (longest, None),
    (lambda: longest() + timedelta(days=1), "or an earlier day"),
    (lambda: date_after(-1), "must be today or later"),
]


@pytest.mark.parametrize(("day", "why"), LAST_DAYS)
def test_the_account_lasts_half_a_year_at_most(council, day, why):
    audit, partner = given(council), a_partner()._replace(last_day=day())
    if why is None:
        share_outside(council, audit, partner)
        return
    with pytest.raises(AccessRefused, match=why) as refused:
        share_outside(council, audit, partner)
    assert refused.value.field == "last_day"


UNLESS_SAID = [
    # (due in days, last day in days): 30 days after it is due, or after today where that is over
    (12, 42),
    (-5, 30),
    (400, None),
]


@pytest.mark.parametrize(("due", "last"), UNLESS_SAID)
def test_the_last_day_unless_said(council, due, last):
    audit = given(council)
    audit.due_on = date_after(due)
    wanted = longest() if last is None else date_after(last)
    assert last_day_for_partner(audit, london_date(now())) == wanted


def test_somebody_who_works_here_is_chosen_as_a_colleague(council):
    with pytest.raises(AccessRefused, match="belongs to Iris Reviewer, who works here") as refused:
        share_outside(council, given(council), a_partner("IRO@example.test"))
    assert refused.value.field == "email"


def test_a_closed_account_is_not_opened_by_inviting(council):
    who = share_outside(council, given(council))
    db.session.get_one(Person, who).account.closed_at = now()
    with pytest.raises(AccessRefused, match="Ask an administrator to open it again"):
        share_outside(council, given(council, case="100003"))


def test_an_interest_that_was_recorded_for_a_partner_bars_them(council):
    # S6
    first = given(council, case="100004", auditor="auditor")
    who = share_outside(council, first)
    services.declare_interest(
        db.session.get_one(Case, council.cases["100001"]), db.session.get_one(Person, who),
        by=council.people["qa_lead"], at=now(),
    )  # fmt: skip
    with pytest.raises(services.NotIndependent):
        share_outside(council, given(council))


def test_a_partner_who_comes_back_reads_what_is_over_no_more(council):
    # I2: the account sees the audit that it was given for
    earlier = given(council, case="100004", auditor="auditor")
    who = share_outside(council, earlier)
    put_into(S.FINAL, earlier.id)
    account = db.session.get_one(Person, who).account
    account.ends_on, account.password_hash = date_after(-1), "old"
    later = given(council)
    assert share_outside(council, later, a_partner(days=10)) == who
    db.session.expire_all()
    assert (account.ends_on, account.password_hash) == (date_after(10), None)
    assert [(each.person_id, each.name) for each in second(earlier)] == [
        (None, "Per Partner, Cityshire Police")
    ]
    may = [allowed(Permission.AUDIT_READ, actor(who, london_date(now())),
                   audit.permission_subject()) for audit in (earlier, later)]  # fmt: skip
    assert may == [False, True]


def test_a_second_audit_under_way_lengthens_the_account_and_never_shortens_it(council):
    who = share_outside(council, given(council, case="100004", auditor="auditor"))
    share_outside(council, given(council), a_partner(days=5))
    assert db.session.get_one(Person, who).account.ends_on == date_after(30)


def test_a_message_about_an_audit_that_is_over_goes_to_its_auditor_alone(council):
    # I2: the partner who read it has another one by now
    earlier = given(council, case="100004", auditor="auditor")
    who = share_outside(council, earlier)
    put_into(S.FINAL, earlier.id)
    share_outside(council, given(council))
    db.session.refresh(earlier)
    tell_auditor(earlier, "A reply came", "Read it.", "reply:1", now())
    told = db.session.scalars(select(Notice.person_id).where(Notice.key.startswith("reply:1")))
    assert set(told) == {council.people["auditor"]}
    assert who != council.people["auditor"]
