"""Earlier versions of long texts: kept, looked at and restored (A8); texts that are alike (R8)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import AuditParty, AuditText, TextVersion
from qa_app.audits.queries.versions import PAGE, earlier_texts, fields_with_versions
from qa_app.audits.services import Change
from qa_app.audits.services.restoring import restore_text
from qa_app.database import db, saving
from qa_app.domain.permissions import Party
from qa_app.domain.versions import STOOD, likeness
from qa_app.domain.workflow import MoveNotAllowed
from qa_app.history import Event
from tests.audits.making import AT, Writer, given, submitted, the_audit
from tests.audits.with_tools import given_with, small_tool
from tests.queries import count_queries

BOX = "risk.evidence"
LONG = "Seen alone on 3 May, and again in June, at home and at her new school."
# Every box that holds narrative, by the room that its text stands in.
NARRATIVE = ("risk.evidence", "risk.impact", "risk.not_applicable", "overall.rationale",
             "safe.how_known", "none_found.strength", "voice.child.said", "voice.parents.why_not",
             "override.a")  # fmt: skip


@pytest.fixture
def me(council):
    """The auditor."""
    return council.people["other_auditor"]


@pytest.fixture
def audit(context, council):
    """An audit that was given and not begun."""
    return given(council)


def write(audit, by, *texts, box=BOX, at=AT):
    """Save these texts one after the other, as fast as a page would."""
    for text in texts:
        Writer(audit, by, at)({box: text})
    db.session.flush()


def kept(box=BOX):
    """The earlier texts of a box, oldest first."""
    query = select(TextVersion).where(TextVersion.field == box).order_by(TextVersion.id)
    return list(db.session.scalars(query))


def texts(box=BOX):
    return [each.text for each in kept(box)]


def share_with(audit, council, key="iro"):
    """A second auditor on the audit."""
    person_id = council.people[key]
    db.session.add(
        AuditParty(audit_id=audit.id, party=Party.CO_AUDITOR, person_id=person_id, name="Iris")
    )
    db.session.flush()
    return person_id


@pytest.mark.parametrize("box", NARRATIVE)
def test_what_a_save_takes_away_is_kept(audit, me, box):
    # A8: in every box that holds narrative
    write(audit, me, LONG, "", "Begun anew", "Begun", box=box)

    assert texts(box) == [LONG, "Begun anew"]
    assert {each.replaced_by for each in kept(box)} == {me}


@pytest.mark.parametrize(
    ("box", "values"),
    [
        # A8: a choice, a date or a grade is no text
        ("risk.grade", ("good", "inadequate", "not_applicable")),
        ("question.risk.analysis", ("good", "inadequate")),
        ("safe.now", ("yes", "no")),
        ("voice.child.on", ("2026-11-02", "2026-11-03")),
        ("voice.child.obtained", ("yes", "no")),
    ],
)
def test_an_answer_has_no_versions(audit, me, box, values):
    write(audit, me, *values, box=box)
    assert texts(box) == []


def test_a_text_that_grows_has_a_version_for_each_sitting_alone(audit, me):
    # A8
    grown = [LONG[:length] for length in range(5, len(LONG), 5)]
    write(audit, me, *grown)
    assert texts() == []

    write(audit, me, LONG, at=AT + STOOD)
    assert texts() == [grown[-1]]


def test_what_somebody_else_wrote_is_kept_with_who_and_when(audit, me, council):
    # A8
    other = share_with(audit, council)
    write(audit, other, LONG)
    write(audit, me, f"{LONG} More.", at=AT + timedelta(seconds=9))

    (version,) = kept()
    assert (version.text, version.version) == (LONG, 1)
    assert (version.written_by, version.written_at) == (other, AT)
    assert (version.replaced_by, version.replaced_at) == (me, AT + timedelta(seconds=9))


def test_a_box_that_counts_no_versions_says_none(audit, me):
    write(audit, me, LONG, "Other", box="voice.child.said")

    (version,) = kept("voice.child.said")
    assert (version.version, version.written_by, version.written_at) == (0, None, AT)


def test_what_loses_a_conflict_is_kept(audit, me):
    # A8: the writer was shown both and chose their own
    services.save_text(audit, Change(BOX, "Theirs", 0), me, AT)
    (conflict,) = services.save_text(audit, Change(BOX, "Mine", 0), me, AT).conflicts
    assert texts() == []

    services.save_text(audit, Change(BOX, "Mine", conflict.version), me, AT)
    assert texts() == ["Theirs"]


def test_keeping_costs_one_row_and_no_question(app, audit, me):
    # A8: a save is to be quick
    write(audit, me, LONG)
    with count_queries(app) as growing:
        write(audit, me, f"{LONG} More.")
    with count_queries(app) as cutting:
        write(audit, me, "Anew")

    assert len(cutting) == len(growing) + 1, cutting
    assert [each for each in cutting if "text_version" in each] == [
        each for each in cutting if each.startswith("INSERT INTO text_version")
    ]


def test_an_earlier_text_is_restored_and_what_it_replaces_is_kept(audit, me):
    # A8
    write(audit, me, LONG, "Short")
    outcome = restore_text(audit, kept()[0], 2, by=me, at=AT)

    assert outcome.changed
    assert Draft(audit).text(BOX) == LONG
    assert texts() == [LONG, "Short"]
    # Also where the text that is restored holds all of what it replaces.
    write(audit, me, f"{LONG} More.")
    restore_text(audit, kept()[0], 4, by=me, at=AT)
    assert texts() == [LONG, "Short", f"{LONG} More."]


def test_restoring_does_not_cover_a_newer_text(audit, me):
    # A8: the page that asks for it showed an older one
    write(audit, me, LONG, "Short", "Newer")
    outcome = restore_text(audit, kept()[0], 2, by=me, at=AT)

    assert [each.theirs for each in outcome.conflicts] == ["Newer"]
    assert Draft(audit).text(BOX) == "Newer"


def test_restoring_is_in_the_history_without_the_words(audit, me):
    # I1
    write(audit, me, LONG, "Short")
    restore_text(audit, kept()[0], 2, by=me, at=AT)
    restore_text(audit, kept()[0], 3, by=me, at=AT)
    db.session.commit()

    rows = db.session.scalars(select(Event).where(Event.verb == "text_restored")).all()
    assert [row.details for row in rows] == [{"field": "Risk and safety: evidence"}]


def test_nothing_is_restored_after_submission(context, council, me):
    # CO-5
    audit = submitted(council)
    version = TextVersion(audit_id=audit.id, field=BOX, text="Old", version=1, written_at=AT,
                          written_by=me, replaced_at=AT, replaced_by=me)  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        restore_text(audit, version, 1, by=me, at=AT)


def test_a_text_says_what_it_is_like(audit, me):
    # R8
    write(audit, me, LONG)
    query = select(AuditText.likeness).where(AuditText.field == BOX)
    assert db.session.scalars(query).one() == likeness(LONG)

    write(audit, me, "Short")
    assert db.session.scalars(query).one() is None


def test_the_list_is_cut_in_pages(app, audit, me):
    write(audit, me, *(f"Text {number}" for number in range(PAGE + 3)))

    with count_queries(app) as asked:
        first = earlier_texts(audit.id, BOX)
    assert len(asked) == 2, asked
    assert (len(first.rows), first.more) == (PAGE, True)
    second = earlier_texts(audit.id, BOX, first.rows[-1].id)
    assert (len(second.rows), second.more) == (2, False)
    assert fields_with_versions(audit.id) == {BOX}


# The pages.


@pytest.fixture
def path(app, council, me):
    """An audit with an earlier text of two boxes."""
    with app.app_context(), saving():
        audit = given(council)
        write(audit, me, LONG, "Seen on 3 May, and again in July.")
        write(audit, me, "She likes it", "She does not like it", box="voice.child.said")
        return f"/audits/{audit.id}"


@pytest.fixture
def browser(client_for, me, path):
    """The auditor's browser."""
    return client_for(me)


