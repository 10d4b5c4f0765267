"""`qa-app people import`: who gets an account, and what is refused."""

import json

import pytest
import xlsxwriter
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from qa_app.accounts.commands import people
from qa_app.accounts.models import Account, JobTitle, Person, PersonSource, PostKind, RoleGrant
from qa_app.accounts.queries import manager_of, posts_held
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Role, Scope
from qa_app.history import Event

HEAD = "Staff id,E-mail,Line manager’s staff id,Name,Job title,Team,Role\n"


@pytest.fixture
def load(app, council, tmp_path):
    """load(text or bytes, options…) → (exit code, the answer as JSON)."""

    def run(content, *options, name="people.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        answer = app.test_cli_runner().invoke(
            people, ["import", str(path), "--format", "json", *options], obj=_script(app)
        )
        return answer.exit_code, json.loads(answer.stdout) if answer.stdout else answer.stderr

    return run


def _script(app):
    return ScriptInfo(create_app=lambda: app)


def person(staff_id):
    return db.session.scalars(select(Person).where(Person.staff_id == staff_id)).one()


def test_people_get_their_address_an_account_and_their_line_manager(app, load):
    code, answer = load(HEAD + "S-worker,Wendy@Council.Example,S-iro,,,,\n")
    assert (code, answer["loaded"], answer["refused"]) == (0, 1, [])
    with app.app_context():
        found = person("S-worker")
        assert found.email == found.account.email == "wendy@council.example"
        assert found.account.password_hash is None
        assert manager_of(found.id, now().date()).name == "Iris Reviewer"
        verbs = db.session.scalars(select(Event.verb).where(Event.subject_id == found.id)).all()
        assert set(verbs) == {"person_changed", "line_manager_set"}


def test_loading_again_changes_nothing(app, load):
    text = HEAD + "S-worker,w@council.example,S-iro,,,,\nN-1,n@council.example,,Nora New,,,viewer\n"
    load(text)
    with app.app_context():
        before = db.session.scalars(select(Event.verb)).all()
    code, answer = load(text)
    assert (code, answer["unchanged"], answer["added"], answer["accounts"]) == (0, 2, 0, 0)
    with app.app_context():
        after = db.session.scalars(select(Event.verb)).all()
        assert after == [*before, "import_finished"]


def test_somebody_unknown_is_added_with_post_and_role(app, load):
    with app.app_context(), saving():
        db.session.add(
            JobTitle(
                title="Unit Boss",
                title_key="unit boss",
                kind=PostKind.TEAM_MANAGER,
                rank=40,
                line=True,
                roles=["practitioner"],
            )
        )
    code, _ = load(HEAD + "N-1,n@council.example,S-head,Nora New,Unit Boss,SAFE2,auditor\n")
    assert code == 0
    with app.app_context():
        found = person("N-1")
        assert (found.name, found.source) == ("Nora New", PersonSource.PEOPLE_FILE)
        (post,) = posts_held(found.id, now().date())
        assert (post.kind, post.team.name) == (PostKind.TEAM_MANAGER, "Safeguarding Team 2")
        grants = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == found.id))
        assert {(grant.role, grant.scope) for grant in grants} == {
            (Role.PRACTITIONER, Scope.TEAM),
            (Role.AUDITOR, Scope.OWN),
        }


ROLES = (
    # (role, team, scope, unit of the scope): how far it reaches where nobody says
    ("qa_lead", "", Scope.ALL, None),
    ("QA lead", "", Scope.ALL, None),
    ("moderator", "SAFE1", Scope.SERVICE, "SAFE"),
    ("moderator", "", Scope.ALL, None),
    ("auditor", "SAFE1", Scope.OWN, None),
    ("viewer", "", Scope.ALL, None),
)


@pytest.mark.parametrize(("role", "team", "scope", "unit"), ROLES)
def test_a_role_reaches_as_far_as_is_usual(app, council, load, role, team, scope, unit):
    load(HEAD + f"N-1,n@council.example,,Nora New,,{team},{role}\n")
    with app.app_context():
        grants = select(RoleGrant).where(RoleGrant.person_id == person("N-1").id)
        grant = db.session.scalars(grants).one()
        assert (grant.scope, grant.team_id) == (scope, council.teams.get(unit or ""))


FAULTS = (
    # (row, column, value, reason)
    (",w@council.example,,,,,", "Staff id", "", "is empty"),
    ("?? ?,w@council.example,,A B,,,", "Staff id", "?? ?", "is not a staff id"),
    ("N-9,n@council.example,,,,,", "Staff id", "N-9", "a name is needed"),
    ("S-worker,,,,,,", "E-mail", "", "is empty"),
    ("S-worker,wendy at council,,,,,", "E-mail", "wendy at council", "is not an e-mail address"),
    ("S-worker,HEAD@example.test,,,,,", "E-mail", "HEAD@example.test", "belongs to somebody else"),
    ("S-worker,w@c.example,S-nobody,,,,", "Line manager’s staff id", "S-nobody", "nobody has"),
    ("S-worker,w@c.example,S-worker,,,,", "Line manager’s staff id", "S-worker", "themselves"),
    ("S-worker,w@c.example,,,,Nowhere,", "Team", "Nowhere", "there is no team"),
    ("S-worker,w@c.example,,,,,king", "Role", "king", "is not a role"),
)


