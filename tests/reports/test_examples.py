"""Examples of good practice: marked, agreed to, published, withdrawn (T4)."""

import pytest

from qa_app.audits.models import Finding
from qa_app.database import db, now, saving
from qa_app.domain.learning import ExampleState
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.reports.models import GoodExample
from qa_app.reports.queries.examples import published, state_of
from qa_app.reports.services import examples as services
from qa_app.reports.services.examples import ExampleRefused, MayIdentify
from qa_app.standards.services import themes as managing
from tests.council import find
from tests.reports.theme_world import DEVELOPMENT, STRENGTH, a_finding, an_audited, theme

WORDS = {"title": "Drawing wishes", "text": "She asked the child to draw what a good week is."}


def who(council, key="qa_lead"):
    return {"by": council.people[key], "at": now()}


def a_strength(council, **more) -> Finding:
    return a_finding(an_audited(council, **more), "voice", STRENGTH, "Drew with 100001")


def an_example(council, **words) -> GoodExample:
    return services.mark_example(a_strength(council), **(WORDS | words), **who(council))


# T4: the team's manager is asked; nothing of the case is in the notice
def test_marking_an_example_asks_the_teams_manager(context, council) -> None:
    example = an_example(council)
    notice = find(Notice, person_id=council.people["manager"])

    assert state_of(example) is ExampleState.ASKED
    assert (example.team_name, example.theme) == ("Safeguarding Team 1", theme("voice"))
    assert notice.path == f"/learning/examples/{example.id}"
    assert "draw" not in notice.body.lower().replace("withdraw", "")


# T4, T1: an example stands under the theme that its strength is counted under
def test_an_example_follows_merges(context, council) -> None:
    managing.merge_theme(theme("voice"), theme("visits"), why="x", **who(council))

    assert an_example(council).theme is theme("visits")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        # T4: good practice is a strength
        (lambda council: a_finding(an_audited(council), "voice", DEVELOPMENT), "Choose a strength"),
        # T4: without a team nobody can consent
        (lambda council: a_strength(council, team_id=None), "names no team"),
    ],
)
def test_what_cannot_be_an_example(context, council, make, message) -> None:
    with pytest.raises(ExampleRefused, match=message):
        services.mark_example(make(council), **WORDS, **who(council))


def test_a_strength_is_one_example(context, council) -> None:
    finding = a_strength(council)
    first = services.mark_example(finding, **WORDS, **who(council))
    with pytest.raises(ExampleRefused, match="already"):
        services.mark_example(finding, **WORDS, **who(council))
    services.withdraw(first, **who(council))

    assert services.mark_example(finding, **WORDS, **who(council)) is not first


# T4: published with the team's consent, withdrawn at any time
def test_an_example_is_published_with_consent(context, council) -> None:
    example = an_example(council)
    with pytest.raises(ExampleRefused, match="waiting for the team"):
        services.publish(example, looked=True, **who(council))
    services.consent(example, **who(council, "manager"))
    assert find(Notice, person_id=council.people["qa_lead"]).subject.startswith("The team agreed")
    services.publish(example, looked=False, **who(council))
    assert published() == [example]
    services.withdraw(example, **who(council))

    assert published() == []
    with pytest.raises(ExampleRefused):
        services.withdraw(example, **who(council))


# T4: a team agrees to words: other words are asked about again
def test_changed_words_need_consent_again(context, council) -> None:
    example = an_example(council)
    services.consent(example, **who(council, "manager"))
    assert not services.change_example(example, **WORDS, **who(council))
    assert services.change_example(example, title="Drawing", text="Anew", **who(council))

    assert state_of(example) is ExampleState.ASKED
    assert db.session.query(Notice).filter_by(person_id=council.people["manager"]).count() == 2


# T4: a team may not agree, and says why
def test_a_team_does_not_agree(context, council) -> None:
    example = an_example(council)
    services.refuse(example, why="The family would know", **who(council, "manager"))
    with pytest.raises(ExampleRefused):
        services.publish(example, looked=True, **who(council))

    assert state_of(example) is ExampleState.REFUSED
    assert example.refused_why == "The family would know"


# A11, T4: words that may identify somebody are asked about once more; they stop nothing
def test_words_that_may_identify_are_looked_at_once_more(context, council) -> None:
    example = an_example(council, text="Mrs Sally Example drew")
    services.consent(example, **who(council, "manager"))
    with pytest.raises(MayIdentify):
        services.publish(example, looked=False, **who(council))
    services.publish(example, looked=True, **who(council))

    assert state_of(example) is ExampleState.PUBLISHED


# T4, I2: nobody outside the team, its leaders and the QA lead reads it before it is published
def test_who_reads_an_example(app, council, client_for) -> None:
    with app.app_context(), saving():
        path = f"/learning/examples/{an_example(council).id}"
    seen = {
        key: client_for(council.people[key]).get(path).status_code
        for key in ("qa_lead", "manager", "head", "director", "other_head", "auditor", "worker")
    }
    assert seen == {
        "qa_lead": 200, "manager": 200, "head": 200, "director": 200, "other_head": 404,
        "auditor": 404, "worker": 404,
    }  # fmt: skip
    listed = {
        key: "Drawing wishes" in client_for(council.people[key]).get("/learning/examples").text
        for key in ("auditor", "manager", "director")
    }
    assert listed == {"auditor": False, "manager": True, "director": True}


# T4: the whole way over the pages, without scripts
def test_the_pages_of_an_example(app, council, client_for) -> None:
    with app.app_context(), saving():
        finding = a_strength(council).id
    lead, manager = client_for(council.people["qa_lead"]), client_for(council.people["manager"])
    worker = client_for(council.people["worker"])
    mark = f"/learning/examples/mark/{finding}"
    assert "100001" not in lead.get(mark).text
    assert worker.get(mark).status_code == 403
    assert lead.submit(mark, {}).status_code == 400
    path = lead.submit(mark, {"title": "Drawing", "text": "Ring 020 7946 0018"}).location
    assert lead.submit(mark, WORDS).status_code == 400
    assert worker.send(f"{path}/agree").status_code == 404
    assert lead.send(f"{path}/agree").status_code == 403
    assert "Agree for the team" in manager.get(path).text
    assert manager.submit(f"{path}/refuse", {"why": "A number is in it"}).status_code == 302
    assert "A number is in it" in lead.get(path).text
    assert lead.submit(f"{path}/change", WORDS | {"text": "Ring 0207 946 0018"}).status_code == 302
    assert manager.send(f"{path}/agree").status_code == 302
    asked = lead.send(f"{path}/publish")
    assert asked.status_code == 400
    assert "may identify somebody" in asked.text
    assert lead.send(f"{path}/publish", {"looked": "y"}).status_code == 302
    assert "Drawing wishes" in worker.get("/learning/examples").text
    assert "Agree for the team" not in worker.get(path).text
    assert lead.send(f"{path}/withdraw").status_code == 302
    assert worker.get(path).status_code == 404
    assert lead.get(f"/learning/examples/mark/{council.people['worker']}").status_code == 404
    with app.app_context():
        events = db.session.query(Event).filter_by(subject_type="goodexample")
        verbs = {each.verb for each in events}
    assert verbs == {
        "example_marked", "example_refused", "example_changed", "example_consented",
        "example_published", "example_withdrawn",
    }  # fmt: skip
