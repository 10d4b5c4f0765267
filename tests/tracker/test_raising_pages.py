"""Raising an action: about a part of an audit, alone, with prompts that stop nothing (E2, E3)."""

import threading
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Finding
from qa_app.audits.queries.origins import parts_of
from qa_app.database import db, new_id, now, saving
from qa_app.domain.actions import About, ActionKind
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.moderation.views.actions import pinned
from qa_app.notify.models import Notice
from qa_app.standards.queries import themes
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.services import default_due_on, raise_action
from qa_app.tracker.services.raising import DueTooLate
from tests.council import Council
from tests.moderation.factory import a_submitted_audit, sections_to_grade, tie

FOUND = "Planted finding zq1: nobody saw him alone."
DATA = {"owner": "Wendy Worker", "kind": "improvement", "what": "See him alone."}
RAISED = "Raise an action about this"


@pytest.fixture
def made(app: Flask, council: Council) -> dict[str, str]:
    """An audit that Ada submitted, with a finding: the ids and codes of its parts."""
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        section = sections_to_grade(audit)[0]
        theme = themes()[0]
        finding = Finding(
            audit_id=audit.id, section_id=section.id, theme_id=theme.id, added_at=now(),
            kind=FindingKind.DEVELOPMENT, about=FindingAbout.PRACTICE, text=FOUND,
        )  # fmt: skip
        db.session.add(finding)
        db.session.flush()
        return {
            "audit": str(audit.id), "reference": audit.reference, "section": section.code,
            "title": section.title, "question": section.questions[0].code,
            "wording": section.questions[0].wording, "finding": str(finding.id),
            "theme": str(theme.id), "theme_name": theme.name,
        }  # fmt: skip


def _actions(app: Flask) -> list[Action]:
    with app.app_context():
        return list(db.session.scalars(select(Action)))


def _path(made: dict[str, str], query: str = "") -> str:
    return f"/audits/{made['audit']}/raise-action{query}"


# E3: an action is linked to the section, the question or the finding that it came from.
@pytest.mark.parametrize(
    ("query", "value", "pinned_as"),
    [
        ("", "", ("", "", False, False)),
        ("?section={section}", "section:{section}", ("section", "", False, False)),
        ("?question={question}", "question:{question}", ("section", "question", False, False)),
        ("?finding={finding}", "finding:{finding}", ("section", "", True, True)),
        ("?section={section}&theme={theme}", "section:{section}", ("section", "", False, True)),
        # What the address names and the audit has not is passed over.
        ("?section=none&finding=x&question=%00&theme=1", "", ("", "", False, False)),
        ("?finding=01890000-0000-7000-8000-000000000000", "", ("", "", False, False)),
    ],
)
def test_the_address_says_what_it_is_about(
    app, council, client_for, made, query, value, pinned_as
) -> None:
    client = client_for(council.people["auditor"])
    path, value = _path(made, query.format(**made)), value.format(**made)
    page = client.get(path).text
    options = [each.split(">")[0] for each in page.split("<option")[1:]]
    chosen = [each.split('value="')[1].split('"')[0] for each in options if "selected" in each]
    with_theme = pinned_as[3]
    assert [each for each in chosen if each] == [value] * bool(value) + [made["theme"]] * with_theme
    sent = DATA | {"about": value, "theme": made["theme"] if with_theme else ""}
    assert client.submit(path, sent).status_code == 302
    (action,) = _actions(app)
    assert action.section_code == (made["section"] if pinned_as[0] else "")
    assert action.question_code == (made["question"] if pinned_as[1] else "")
    assert (action.finding_id == UUID(made["finding"])) is pinned_as[2]
    assert (action.theme_id == UUID(made["theme"])) is with_theme


def test_what_is_not_of_the_audit_is_refused(app, council, client_for, made) -> None:
    client = client_for(council.people["auditor"])
    answer = client.submit(_path(made), DATA | {"about": f"finding:{new_id()}"})
    assert "select one of the answers shown" in answer.text
    assert not _actions(app)


# E3: whoever moderates raises it as the moderator, about a part too, and names a partner agency.
def test_a_moderator_raises_one_about_a_section(app, council, client_for, made) -> None:
    with app.app_context(), saving():
        audit = db.session.get_one(Audit, UUID(made["audit"]))
        tie(council, audit, "other_head", Party.MODERATOR)
    client = client_for(council.people["other_head"])
    sent = DATA | {"about": f"section:{made['section']}", "partner_agency": "Health visiting"}
    answer = client.submit(_path(made), sent, follow_redirects=True)
    for words in ("Wendy Worker has been told.", "Health visiting", made["title"]):
        assert words in answer.text
    (action,) = _actions(app)
    assert action.source is ActionSource.MODERATION
    assert (action.section_code, action.partner_agency) == (made["section"], "Health visiting")


