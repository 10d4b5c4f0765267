"""Events as a page tells them."""

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.timeline import sentences
from qa_app.database import db, now, saving
from tests.queries import count_queries


def note(council, *verbs, by=None):
    with saving():
        person = db.session.get(Person, council.people["worker"])
        for verb in verbs:
            history.record(verb, person, by=by, at=now())


def test_each_entry_says_what_when_and_who(council, context):
    note(council, "person_deactivated", by=council.people["administrator"])
    note(council, "person_reactivated")
    entries = sentences(history.timeline(subject_id=council.people["worker"]))
    assert [(entry.sentence, entry.who) for entry in entries] == [
        ("Account opened again", "The service itself"),
        ("Account closed", "Andy Admin"),
    ]
    assert all(entry.at.tzinfo for entry in entries)


def test_any_number_of_entries_costs_one_query_for_the_names(app, council):
    with app.app_context():
        for key in council.people:
            note(council, "person_deactivated", by=council.people[key])
        events = history.timeline(subject_id=council.people["worker"])
        with count_queries(app) as asked:
            assert len({entry.who for entry in sentences(events)}) == len(council.people)
    assert len(asked) == 1, asked


def test_nothing_has_no_entries_and_costs_nothing(app):
    with app.app_context(), count_queries(app) as asked:
        assert sentences([]) == []
    assert len(asked) == 0, asked
