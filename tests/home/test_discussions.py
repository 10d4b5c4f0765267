"""Home of those who differ about a grade: answers asked of an auditor, a moderator's discussions
(M4)."""

import pytest

from qa_app.audits.models import Audit
from qa_app.database import now, saving
from qa_app.domain.permissions import Party
from qa_app.formatting import due_words
from qa_app.moderation.models import Moderation
from tests.council import find
from tests.home.test_home import rows, said
from tests.moderation.dialogue import answered, asked, second_taken
from tests.moderation.factory import tie
from tests.pages import Page
from tests.queries import count_queries


@pytest.fixture
def home_of(council, client_for):
    """home_of("auditor") → that person's home page."""

    def fetch(key: str) -> Page:
        return Page(client_for(council.people[key]).get("/").text, 200)

    return fetch


@pytest.fixture
def made(app, council) -> str:
    """An audit about which its auditor is asked; its reference."""
    with app.app_context(), saving():
        moderation = asked(council)
        tie(council, moderation.audit, "iro", Party.CO_AUDITOR)
        return moderation.audit.reference


# M4: the auditor finds it first, with who asks and by when; it is nothing to write any more.
def test_the_auditor_is_asked(app, council, home_of, made) -> None:
    page = home_of("auditor")
    with app.app_context():
        due = due_words(find(Moderation).answer_due_on, now().date())
    (row,) = rows(page, "answers")
    assert row[0] == made
    assert row[-2:] == ["Hugh Head", due[0].upper() + due[1:]]
    assert not rows(page, "to-do")
    assert "Answers asked of me" in said(page)


# M4: the moderator sees what they wait for; nobody else is asked anything.
def test_the_moderator_sees_their_discussion(council, home_of, made) -> None:
    (row,) = rows(home_of("other_head"), "discussions")
    assert row[:1] + row[2:4] == [made, "Ada Auditor", "Waiting for the auditor’s answer"]
    for key in ("iro", "head", "review_head", "director", "manager"):
        page = home_of(key)
        assert not rows(page, "answers"), key
        assert not rows(page, "discussions"), key


# M5: once answered, the auditor has done their part; the moderator sees where it stands.
def test_after_the_answer_the_discussion_goes_on(app, council, home_of, made) -> None:
    with app.app_context(), saving():
        answered(find(Moderation), "overall")
    assert not rows(home_of("auditor"), "answers")
    (row,) = rows(home_of("other_head"), "discussions")
    assert row[-2:] == ["Waiting for a second moderator", "–"]
    with app.app_context(), saving():
        second_taken(council, find(Audit))
    (row,) = rows(home_of("other_head"), "discussions")
    assert row[-2] == "With a second moderator"
    assert not rows(home_of("director"), "discussions")


@pytest.mark.parametrize("key", ["auditor", "other_head"])
def test_home_asks_at_most_eight_queries_whatever_is_discussed(
    app, council, client_for, made, key
) -> None:
    client = client_for(council.people[key])
    counts = []
    for case in (None, "100003", "100002"):
        if case is not None:
            with app.app_context(), saving():
                asked(council, case=case)
        with count_queries(app) as counted:
            client.get("/")
        counts.append(len(counted))
    assert counts[0] == counts[-1] <= 8
