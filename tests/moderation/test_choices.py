"""The page of what was chosen for moderation, and blind, for the QA lead alone (M1, M3)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits import services as audits
from qa_app.audits.models import Audit, ModerationChoice, ModerationSeed
from qa_app.audits.queries.choosing import standing_choice
from qa_app.database import db, saving
from qa_app.domain.choosing import ChoiceReason
from qa_app.history import Event
from qa_app.home.queries.leading import moderation_queue
from qa_app.home.queries.month import month_so_far
from qa_app.moderation import services
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.moderation.queries.choices import Share, choices_of, months_chosen
from tests.audits.making import AT, nothing_to_correct, written
from tests.audits.test_choosing import LATER, alone, only_what_always_is, sent, worry
from tests.council import find, hold
from tests.notify.test_scheduled import jobs_run
from tests.pages import Page, words
from tests.queries import count_queries

MONTH = date(2026, 11, 1)
PATH = "/moderation/choices?month=2026-11"
DAY = timedelta(days=1)


def made(app, council, **options) -> UUID:
    with app.app_context(), saving():
        return sent(council, **options).id


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


def rows_of(html: str) -> list[list[str]]:
    """The words of the table of choices, by row."""
    page = Page(html, 200)
    (table,) = [each for each in page.all("table") if each.get("id") == "choices"]
    rows = [each for each in page.all("tr") if page.inside(each, "table") is table]
    return [[words(cell) for cell in row] for row in rows[1:]]


def test_a_month_without_audits_says_so(lead):
    page = lead.get(PATH).text
    assert "No audit was sent for moderation in November 2026 yet." in page
    assert "November 2026" in lead.get("/moderation/choices?month=1999-13").text


# M1: nobody else sees why an audit was chosen: the reason would tell its grade.
@pytest.mark.parametrize(
    "person", ["auditor", "head", "director", "worker", "viewer", "administrator"]
)
def test_it_is_for_the_qa_lead_alone(app, council, client_for, person):
    audit = made(app, council)
    client = client_for(council.people[person])
    assert client.get(PATH).status_code == 403
    assert client.get(f"/moderation/audits/{audit}/make-sighted").status_code in (403, 404)


def test_the_way_to_it_is_on_the_list_of_audits(lead, client_for, council):
    assert "/moderation/choices" in lead.get("/audits").text
    assert "/moderation/choices" not in client_for(council.people["head"]).get("/audits").text


# M1: each audit with its tickets against the shares, chosen or not and why, and the seed.
def test_it_says_what_was_chosen_and_why(app, council, lead):
    with app.app_context(), saving():
        hold("first_audits_moderated", 0)
        hold("blind_share", 100)
        hold("moderated_share", 0)
        left_out, bad = sent(council), sent(council, grade="inadequate")
        hold("moderated_share", 100)
        chosen = sent(council)
        found = {each.id: each for each in db.session.query(ModerationChoice)}
        seed = find(ModerationSeed).seed
        tickets = [
            (f"{each.ticket / 100:.2f}", f"{each.blind_ticket / 100:.2f}")
            for each in sorted(found.values(), key=lambda each: each.id)
        ]
        references = [each.reference for each in (left_out, bad, chosen)]
    html = lead.get(PATH).text
    assert seed in html
    assert "This page is for the QA lead alone" in html
    assert rows_of(html) == [
        [references[0], "18 November 2026", f"{tickets[0][0]}, not below 0",
         "No. Not chosen at random: its auditor’s grade stands",
         f"{tickets[0][1]}, not needed", "Not moderated", "The same"],
        [references[1], "18 November 2026", f"{tickets[1][0]}, not needed",
         "Yes. Its auditor’s grade is Inadequate",
         f"{tickets[1][1]}, below 100", "Blind: make it sighted", "The same"],
        [references[2], "18 November 2026", f"{tickets[2][0]}, not needed",
         "Yes. All audits are moderated",
         f"{tickets[2][1]}, below 100", "Blind: make it sighted", "The same"],
    ]  # fmt: skip
    text = " ".join(html.split())
    for said in (
        "2 of 3 (67%) audits",
        "0%, then 100%",
        "2 of 2 (100%) of those that are moderated",
        "0 of 1 (0%) of those that are not always moderated",
        "All the same",
    ):
        assert said in text
    with app.app_context():
        event = db.session.query(Event).filter_by(verb="audits_listed").one()
        assert event.details == {"count": 3, "figure": "M1 2026-11"}


# M3: what became of a blind one: a concern, the QA lead, a moderation, a submission after it.
def test_it_says_how_each_is_moderated(app, council, lead):
    people = council.people
    with app.app_context(), saving():
        hold("blind_share", 100)
        concerned, sighted, begun, again = (sent(council) for _ in range(4))
        for each in (begun, again):
            nothing_to_correct(each)
        worry(concerned, AT + DAY)
        audits.make_sighted(sighted, "Known to all", by=people["qa_lead"], at=AT)
        moderator = db.session.get_one(Person, people["review_head"])
        services.start(begun, moderator, by=moderator.id, at=AT + DAY)
        audits.take_for_moderation(again, moderator, moderator.id, AT + DAY)
        audits.return_for_correction(again, moderator.id, AT + DAY)
        db.session.add(a_returned_moderation(again, moderator))
        audits.submit(again, by=again.auditor_id, at=AT + 2 * DAY)
    rows = rows_of(lead.get(PATH).text)
    assert [row[5] for row in rows] == [
        "Sighted, because a concern is open",
        "Sighted: Quinn Lead made it so on 18 November 2026. Known to all",
        "Blind", "Blind", "Sighted",
    ]  # fmt: skip
    assert rows[3][1] == "18 November 2026, before it was sent again"
    assert rows[4][3] == "Yes. A moderator had returned it"
    assert {row[6] for row in rows} == {"The same"}


def a_returned_moderation(audit: Audit, moderator: Person) -> Moderation:
    return Moderation(
        audit_id=audit.id, moderator_id=moderator.id, moderator_name=moderator.name,
        mode=ModerationMode.BLIND, state=ModerationState.RETURNED, started_at=AT + DAY,
    )  # fmt: skip


# M1: one that was not chosen is moderated all the same while a concern is open.
def test_a_concern_afterwards_is_said(app, council, lead):
    with app.app_context(), saving():
        only_what_always_is()
        worry(sent(council), AT + DAY)
    (row,) = rows_of(lead.get(PATH).text)
    assert row[3].startswith("Yes, because a concern is open. Not chosen at random")
    assert (row[5], row[6]) == ("Sighted", "The same")


CHANGED = [
    # M1: each part of what is stored is held against the seed, and said where it is another
    ({"ticket": ModerationChoice.ticket + 1}, "its ticket"),
    ({"blind_ticket": ModerationChoice.blind_ticket + 1}, "its blind ticket"),
    ({"selected": False}, "whether and why it is moderated"),
    ({"reason": ChoiceReason.OUTSTANDING}, "whether and why it is moderated"),
    ({"blind": True}, "whether it is blind"),
]


@pytest.mark.parametrize(("values", "differs"), CHANGED)
def test_what_was_changed_afterwards_is_found(app, council, lead, values, differs):
    made(app, council)
    with app.app_context(), saving():
        db.session.execute(update(ModerationChoice).values(values))
    html = lead.get(PATH).text
    (row,) = rows_of(html)
    assert row[6] == f"Not the same: {differs}"
    assert "1 choice comes out otherwise when worked out again." in " ".join(html.split())


def test_another_seed_changes_every_ticket(app, council, lead):
    made(app, council)
    with app.app_context(), saving():
        db.session.execute(update(ModerationSeed).values(seed="f" * 32))
    (row,) = rows_of(lead.get(PATH).text)
    assert row[6] == "Not the same: its ticket, its blind ticket"


# M1, M3: a concern of the very moment was there, or was not, as the choice itself says.
@pytest.mark.usefixtures("context")
def test_a_concern_of_the_same_moment_is_no_difference(council):
    hold("first_audits_moderated", 0)
    hold("moderated_share", 0)
    before, after = written(council), sent(council)
    for audit in (before, after):
        worry(audit)
    audits.submit(before, by=before.auditor_id, at=AT)
    assert {(row.choice.reason, row.differs) for row in choices_of(MONTH).rows} == {
        (ChoiceReason.CONCERN, ""),
        (ChoiceReason.NOT_CHOSEN, ""),
    }


# M1: worked out with what was so when it was sent: grade, concern, policy, and who was new.
@pytest.mark.usefixtures("context")
def test_what_happens_later_changes_nothing_of_a_choice(council):
    hold("moderated_share", 0)
    first = [sent(council, at=AT + n * DAY) for n in range(4)]
    raised = worry(first[3], AT + 4 * DAY)
    audits.withdraw_concern(raised, "Safe", council.people["head"], AT + 5 * DAY)
    # a change made on the day itself, after the last of them was sent
    at = AT + 3 * DAY + timedelta(hours=1)
    settings.change("first_audits_moderated", 9, date(2026, 11, 21), None, at)
    sent(council, at=AT + 8 * DAY)
    found = choices_of(MONTH)
    assert [row.differs for row in found.rows] == [""] * 5
    assert [row.choice.selected for row in found.rows] == [True, True, True, False, True]


@pytest.mark.usefixtures("context")
def test_the_counts_are_of_what_stands(council):
    hold("first_audits_moderated", 0)
    hold("moderated_share", 50)
    for _ in range(10):
        sent(council)
    found = choices_of(MONTH)
    chosen = sum(row.choice.ticket < 5_000 for row in found.rows)
    assert found.selected == found.at_random == Share(chosen, 10)
    assert found.blind == Share(0, chosen)
    assert found.shares("share") == [50]
    assert found.differing == 0
    assert months_chosen() == [MONTH]


def test_the_page_asks_the_same_few_questions_for_one_row_and_for_twenty(app, council, lead):
    counts = []
    for rows in (1, 19):
        for _ in range(rows):
            made(app, council)
        with count_queries(app) as asked:
            assert lead.get(PATH).status_code == 200
        counts.append(len(asked))
        assert len(asked) <= 12, asked
    assert counts[0] == counts[1], counts


# M3: the QA lead makes one sighted, with a reason, until it is begun.
def test_making_one_sighted(app, council, lead):
    with app.app_context(), saving():
        hold("blind_share", 100)
    audit = made(app, council)
    path = f"/moderation/audits/{audit}/make-sighted"
    assert path in lead.get(PATH).text
    answer = lead.submit(path, {"reason": "  "})
    assert answer.status_code == 400
    assert "Enter why it is to be moderated sighted" in answer.text
    answer = lead.submit(path, {"reason": "Everybody has read it"})
    assert (answer.status_code, answer.location) == (302, PATH)
    page = lead.get(PATH).text
    assert "is moderated sighted now" in page
    assert path not in page
    with app.app_context():
        assert standing_choice(audit).sighted_reason == "Everybody has read it"
    answer = lead.submit(path, {"reason": "Again"})
    assert answer.status_code == 400
    assert "is not to be moderated blind" in answer.text


def test_an_older_audit_is_sighted_and_stays_so(app, council, lead):
    audit = made(app, council)
    with app.app_context(), saving():
        db.session.query(ModerationChoice).delete()
    page = lead.get(f"/moderation/audits/{audit}/make-sighted").text
    assert "This audit does not wait for a blind moderation." in page
    answer = lead.submit(f"/moderation/audits/{audit}/make-sighted", {"reason": "Known"})
    assert answer.status_code == 400
    assert "is not to be moderated blind" in answer.text


# M0: the clock runs in the worker, and for those who run none.
def test_the_command_makes_final_what_was_not_chosen(app, council):
    with app.app_context(), saving():
        only_what_always_is()
    audit = made(app, council)
    done = jobs_run(app, "--at", "2026-11-24T09:00")
    assert done.returncode == 0, done.stderr
    assert "audits not chosen for moderation: 1 audits not chosen made final" in done.stdout
    with app.app_context():
        assert db.session.get_one(Audit, audit).final_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


# M1: the auditor is told what follows, in words that do not promise a moderation.
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        # M1, A12: somebody checks its facts first
        (True, "It becomes final, with your grade, once its facts are checked."),
        # M1: nobody is asked: it is final at once
        (False, "is final, with your grade: it was not chosen to be moderated."),
    ],
)
def test_the_auditor_is_told_that_it_was_not_chosen(app, council, client_for, asked, said):
    with app.app_context(), saving():
        only_what_always_is()
        audit = written(council)
        if not asked:
            alone(audit)
        path = f"/audits/{audit.id}"
    client = client_for(council.people["other_auditor"])
    token = client.token_in(client.get(f"{path}/review").text)
    answer = client.send(f"{path}/submit", token=token, follow_redirects=True)
    assert said in " ".join(answer.text.split())


# M1: what nobody will moderate is in no count of what waits for a moderator.
def test_home_counts_what_waits_for_a_moderator(app, council):
    with app.app_context(), saving():
        only_what_always_is()
        sent(council)
        sent(council, grade="inadequate")
        waiting = moderation_queue(actor(council.people["director"], LATER.date()))
        assert waiting.waiting == 1
        lead = actor(council.people["qa_lead"], LATER.date())
        assert month_so_far(LATER.date(), lead).waiting_for_moderation == 1
