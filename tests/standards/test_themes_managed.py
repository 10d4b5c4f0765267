"""Looking after the list of themes: added, renamed, merged, split, ended, used again (T1)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from qa_app.database import db, now, saving
from qa_app.history import Event
from qa_app.standards.models import Theme, ThemeChange
from qa_app.standards.queries.themes import (
    all_themes,
    history_of,
    merged_into,
    rows,
    themes,
    themes_and_merged,
)
from qa_app.standards.services import install_shipped
from qa_app.standards.services import themes as services
from qa_app.standards.services.themes import ThemeChanged, ThemeRefused, ThemeWords
from tests.council import find
from tests.reports.theme_world import theme

LIST = "/themes"


def who(council, at=None):
    return {"by": council.people["qa_lead"], "at": at or now()}


# T1: a short managed list; the code of a theme is made of its name and stays
def test_a_theme_is_added_and_can_be_chosen(context, council) -> None:
    made = services.add_theme(ThemeWords("Family time!", "", ("Zoo  VISITS", "")), **who(council))

    assert made in themes()
    assert (made.code, made.synonyms) == ("family-time", ["zoo visits"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        # T1: a name stands for one theme, in any case
        (ThemeWords("VISITS IN TIME AND WITH PURPOSE"), "There is a theme"),
        # T1: a phrase points to one theme
        (ThemeWords("Another", "", ("missed visits",)), "belongs to “Visits in time"),
        # T1: a short phrase turns up inside other words ("plo" is in "exploring")
        (ThemeWords("Another", "", ("plo",)), "too short"),
    ],
)
def test_what_is_taken_or_too_short_is_refused(context, council, words, message) -> None:
    with pytest.raises(ThemeRefused, match=message):
        services.add_theme(words, **who(council))


def test_two_names_with_the_same_letters_get_codes_of_their_own(context, council) -> None:
    codes = [
        services.add_theme(ThemeWords(name), **who(council)).code for name in ("Play", "Play?", "?")
    ]

    assert codes == ["play", "play-2", "theme"]


# T1: what somebody else saved meanwhile is not overwritten unseen
def test_a_theme_changed_meanwhile_is_not_overwritten(context, council) -> None:
    found = theme("visits")
    words = ThemeWords.of(found)
    changed = services.change_theme(
        found, ThemeWords("Visits", "", words.synonyms), seen=words.seen, **who(council)
    )

    assert changed == ["name", "description"]
    with pytest.raises(ThemeChanged):
        services.change_theme(found, ThemeWords("Seen"), seen=words.seen, **who(council))
    again = ThemeWords.of(found)
    assert services.change_theme(found, again, seen=again.seen, **who(council)) == []


# T1: a merged theme is counted as the other one, and cannot be chosen
def test_a_merged_theme_is_read_as_what_it_went_into(context, council) -> None:
    visits, voice = theme("visits"), theme("voice")
    services.merge_theme(visits, voice, why="The same", **who(council))

    assert merged_into() == {visits.id: voice.id}
    assert visits not in themes()
    assert themes_and_merged() == (themes(), merged_into())
    row = next(each for each in rows() if each.theme is visits)
    assert (row.into, row.is_merged) == (voice, True)
    assert next(each for each in rows() if each.theme is voice).merged == (visits,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # T1: not into itself, and not into one that is not there to be chosen
        (lambda a, b, w: services.merge_theme(b, b, why="x", **w), "another theme"),
        (lambda a, b, w: services.merge_theme(b, a, why="x", **w), "was merged"),
        (lambda a, b, w: services.merge_theme(a, b, why="x", **w), "was merged"),
        (lambda a, b, w: services.end_theme(a, why="x", **w), "was merged"),
        (lambda a, b, w: services.split_theme(a, [], why="x", **w), "was merged"),
        # T1: a split needs two parts
        (lambda a, b, w: services.split_theme(b, [ThemeWords("A"), ThemeWords("a")], why="x", **w),
         "at least two"),
        # T1: a theme in use cannot be taken into use again
        (lambda a, b, w: services.reopen_theme(b, why="x", **w), "in use already"),
    ],
)  # fmt: skip
def test_changes_that_make_no_sense_are_refused(context, council, change, message) -> None:
    a, b = theme("visits"), theme("voice")
    services.merge_theme(a, b, why="The same", **who(council))

    with pytest.raises(ThemeRefused, match=message):
        change(a, b, who(council))


# T1: ended themes take no new findings, and can be used again
def test_an_ended_theme_can_be_used_again(context, council) -> None:
    visits = theme("visits")
    services.end_theme(visits, why="Nobody files there", **who(council))
    with pytest.raises(ThemeRefused, match="no longer in use"):
        services.merge_theme(theme("voice"), visits, why="x", **who(council))
    services.reopen_theme(visits, why="They do", **who(council))

    assert visits in themes()


# T1: splitting loses nothing: the old theme keeps its findings, and its parts are named
def test_a_split_theme_names_its_parts(context, council) -> None:
    visits = theme("visits")
    made = services.split_theme(
        visits, [ThemeWords("In time"), ThemeWords("With purpose")], why="Two things",
        **who(council),
    )  # fmt: skip

    assert rows([visits])[0].parts == tuple(made)
    assert merged_into() == {}
    assert all(each in themes() for each in made)


# T1: history is kept and shown, with the reasons
def test_the_history_says_what_happened_and_why(app, council) -> None:
    at = now()
    with app.app_context():
        with saving():
            services.merge_theme(theme("visits"), theme("voice"), why="One", **who(council, at))
        happened = history_of(theme("visits"))

    assert [(each.sentence, each.who, each.why) for each in happened] == [
        ("Merged the theme into “Child's voice and lived experience”", "Quinn Lead", "One")
    ]


# T1: changes of the list are only ever added
def test_the_database_refuses_to_change_what_happened(context, council) -> None:
    services.end_theme(theme("visits"), why="x", **who(council))
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("DELETE FROM theme_change"))


# T1: a theme that was renamed or ended is not put back by installing what is shipped
def test_installing_again_leaves_the_list_as_it_was_made(context, council) -> None:
    visits = theme("visits")
    words = ThemeWords.of(visits)
    services.change_theme(visits, ThemeWords("Seen"), seen=words.seen, **who(council))
    services.end_theme(theme("voice"), why="x", **who(council))
    install_shipped(at=now())

    assert theme("visits").name == "Seen"
    assert theme("voice").ended_at is not None
    assert len(all_themes()) == len({each.code for each in all_themes()})


# T1: whatever is merged, each theme is read as one that is in use
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_any_sequence_of_merges_ends_in_themes_that_are_in_use(context, council, pairs) -> None:
    known = all_themes()
    with db.session.begin_nested() as point:
        for theme_at, into_at in pairs:
            try:
                services.merge_theme(known[theme_at], known[into_at], why="x", **who(council))
            except ThemeRefused:
                continue
        in_use = {each.id for each in themes()}
        into = merged_into()
        assert all(into.get(each.id, each.id) in in_use for each in known)
        point.rollback()
    db.session.expire_all()


# T1: each change is made on a page that says what will follow
def test_the_pages_of_the_list(app, council, client_for) -> None:
    lead = client_for(council.people["qa_lead"])
    assert "Themes in use" in lead.get(LIST).text
    answer = lead.submit(f"{LIST}/add", {"name": "Family time", "synonyms": "zoo visits\nkites"})
    assert answer.location == "/themes/family-time"
    assert "There is a theme" in lead.submit(f"{LIST}/add", {"name": "family time"}).text
    page = lead.get(f"{LIST}/visits/change").text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    changed = lead.submit(f"{LIST}/visits/change", {"name": "Visits", "seen": seen})
    assert changed.status_code == 302
    assert lead.submit(f"{LIST}/visits/change", {"name": "Seen", "seen": seen}).status_code == 400
    for code, step, data in (
        ("family-time", "end", {"why": "Too few"}),
        ("family-time", "reopen", {"why": "There are more"}),
        ("family-time", "split", {"parts": "Where\nHow often", "why": "Two things"}),
    ):
        assert lead.submit(f"{LIST}/{code}/{step}", {}).status_code == 400
        assert lead.submit(f"{LIST}/{code}/{step}", data).status_code == 302
    with app.app_context():
        into = str(theme("where").id)
    assert lead.submit(f"{LIST}/visits/merge", {"into": into, "why": "One"}).status_code == 302
    assert (
        "is counted as" in lead.get(f"{LIST}/visits").text
        or "Merged" in lead.get(f"{LIST}/visits").text
    )
    assert "Too few" in lead.get(f"{LIST}/family-time").text
    assert "Merged into Where" in lead.get(LIST).text
    with app.app_context():
        assert db.session.query(Event).filter_by(verb="theme_merged").count() == 1
        merged = db.session.query(ThemeChange).filter_by(theme_id=find(Theme, code="visits").id)
        assert [each.why for each in merged] == ["One"]


# T1: everybody who signs in may read what themes mean; the QA lead alone changes them
@pytest.mark.parametrize(("key", "status"), [("auditor", 403), ("director", 403), ("qa_lead", 200)])
def test_who_may_change_the_list(council, client_for, key, status) -> None:
    client = client_for(council.people[key])

    assert client.get(LIST).status_code == 200
    assert client.get(f"{LIST}/visits").status_code == 200
    assert client.get(f"{LIST}/none-such").status_code == 404
    for page in ("add", "visits/change", "visits/merge", "visits/split", "visits/end"):
        assert client.get(f"{LIST}/{page}").status_code == status