@pytest.mark.parametrize(("row", "column", "value", "reason"), FAULTS)
def test_a_faulty_row_is_refused_and_named_while_good_ones_load(
    app, load, row, column, value, reason
):
    good = "S-manager,manny@council.example,,,,,"
    code, answer = load(HEAD + f"{good}\n{row}\n")
    assert (code, answer["loaded"]) == (1, 1)
    (refusal,) = answer["refused"]
    assert (refusal["row"], refusal["column"], refusal["value"]) == (3, column, value)
    assert refusal["sheet"] == "people.csv"
    assert reason in refusal["reason"]
    with app.app_context():
        assert person("S-manager").email == "manny@council.example"
        assert person("S-worker").email == "worker@example.test"


def test_a_circle_of_line_managers_is_refused(app, load):
    rows = "S-worker,a@c.example,S-iro,,,,\nS-iro,b@c.example,S-worker,,,,\n"
    code, answer = load(HEAD + rows + "S-chair,c@c.example,S-head,,,,\n")
    assert (code, answer["loaded"]) == (1, 1)
    assert {each["reason"] for each in answer["refused"]} == {"closes a circle of line managers"}


def test_whoever_is_only_named_by_a_refused_row_manages_nobody(app, load):
    rows = "N-1,no address,,New Manager,,,\nS-worker,a@c.example,N-1,,,,\n"
    code, answer = load(HEAD + rows)
    assert (code, answer["loaded"]) == (1, 0)
    assert [each["row"] for each in answer["refused"]] == [2, 3]


def test_a_new_manager_may_stand_below_the_people_they_manage(app, load):
    rows = "S-worker,a@c.example,N-1,,,,\nN-1,b@c.example,,New Manager,,,\n"
    assert load(HEAD + rows)[0] == 0
    with app.app_context():
        assert manager_of(person("S-worker").id, now().date()).name == "New Manager"


def test_rows_of_the_same_person_count_once_or_are_refused(app, load):
    same = "S-worker,a@c.example,,,,,\n"
    code, answer = load(HEAD + same + same + "S-worker,other@c.example,,,,,\n")
    assert (code, answer["loaded"], answer["repeated"]) == (1, 1, 1)
    assert "stands in row 2 with other details" in answer["refused"][0]["reason"]


def test_a_dry_run_reports_the_same_and_changes_nothing(app, load):
    code, answer = load(HEAD + "N-1,n@c.example,,Nora,,,\nS-worker,,,,,,\n", "--dry-run")
    assert (code, answer["loaded"], answer["added"], len(answer["refused"])) == (1, 1, 1, 1)
    with app.app_context():
        assert db.session.scalars(select(Person).where(Person.staff_id == "N-1")).first() is None
        assert "import_finished" not in db.session.scalars(select(Event.verb)).all()


FILES = (
    # other spellings, delimiters and encodings of the same
    b"Employee Number;Email Address;Manager ID\nS-worker;w@c.example;S-iro\n",
    "\ufeffSTAFF NO\tWork e-mail\tLine Manager\nS-worker\tw@c.example\tS-iro\n".encode(),
    b"Staff list 2026\n\nStaff id,E-mail,Line manager\x92s staff id\nS-worker,w@c.example,S-iro\n",
)


@pytest.mark.parametrize("content", FILES)
def test_headings_are_known_by_their_usual_names(app, load, content):
    assert load(content)[0] == 0
    with app.app_context():
        assert person("S-worker").email == "w@c.example"
        assert person("S-worker").line_manager_id == person("S-iro").id


def test_a_workbook_is_read_with_numbers_for_staff_ids(app, load, tmp_path):
    with app.app_context(), saving():
        person("S-worker").staff_id = "0012345"
    book = xlsxwriter.Workbook(tmp_path / "in.xlsx")
    book.add_worksheet("Notes").write(0, 0, "Read the other sheet")
    sheet = book.add_worksheet("Staff")
    sheet.write_row(2, 0, ["Staff ID", "E-mail"])
    sheet.write_row(3, 0, [12345, "w@c.example"])
    sheet.write_row(5, 0, [99999, "x@c.example"])
    book.close()
    code, answer = load((tmp_path / "in.xlsx").read_bytes(), name="staff.xlsx")
    assert (code, answer["loaded"]) == (1, 1)
    (refusal,) = answer["refused"]
    assert (refusal["sheet"], refusal["row"], refusal["value"]) == ("Staff", 6, "99999")
    with app.app_context():
        # Spreadsheets eat leading zeros; the number is still this person's alone.
        assert person("0012345").email == "w@c.example"


UNUSABLE = (
    (b"Name,Team\nA,B\n", "people.csv", "these two are needed"),
    (b"", "people.csv", "these two are needed"),
    (b"PK\x03\x04 not really", "people.xlsx", "needed"),
    (b"\0\1\2", "people.csv", "neither CSV nor XLSX"),
)


@pytest.mark.parametrize(("content", "name", "said"), UNUSABLE)
def test_a_file_that_is_none_is_a_usage_error(load, content, name, said):
    code, said_by_it = load(content, name=name)
    assert code == 2
    assert said in said_by_it


def test_the_words_for_people_name_row_column_value_and_reason(app, council, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(HEAD + "S-worker,nothing,,,,,\n")
    answer = app.test_cli_runner().invoke(people, ["import", str(path)], obj=_script(app))
    assert "row 2, E-mail: “nothing” is not an e-mail address" in answer.stdout
    assert answer.exit_code == 1


def test_two_thousand_people_load_in_one_go(app, load):
    rows = (f"N-{n},n{n}@c.example,{f'N-{n // 10}' if n else ''},P {n},,,\n" for n in range(2_000))
    code, answer = load(HEAD + "".join(rows))
    assert (code, answer["added"], answer["accounts"]) == (0, 2_000, 2_000)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 2_013