def stands(app, box=BOX):
    with app.app_context():
        return services.box(Draft(the_audit()), box).value


def the_version(app, path, box=BOX):
    with app.app_context():
        return f"{path}/versions/{box}/{kept(box)[0].id}"


@pytest.mark.parametrize(
    ("page", "box", "links"),
    [("sections/risk", BOX, 1), ("voices", "voice.child.said", 1), ("overall", "", 0)],
)
def test_a_box_leads_to_its_earlier_versions_where_it_has_any(browser, path, page, box, links):
    found = re.findall(r'href="([^"]+/versions/[^"]+)"', browser.get(f"{path}/{page}").text)
    assert found == [f"{path}/versions/{box}"] * links


def test_the_list_says_who_when_and_how_many_words(browser, path):
    page = browser.get(f"{path}/versions/{BOX}").text

    for words in ("Risk and safety: evidence", "18 November 2026, 10:42", "Otto Auditor", ">16<",
                  "Seen on 3 May, and again in July."):  # fmt: skip
        assert words in page
    assert LONG not in page
    assert f'href="{path}/sections/risk#risk.evidence"' in page


def test_an_earlier_text_is_shown_with_what_changed_since(browser, app, path):
    page = browser.get(the_version(app, path)).text

    assert LONG in page
    plain = re.sub(r"<span[^>]*>|</span>", "", page)
    assert "<del>(taken out: alone)</del>" in plain
    assert re.search(r"<del>\(taken out: June, at home [^<]* school\.\)</del>", plain)
    assert "<ins>(written since: July.)</ins>" in plain
    assert "9 words of this text are not there any more" in page
    assert "1 word was written since" in page


def test_pressing_restore_puts_the_text_back(browser, app, path):
    # A8
    address = the_version(app, path)
    page = browser.get(address).text
    shown = re.search(r'name="shown" value="(\d+)"', page)[1]
    answer = browser.send(address, {"shown": shown}, token=browser.token_in(page))

    assert answer.location == f"{path}/sections/risk#risk.evidence"
    assert stands(app) == LONG
    page = browser.get(answer.location).text
    assert "is back under “Risk and safety: evidence”" in page
    assert "2 earlier" not in browser.get(f"{path}/versions/{BOX}").text