# E3: links to raise one stand on the audit's page for those who may, and for nobody else.
@pytest.mark.parametrize(
    ("person", "sees"),
    [("auditor", True), ("qa_lead", True), ("worker", False), ("manager", False), ("chair", False)],
)
def test_who_is_offered_to_raise_one(council, client_for, made, person, sees) -> None:
    page = client_for(council.people[person]).get(f"/audits/{made['audit']}").text
    assert FOUND in page
    assert ("Raise an action" in page) is sees
    assert (f"raise-action?finding={made['finding']}" in page) is sees
    assert (f"raise-action?section={made['section']}" in page) is sees


# E3: the prompts are shown once, and keep what was typed; the second press raises it as it is.
def test_prompts_are_shown_once_and_stop_nothing(app, council, client_for, made) -> None:
    client = client_for(council.people["auditor"])
    vague = DATA | {"what": "Ensure ongoing support.", "key": "one"}
    answer = client.submit(_path(made), vague)
    assert answer.status_code == 200
    for words in (
        "These may help",
        "“Ensure” can mean many things.",
        "“Ongoing” is hard to show",
        "Nothing has been raised yet.",
        "Ensure ongoing support.</textarea>",
    ):
        assert words in answer.text
    assert 'name="looked" type="hidden" value="yes"' in answer.text
    assert not _actions(app)
    again = client.submit(_path(made), vague | {"looked": "yes"})
    assert again.status_code == 302
    assert [action.what for action in _actions(app)] == ["Ensure ongoing support."]


def test_words_that_say_all_are_raised_at_once(app, council, client_for, made) -> None:
    assert client_for(council.people["auditor"]).submit(_path(made), DATA).status_code == 302
    assert len(_actions(app)) == 1


def _too_late(app: Flask) -> date:
    with app.app_context():
        return default_due_on(ActionKind.IMPROVEMENT, now().date()) + timedelta(days=1)


@pytest.mark.parametrize(
    ("grade", "kind", "refused"),
    [
        # E2: after an audit that requires improvement, due within 20 working days.
        (Grade.REQUIRES_IMPROVEMENT, ActionKind.IMPROVEMENT, True),
        (Grade.REQUIRES_IMPROVEMENT, ActionKind.PRIORITY, True),
        # E2 is about what is put right on the case: learning takes the time that it needs.
        (Grade.REQUIRES_IMPROVEMENT, ActionKind.LEARNING, False),
        (Grade.REQUIRES_IMPROVEMENT, ActionKind.SERVICE, False),
        (Grade.GOOD, ActionKind.IMPROVEMENT, False),
        (Grade.INADEQUATE, ActionKind.IMPROVEMENT, False),
    ],
)
def test_a_due_date_beyond_the_grades_days_is_refused(
    app, council, client_for, grade, kind, refused
) -> None:
    with app.app_context(), saving():
        audit_id = a_submitted_audit(council, grade=grade).id
    late = _too_late(app)
    sent = DATA | {"kind": kind.value, "due_on-day": late.day, "due_on-month": late.month,
                   "due_on-year": late.year}  # fmt: skip
    answer = client_for(council.people["auditor"]).submit(f"/audits/{audit_id}/raise-action", sent)
    assert answer.status_code == (400 if refused else 302)
    assert ("After an audit that requires improvement this is due by" in answer.text) is refused
    assert len(_actions(app)) == (not refused)


# E2: the last of the days is in time; what was imported has no clock.
def test_the_last_day_is_in_time(app, council) -> None:
    with app.app_context():
        audit = a_submitted_audit(council, grade=Grade.REQUIRES_IMPROVEMENT)
        given = {
            "kind": ActionKind.IMPROVEMENT, "what": "See him.", "by": council.people["auditor"],
            "owner": db.session.get_one(Person, council.people["worker"]), "at": now(),
            "source": ActionSource.AUDIT, "audit": pinned(audit),
        }  # fmt: skip
        last = default_due_on(ActionKind.IMPROVEMENT, now().date())
        assert raise_action(**given, source_key="1", due_on=last).due_on == last
        with pytest.raises(DueTooLate):
            raise_action(**given, source_key="2", due_on=last + timedelta(days=1))
        audit.source = "imported"
        assert pinned(audit).grade is None


# I2: an owner who does not read the audit is told the section, and nothing that the auditor found.
def test_what_it_came_from_is_told_as_far_as_one_may_read(app, council, client_for, made) -> None:
    sent = DATA | {"owner": "Otto Auditor", "about": f"finding:{made['finding']}"}
    auditor = client_for(council.people["auditor"])
    auditor.submit(_path(made, f"?finding={made['finding']}"), sent)
    (action,) = _actions(app)
    mine, theirs = (
        client_for(council.people[key]).get(f"/tracker/{action.id}").text
        for key in ("auditor", "other_auditor")
    )
    assert made["title"] in mine
    assert FOUND in mine
    assert f'href="/audits/{made["audit"]}#section-{made["section"]}"' in mine
    assert made["title"] in theirs
    assert "zq1" not in theirs
    assert "#section-" not in theirs


