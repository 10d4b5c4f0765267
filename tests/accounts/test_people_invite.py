"""`qa-app people invite`: a role and a link for one person."""

import pytest
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from qa_app.accounts.commands import people
from qa_app.accounts.models import Person, RoleGrant
from qa_app.database import db
from qa_app.domain.permissions import Role, Scope
from qa_app.notify.models import Notice

PASSWORD = "wharfedale marmalade kettle"


@pytest.fixture
def invite(app, council):
    def run(*arguments):
        return app.test_cli_runner().invoke(
            people, ["invite", *arguments], obj=ScriptInfo(create_app=lambda: app)
        )

    return run


def grants_of(email):
    query = select(RoleGrant).join(Person, Person.id == RoleGrant.person_id)
    return list(db.session.scalars(query.where(Person.email == email)))


def test_the_first_administrator_comes_in_by_a_link_that_is_printed(app, client, invite):
    answer = invite(
        "root@council.example", "--role", "administrator", "--scope", "all", "--name", "R Oot"
    )
    assert answer.exit_code == 0, answer.stderr
    link = answer.stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/choose-password/")
    path = link.removeprefix("http://127.0.0.1:8000")
    client.submit(path, {"password": PASSWORD, "again": PASSWORD})
    client.submit("/sign-in", {"email": "root@council.example", "password": PASSWORD})
    assert client.get("/people").status_code == 200


SCOPES = (
    ("all", Scope.ALL, None),
    ("own", Scope.OWN, None),
    ("service:Safeguarding", Scope.SERVICE, "SAFE"),
    ("service:corporate  parenting", Scope.SERVICE, "CARE"),
    ("team:SAFE1", Scope.TEAM, "SAFE1"),
    ("team:Children in Care Team", Scope.TEAM, "CARE1"),
)


@pytest.mark.parametrize(("text", "scope", "unit"), SCOPES)
def test_a_scope_is_given_in_words(app, council, invite, text, scope, unit):
    assert invite("n@council.example", "--role", "moderator", "--scope", text).exit_code == 0
    with app.app_context():
        (grant,) = grants_of("n@council.example")
        assert (grant.role, grant.scope) == (Role.MODERATOR, scope)
        assert grant.team_id == council.teams.get(unit or "")


WRONG = (
    (("n@c.example", "--role", "auditor", "--scope", "team:Nowhere"), 1, "no team “Nowhere”"),
    (("n@c.example", "--role", "auditor", "--scope", "service:SAFE1"), 1, "no service “SAFE1”"),
    (("n@c.example", "--role", "auditor", "--scope", "team"), 1, "Write the scope as"),
    (("n@c.example", "--role", "auditor", "--scope", "all:SAFE1"), 1, "Write the scope as"),
    (("n@c.example", "--role", "auditor", "--scope", "planet"), 1, "Write the scope as"),
    (("n@c.example", "--role", "king", "--scope", "all"), 2, "is not one of"),
    (("no address", "--role", "auditor", "--scope", "all"), 2, "name@council.gov.uk"),
    (("n@c.example", "--role", "auditor"), 2, "--scope"),
)


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_changed(app, invite, arguments, code, said):
    answer = invite(*arguments)
    assert answer.exit_code == code
    assert said in answer.stderr
    assert answer.stdout == ""
    with app.app_context():
        assert grants_of("n@c.example") == []


def test_somebody_known_keeps_their_name_and_gains_a_role(app, invite):
    invite("Worker@Example.test", "--role", "viewer", "--scope", "all", "--name", "Other Name")
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.staff_id == "S-worker")).one()
        assert person.name == "Wendy Worker"
        assert {grant.role for grant in grants_of("worker@example.test")} == {
            Role.PRACTITIONER,
            Role.VIEWER,
        }


def test_inviting_again_only_makes_a_new_link(app, client, invite):
    arguments = ("n@council.example", "--role", "viewer", "--scope", "all")
    first, second = invite(*arguments).stdout, invite(*arguments).stdout
    assert first != second
    assert client.get(first.strip().removeprefix("http://127.0.0.1:8000")).status_code == 404
    with app.app_context():
        assert len(grants_of("n@council.example")) == 1


def test_the_link_goes_out_by_e_mail_where_a_mail_server_is_set(app, invite, post_office):
    invite("n@council.example", "--role", "viewer", "--scope", "all")
    with app.app_context():
        assert db.session.scalars(select(Notice.email)).all() == ["n@council.example"]


def test_without_a_mail_server_nothing_waits_to_be_sent(app, invite):
    invite("n@council.example", "--role", "viewer", "--scope", "all")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