@pytest.mark.parametrize("shown", [{}, {"shown": "1"}, {"shown": "x"}, {"shown": "9" * 30}])
def test_restoring_from_an_old_page_shows_what_stands_now(browser, app, path, shown):
    # A8: no newer text is covered unseen
    address = the_version(app, path)
    answer = browser.submit(address, shown)

    assert answer.status_code == 409
    assert "Not restored yet." in answer.text
    assert stands(app) == "Seen on 3 May, and again in July."
    again = re.search(r'name="shown" value="(\d+)"', answer.text)[1]
    assert browser.submit(address, {"shown": again}).status_code == 302
    assert stands(app) == LONG


def test_restoring_twice_says_that_it_stands_already(browser, app, path):
    address = the_version(app, path)
    browser.submit(address, {"shown": "2"})
    answer = browser.submit(address, {"shown": "3"})

    assert "That is the text that stands" in browser.get(answer.location).text
    page = browser.get(address).text
    assert "what stands now says the same, word for word" in page


def test_a_voice_is_restored_by_what_it_says(browser, app, path):
    # A8: a box that counts no versions
    address = the_version(app, path, "voice.child.said")
    page = browser.get(address).text
    shown = re.search(r'name="shown" value="(\d+)"', page)[1]
    answer = browser.submit(address, {"shown": shown})

    assert answer.location == f"{path}/voices#voice.child.said"
    assert stands(app, "voice.child.said") == "She likes it"


@pytest.mark.parametrize(
    "field",
    ["nowhere.evidence", "risk.grade", "state", "question.none", "overall.rationale", "é", "a%00b"],
)
def test_a_box_without_narrative_has_no_such_page(browser, path, field):
    assert browser.get(f"{path}/versions/{field}").status_code == 404


def test_a_version_belongs_to_its_box_and_its_audit(browser, app, council, path):
    # AZ-3
    version = the_version(app, path)
    assert browser.get(version.replace(BOX, "voice.child.said")).status_code == 404
    with app.app_context(), saving():
        other = given(council, case="100003")
        write(other, council.people["other_auditor"], "Something")
        elsewhere = version.replace(path, f"/audits/{other.id}")
    assert browser.get(elsewhere).status_code == 404


def test_a_question_is_named_by_its_wording_and_leads_back_to_it(app, council, client_for, me):
    name = "question.plan.else"
    with app.app_context(), saving():
        audit = given_with(council, small_tool())
        write(audit, me, "One", "Two", box=name)
        path = f"/audits/{audit.id}"
    page = client_for(me).get(f"{path}/versions/{name}").text

    assert "What else?" in page
    assert f'href="{path}/sections/plan#{name}"' in page


def test_a_box_that_is_not_asked_for_now_leads_back_to_the_audit(app, council, client_for, me):
    with app.app_context(), saving():
        audit = given_with(council, small_tool())
        write(audit, me, "One", "Two", box="used.evidence")
        path = f"/audits/{audit.id}"
    page = client_for(me).get(f"{path}/versions/used.evidence").text

    assert f'“<a class="govuk-link" href="{path}">Use of the plan: evidence</a>”' in page


@pytest.mark.parametrize(
    ("person", "status"),
    [("other_auditor", 200), ("iro", 200), ("qa_lead", 403), ("worker", 404), ("head", 404)],
)
def test_those_who_write_the_audit_read_its_earlier_texts(
    app, council, client_for, path, person, status
):
    with app.app_context(), saving():
        share_with(the_audit(), council)
    assert client_for(council.people[person]).get(f"{path}/versions/{BOX}").status_code == status


def test_each_look_is_in_the_history(browser, app, path):
    # I1
    browser.get(f"{path}/versions/{BOX}")
    browser.get(the_version(app, path))

    with app.app_context():
        query = select(Event.details).where(Event.verb == "text_versions_viewed")
        assert list(db.session.scalars(query)) == [{"field": "Risk and safety: evidence"}] * 2


def test_a_submitted_audit_shows_no_earlier_text(app, council, client_for, me):
    with app.app_context(), saving():
        path = f"/audits/{submitted(council).id}"
    answer = client_for(me).get(f"{path}/versions/{BOX}")
    assert (answer.status_code, answer.location) == (302, path)


def test_the_older_pages_of_the_list_are_reached(browser, app, path, me):
    with app.app_context(), saving():
        write(the_audit(), me, *(f"Text {number}" for number in range(PAGE + 2)))
    first = browser.get(f"{path}/versions/{BOX}").text
    older = re.search(r'href="([^"]+before=[^"]+)"', first)[1]
    second = browser.get(older).text

    assert ">16<" in second  # the oldest of all
    assert ">16<" not in first
    assert "Newest" in second
    assert (
        "There is no earlier version"
        in browser.get(f"{path}/versions/{BOX}?before=00000000-0000-7000-8000-000000000000").text
    )
    assert browser.get(f"{path}/versions/{BOX}?before=x").text.count("before=") == 1