# M3, E1: from whom the action is kept, everything that it came from is kept too.
@pytest.mark.parametrize("party", [Party.BLIND_MODERATOR, Party.IMPLICATED])
def test_nobody_from_whom_it_is_kept_learns_what_it_came_from(
    app, council, client_for, made, party
) -> None:
    with app.app_context(), saving():
        tie(council, db.session.get_one(Audit, UUID(made["audit"])), "other_head", party)
    sent = DATA | {"about": f"finding:{made['finding']}"}
    client_for(council.people["auditor"]).submit(_path(made, f"?finding={made['finding']}"), sent)
    (action,) = _actions(app)
    client = client_for(council.people["other_head"])
    assert client.get(f"/tracker/{action.id}").status_code == 404
    answer = client.get(_path(made, f"?finding={made['finding']}"))
    assert answer.status_code in (403, 404)
    assert "zq1" not in answer.text


def test_a_finding_that_was_taken_out_is_said_to_be(app, council, client_for, made) -> None:
    query = f"?finding={made['finding']}"
    client = client_for(council.people["auditor"])
    client.submit(_path(made, query), DATA | {"about": f"finding:{made['finding']}"})
    with app.app_context(), saving():
        db.session.delete(db.session.get_one(Finding, UUID(made["finding"])))
    (action,) = _actions(app)
    assert "It has been taken out of the audit since." in client.get(f"/tracker/{action.id}").text


def test_an_imported_audit_has_no_parts(app, council, made) -> None:
    with app.app_context():
        audit = db.session.get_one(Audit, UUID(made["audit"]))
        assert parts_of(audit, section=made["section"])
        audit.tool_version_id = None
        assert parts_of(audit, section=made["section"]) == []


ALONE = {"owner": "Wendy Worker", "kind": "service", "what": "Write a guide to chronologies."}


# E3: an action for the service is raised by those who lead services and the QA lead, alone.
@pytest.mark.parametrize(
    ("person", "status"),
    [("head", 302), ("other_head", 302), ("director", 302), ("qa_lead", 302), ("worker", 403),
     ("manager", 403), ("auditor", 403), ("iro", 403), ("viewer", 403), ("administrator", 403)],
)  # fmt: skip
def test_who_raises_an_action_alone(app, council, client_for, person, status) -> None:
    client = client_for(council.people[person])
    token = client.token_in(client.get("/account").text)
    answer = client.send("/tracker/raise", ALONE | {"key": "one"}, token=token)
    assert answer.status_code == status
    assert len(_actions(app)) == (status == 302)
    link = 'href="/tracker/raise"'
    assert (link in client.get("/tracker/").text) is (status == 302)


# E3: it has a reference, an owner who is told, a due date and a theme; and no audit.
def test_an_action_alone_is_whole(app, council, client_for, made) -> None:
    client = client_for(council.people["head"])
    sent = ALONE | {"theme": made["theme"], "partner_agency": "The police"}
    answer = client.submit("/tracker/raise", sent, follow_redirects=True)
    for words in ("Wendy Worker has been told.", "The police", made["theme_name"]):
        assert words in answer.text
    (action,) = _actions(app)
    assert (action.kind, action.source) == (ActionKind.SERVICE, ActionSource.SERVICE)
    assert action.audit_id is None
    assert action.due_on is not None
    assert action.reference.startswith("I-")
    with app.app_context():
        mine = Notice.person_id == council.people["worker"], Notice.path == f"/tracker/{action.id}"
        notice = db.session.scalars(select(Notice).where(*mine)).one()
        assert "chronologies" not in f"{notice.subject} {notice.body} {notice.path}"
        events = [str(event.details) for event in db.session.scalars(select(Event))]
        assert not [text for text in events if "chronolog" in text or "police" in text]


@pytest.mark.parametrize("kind", ["priority", "improvement"])
def test_what_is_about_a_child_is_not_raised_alone(app, council, client_for, kind) -> None:
    answer = client_for(council.people["head"]).submit("/tracker/raise", ALONE | {"kind": kind})
    assert "select one of the answers shown" in answer.text
    assert not _actions(app)


# CO-4: a form that is sent twice raises one action; each of two people’s forms its own.
def test_a_form_sent_twice_raises_one(app, council, client_for) -> None:
    for person in ("head", "head", "other_head"):
        client = client_for(council.people[person])
        assert client.submit("/tracker/raise", ALONE | {"key": "one"}).status_code == 302
    assert len(_actions(app)) == 2


# CO-4: twenty at once raise one, and tell its owner once.
def test_twenty_at_once_raise_one(app: Flask, council: Council) -> None:
    together, references = threading.Barrier(20), []

    def raise_it() -> None:
        with app.app_context():
            together.wait()
            with saving():
                action = raise_action(
                    kind=ActionKind.SERVICE, what="Write a guide.", source=ActionSource.SERVICE,
                    owner=db.session.get_one(Person, council.people["worker"]), at=now(),
                    source_key="service:one", by=council.people["head"],
                    about=About(section_code="risk"), partner_agency="The police",
                )  # fmt: skip
                references.append(action.reference)
            db.session.remove()

    threads = [threading.Thread(target=raise_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len(references) == 20
        assert len(set(references)) == 1
        assert db.session.scalar(select(func.count()).select_from(Action)) == 1
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 1
