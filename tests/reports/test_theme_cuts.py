"""What is done to themes changes no figure of an earlier cut, and loses no finding (T1, R4)."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.audits.services import filing
from qa_app.database import db, now
from qa_app.domain.calendar import Month
from qa_app.domain.publishing import ReportKind
from qa_app.reports.figures.themes import theme_figures
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.reportasked import ReportAsked
from qa_app.standards.queries.themes import all_themes
from qa_app.standards.services import themes as managing
from qa_app.standards.services.themes import ThemeRefused, ThemeWords
from tests.reports.theme_world import a_finding, an_audited, theme

MARCH = Month(2023, 3)
ASKED = ReportAsked(ReportKind.HIGHLIGHT, "2023-03")


def who(council, at):
    return {"by": council.people["qa_lead"], "at": at}


def figures(at) -> list[tuple[object, str]]:
    facts = read_facts(MARCH, MARCH, at)
    found = theme_figures(facts, ASKED, "2023-03", [MARCH], by_service=True)
    return [(each.key, each.text) for each in found]


def under(at) -> dict[str, int]:
    facts = read_facts(MARCH, MARCH, at)
    found = theme_figures(facts, ASKED, "2023-03", [MARCH])
    return {each.key.category: each.numerator for each in found if each.key.measure == "T-1"}


# T1, R4: whatever is merged afterwards, an earlier cut reads the same, and every finding counts
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=5),
    st.lists(st.integers(0, 4), min_size=1, max_size=5),
)
def test_any_sequence_of_merges_leaves_earlier_cuts_and_loses_nothing(
    context, council, pairs, filed
) -> None:
    known = all_themes()[:5]
    with db.session.begin_nested() as point:
        # one finding an audit: each audit counts once, under whatever theme it is read as
        for each in filed:
            a_finding(an_audited(council), known[each].code)
        cut = now()
        then, total = figures(cut), sum(under(cut).values())
        later = cut + timedelta(seconds=1)
        for theme_at, into_at in pairs:
            try:
                managing.merge_theme(
                    known[theme_at], known[into_at], why="x", **who(council, later)
                )
            except ThemeRefused:
                continue
        assert sum(under(later).values()) == total == len(filed)
        assert figures(cut) == then
        point.rollback()
    db.session.expire_all()


# T1, R4: filed anew, split, ended and used again: each counts from its own moment on
def test_filing_anew_and_splitting_count_from_then_on(context, council) -> None:
    finding = a_finding(an_audited(council), "visits")
    visits = theme("visits")
    start = now()
    moments = [start + timedelta(seconds=each) for each in range(5)]
    made = managing.split_theme(
        visits, [ThemeWords("In time"), ThemeWords("On purpose")], why="x",
        **who(council, moments[1]),
    )  # fmt: skip
    filing.file_findings({finding.id: made[0].id}, **who(council, moments[2]))
    filing.file_also(finding.id, made[1].id, **who(council, moments[3]))

    found = [{name: k for name, k in under(at).items() if k} for at in moments]
    name = visits.name
    assert found == [
        {name: 1}, {name: 1}, {"In time": 1}, {"In time": 1, "On purpose": 1},
        {"In time": 1, "On purpose": 1},
    ]  # fmt: skip


# T1, R4: a merge that is undone counts by itself again, and what it said in between stands
def test_a_merge_that_is_undone(context, council) -> None:
    a_finding(an_audited(council), "visits")
    visits, voice = theme("visits"), theme("voice")
    start = now()
    merged, undone = start + timedelta(seconds=1), start + timedelta(seconds=2)
    managing.merge_theme(visits, voice, why="x", **who(council, merged))
    managing.reopen_theme(visits, why="y", **who(council, undone))

    assert [under(at)[voice.name] for at in (start, merged, undone)] == [0, 1, 0]
    assert under(undone)[visits.name] == 1
