"""Findings under other themes, and filed anew after the audit (T1, R4)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from qa_app.accounts.queries import actor
from qa_app.audits import services as audits
from qa_app.audits.models import Finding
from qa_app.audits.queries.filing import (
    findings_to_file,
    main_themes,
    may_be_filed,
    other_themes,
    theme_words,
)
from qa_app.audits.queries.suggesting import themes_suggested
from qa_app.audits.services import FindingWords
from qa_app.audits.services import filing as services
from qa_app.audits.services.filing import NotFiled
from qa_app.database import db, now, saving
from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import london_date
from qa_app.standards.models import Theme
from qa_app.standards.queries.themes import all_themes, merged_into, rows, themes
from qa_app.standards.services import themes as managing
from qa_app.standards.services.themes import ThemeRefused, ThemeWords
from tests.audits.making import written
from tests.reports.theme_world import a_finding, an_audited, theme


def who(council, at=None):
    return {"by": council.people["qa_lead"], "at": at or now()}


def the_actor(council, key="qa_lead"):
    return actor(council.people[key], london_date(now()))


def a_first(audit) -> Finding:
    return db.session.query(Finding).filter_by(audit_id=audit.id).first()


# T1: a finding has one main theme and any number of others, while it is written
def test_other_themes_are_set_and_taken_away_while_the_audit_is_written(context, council) -> None:
    audit = written(council)
    finding = a_first(audit)
    standing = FindingWords.of(finding)
    others = frozenset({theme("visits").id, theme("voice").id}) - {finding.theme_id}
    wanted = FindingWords(
        standing.kind, standing.text, standing.theme_id, standing.section_id, standing.about, others
    )
    me = council.people["other_auditor"]
    audits.change_finding(audit, finding.id, wanted, version=standing.version, by=me, at=now())

    assert other_themes([finding.id]) == {finding.id: others}
    assert FindingWords.of(finding) == wanted
    assert wanted.version != standing.version
    assert theme("voice").name in theme_words([finding])[finding.id]
    audits.change_finding(audit, finding.id, standing, version=wanted.version, by=me, at=now())
    assert other_themes([finding.id]) == {}


# T1: a finding that is taken away takes its other themes along
def test_removing_a_finding_removes_its_other_themes(context, council) -> None:
    audit = written(council)
    finding = a_first(audit)
    services.set_other_themes(finding, [theme("visits").id], **who(council))
    audits.remove_finding(audit, finding.id, council.people["other_auditor"], now())

    assert other_themes([finding.id]) == {}


# T1: with checkboxes on the finding's form, which work without scripts
def test_an_auditor_ticks_other_themes(app, council, client_for) -> None:
    with app.app_context():
        with saving():
            audit = written(council)
        audit_id, finding = audit.id, a_first(audit)
        finding_id, main = finding.id, finding.theme_id
        other = next(each.id for each in themes() if each.id != main)
        data = {
            "kind": finding.kind.value, "text": finding.text, "theme": str(main),
            "others": [str(other), str(main)], "section": str(finding.section_id),
            "about": "practice", "version": str(FindingWords.of(finding).version),
        }  # fmt: skip
        name = db.session.get_one(Theme, other).name
    client = client_for(council.people["other_auditor"])
    path = f"/audits/{audit_id}/findings/{finding_id}"

    assert client.submit(path, data).status_code == 302
    with app.app_context():
        assert other_themes([finding_id]) == {finding_id: frozenset({other})}
    assert client.get(path).text.count("checked") >= 2
    assert name in client.get(f"/audits/{audit_id}/findings").text


# T1, R4: filed anew it counts there from then on; what stood before is found at an earlier moment
def test_filing_anew_keeps_what_stood_before(context, council) -> None:
    finding = a_finding(an_audited(council), "visits")
    before, after = now() - timedelta(hours=1), now()
    filed = services.file_findings({finding.id: theme("voice").id}, **who(council, after))

    assert filed == 1
    assert main_themes([finding.id]) == {finding.id: theme("voice").id}
    assert main_themes([finding.id], before) == {finding.id: theme("visits").id}
    # pressed twice it moves once
    assert services.file_findings({finding.id: theme("voice").id}, **who(council)) == 0


# T1: a finding whose audit is finished gets others without losing its main theme
def test_a_finished_finding_is_filed_under_another_theme_too(context, council) -> None:
    finding = a_finding(an_audited(council), "visits")

    assert services.file_also(finding.id, theme("voice").id, **who(council))
    assert not services.file_also(finding.id, theme("voice").id, **who(council))
    assert not services.file_also(finding.id, theme("visits").id, **who(council))
    assert other_themes([finding.id]) == {finding.id: frozenset({theme("voice").id})}
    assert other_themes([finding.id], now() - timedelta(days=1)) == {}


# T1: while it is written its auditor chooses; ended themes take nothing
def test_what_cannot_be_filed_is_refused(context, council) -> None:
    audit = written(council)
    with pytest.raises(NotFiled, match="not finished"):
        services.file_findings({a_first(audit).id: theme("voice").id}, **who(council))
    managing.end_theme(theme("visits"), why="x", **who(council))
    with pytest.raises(NotFiled, match="in use"):
        services.file_also(a_first(audit).id, theme("visits").id, **who(council))


# T1: rows of filings are only ever added
def test_the_database_keeps_every_filing(context, council) -> None:
    finding = a_finding(an_audited(council), "visits")
    services.file_findings({finding.id: theme("voice").id}, **who(council))
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("UPDATE finding_filing SET theme_id = NULL"))


# T1: ended themes are not suggested; a merged one's findings speak for the theme it went into
def test_suggestions_leave_out_ended_themes_and_follow_merges(context, council) -> None:
    words = "Zebra crossings were practised on every outing"
    a_finding(an_audited(council), "visits", text=words)
    assert themes_suggested(words)[0].code == "visits"
    managing.merge_theme(theme("visits"), theme("voice"), why="x", **who(council))

    assert themes_suggested(words)[0].code == "voice"


# T1: where a theme was split, its parts are offered for each finding, by the words
def test_a_split_themes_findings_are_offered_its_parts(context, council) -> None:
    a_finding(an_audited(council), "visits", text="Visits came with a purpose")
    parts = [ThemeWords("In time"), ThemeWords("With purpose")]
    made = managing.split_theme(theme("visits"), parts, why="x", **who(council))
    page = findings_to_file(the_actor(council), rows([theme("visits")])[0])

    assert page.total == 1
    assert set(page.rows[0].suggested) == set(made)
    assert page.rows[0].suggested[0].name == "With purpose"


def test_findings_come_a_page_at_a_time_and_only_readable_ones(context, council) -> None:
    audit = an_audited(council)
    findings = [a_finding(audit, None) for _ in range(12)]
    page = findings_to_file(the_actor(council), None)

    assert (len(page.rows), page.total) == (10, 12)
    rest = findings_to_file(the_actor(council), None, page.next_after)
    assert (len(rest.rows), rest.next_after) == (2, None)
    # I2: a head of another service reads nothing of it
    assert findings_to_file(the_actor(council, "other_head"), None).total == 0
    assert may_be_filed(the_actor(council, "other_head"), [findings[0].id]) == {}
    assert may_be_filed(the_actor(council), []) == {}


# T1: merging any sequence of themes changes neither the number of findings nor an earlier cut
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6),
    st.lists(st.integers(0, 4), min_size=1, max_size=6),
)
def test_merging_loses_no_finding_and_leaves_earlier_cuts(context, council, pairs, filed) -> None:
    known = all_themes()[:5]
    with db.session.begin_nested() as point:
        audit = an_audited(council)
        ids = [a_finding(audit, known[each].code).id for each in filed]
        cut = now()
        then = (main_themes(ids, cut), merged_into(cut))
        later = cut + timedelta(seconds=1)
        for theme_at, into_at in pairs:
            try:
                managing.merge_theme(
                    known[theme_at], known[into_at], why="x", **who(council, later)
                )
            except ThemeRefused:
                continue
        into = merged_into()
        counted = [into.get(each, each) for each in main_themes(ids).values()]
        assert len(counted) == len(ids)
        assert set(counted) <= {each.id for each in themes()}
        assert (main_themes(ids, cut), merged_into(cut)) == then
        point.rollback()
    db.session.expire_all()


# T1: one press each, or many together, without scripts
def test_the_page_of_filing(app, council, client_for) -> None:
    with app.app_context(), saving():
        audit = an_audited(council)
        first, second = (a_finding(audit, None, text="Ring 020 7946 0018") for _ in "ab")
        a_finding(audit, "visits", FindingKind.STRENGTH)
        ids, voice, visits = (first.id, second.id), theme("voice").id, theme("visits").id
    lead = client_for(council.people["qa_lead"])
    page = lead.get("/reports/filing").text
    assert "2 findings of finished audits" in page
    assert "7946" not in page
    assert "Nothing was filed" in lead.submit("/reports/filing", {}, follow_redirects=True).text
    lead.submit("/reports/filing", {"file": f"{ids[0]}:{voice}"})
    lead.submit("/reports/filing", {f"theme-{ids[1]}": str(visits), "theme-x": "y"})
    with app.app_context():
        assert main_themes(ids) == {ids[0]: voice, ids[1]: visits}
    path = "/reports/filing?theme=voice"
    lead.submit(path, {"also": str(ids[0]), f"theme-{ids[0]}": str(visits)})
    with app.app_context():
        assert other_themes(ids) == {ids[0]: frozenset({visits})}
    assert "Also under" in lead.get(path).text
    assert "Nothing was filed" in lead.submit(path, {"also": "x"}, follow_redirects=True).text
    assert lead.get("/reports/filing?theme=none-such").status_code == 404
    assert client_for(council.people["director"]).get("/reports/filing").status_code == 403
