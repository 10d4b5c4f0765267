"""The QA compliance report: due, done, exempt, late, moderated, waived and heard, by whom."""

from datetime import date

from qa_app.accounts.models import PostKind
from qa_app.domain.measures import AUTHORITY
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import document_of
from qa_app.reports.document import Written
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures
from qa_app.reports.kinds import RECIPES
from qa_app.reports.kinds.common import UNPRINTED
from qa_app.reports.reportasked import ReportAsked
from tests.reports import telling
from tests.reports.facts_made import FactsMade, published_facts, voices

COMPLIANCE = ReportKind.COMPLIANCE


def some_facts() -> Facts:
    """February: managers 6 of 10 due with one late, IROs 3 of 5, another auditor 1 of 2; January: a
    manager's 1 of 4. One waiver of each kind in February."""
    made = FactsMade()
    ids = [audit.id for audit in made.several(10)]
    before = [made.audit("2023-01").id]
    made.cycle(expected=13, exempted=3, exempted_late=2, done=ids[:6], moderated=ids[:5], late=1)
    made.cycle(expected=5, done=ids[6:9], post=PostKind.IRO, unit="Team 3")
    made.cycle(expected=2, done=ids[9:], post=PostKind.QA_OFFICER, unit="Team 3", counted=False)
    made.cycle("2023-01", expected=4, done=before, moderated=before)
    made.waiver(date(2023, 2, 6))
    made.waiver(date(2023, 2, 7), moderation=True)
    return made.facts()


# P4: expected, exempted and due are all printed, and what was late stands beside; the month before
# beside each.
def test_the_whole_programme_beside_the_month_before() -> None:
    found = telling.document(COMPLIANCE, some_facts())
    assert telling.lines(telling.table(found, "due-and-done")) == [
        "What is counted | February 2023 | January 2023",
        "Completed of due (MTM-2) | 9 / 15 (60%) | 1 / 4 (25%)",
        "Moderated of those completed (MTM-3) | 5 / 9 (56%) | 1 / 1 (100%)",
        "Expected | 18 | 4",
        "Exempted | 3 | 0",
        "Exempted after the due date | 2 | 0",
        "Completed after the month | 1 | 0",
        "Due from other auditors | 2 | 0",
        "Completed by other auditors | 1 | 0",
        "Awaiting a final grade | 0 | 0",
    ]


# measures.md, MTM-2: other auditors beside, never inside.
def test_by_role_others_stand_apart() -> None:
    found = telling.document(COMPLIANCE, some_facts())
    assert telling.lines(telling.table(found, "by-role"))[1:] == [
        "Independent Reviewing Officer | 5 | 0 | 0 | 0 | 3 / 5 (60%) | – | 0 / 3 (0%) | –",
        "Team Manager | 13 | 3 | 2 | 1 | 6 / 10 (60%) | 1 / 4 (25%) | 5 / 6 (83%) | 1 / 1 (100%)",
        "All | 18 | 3 | 2 | 1 | 9 / 15 (60%) | 1 / 4 (25%) | 5 / 9 (56%) | 1 / 1 (100%)",
    ]
    assert telling.lines(telling.table(found, "other-auditors"))[1:] == [
        "Quality Assurance Officer | 1 / 2 (50%) | –"
    ]


def test_by_service_the_parts_add_up_to_the_whole() -> None:
    found = telling.table(telling.document(COMPLIANCE, some_facts()), "by-service")
    assert [row[0].text for row in found.rows] == ["Corporate Parenting", "Safeguarding"]
    for column in (1, 2, 3, 4):
        parts = [row[column].number for row in found.rows]
        assert sum(number or 0 for number in parts) == found.total[column].number


# S6, M2: waivers are listed in the compliance report; by role and by service, with no name.
def test_waivers_of_audits_and_of_moderations() -> None:
    found = telling.document(COMPLIANCE, some_facts())
    assert telling.lines(telling.table(found, "waivers-by-role"))[1:] == [
        "Team Manager | 1 | – | 1 | –",
        "All | 1 | 0 | 1 | 0",
    ]
    assert telling.lines(telling.table(found, "waivers-by-service"))[1].startswith("Safeguarding")
    none = telling.document(COMPLIANCE, FactsMade().facts())
    assert telling.table(none, "waivers-by-role").rows == ()
    assert telling.table(none, "waivers-by-role").empty


# Q-7, A5: whose voices were heard, with n and interval; what was not heard below.
def test_voices_and_what_was_not_heard() -> None:
    made = FactsMade()
    made.several(8, voices=voices(child=True, parents=None))
    made.several(4, voices=voices(child=False, parents=True))
    made.several(2, "2023-01", voices=voices(child=True))
    found = telling.document(COMPLIANCE, made.facts())
    assert telling.lines(telling.table(found, "voices-heard"))[1:] == [
        "The child’s view | 8 of 12 (66.7%) | 39.1% to 86.2% | 2 of 2 (100%)",
        "A parent’s or carer’s view | 4 of 12 (33.3%) | 13.8% to 60.9% | 0 of 0",
    ]
    rows = {row[0].text: row[1].text for row in telling.table(found, "not-heard").rows}
    assert sum(int(number) for number in rows.values()) == 4 + 8


def test_without_voices_the_tables_say_why_they_are_empty() -> None:
    found = telling.document(COMPLIANCE, FactsMade().facts())
    assert telling.table(found, "voices-heard").rows == ()
    assert "had a final grade" in telling.table(found, "voices-heard").empty
    assert telling.table(found, "not-heard").rows == ()


def test_it_reads_the_month_and_the_one_before() -> None:
    first, last = RECIPES[COMPLIANCE].span(ReportAsked(COMPLIANCE, "2023-01"))
    assert (str(first), str(last)) == ("2022-12", "2023-01")


# R6: both months are stated, and nothing is called a change that was not tested.
def test_sentences_state_both_months_and_no_cause() -> None:
    said = telling.suggestions(COMPLIANCE, some_facts())
    assert (
        "In February 2023, 9 of 15 due audits were completed by the last day of the month (60%). "
        "In January 2023 it was 1 of 4 (25%)." in said
    )
    assert (
        "4 of 10 due audits of those with the post Team Manager were not completed by the last day "
        "of February 2023." in said
    )
    assert not any(
        word in " ".join(said) for word in ("because", "higher", "lower", "worst", "best")
    )


def test_voices_have_sentences_too() -> None:
    made = FactsMade()
    made.several(3, voices=voices(child=True, social_worker=True))
    said = telling.suggestions(COMPLIANCE, made.facts())
    assert "In February 2023, 3 of 3 audits were done with the child’s view (100%)." in said
    assert (
        "In February 2023, 3 of 3 audits were talked through with the social worker (100%)." in said
    )


# R5: where a public version leaves a breakdown out it does not say that there was nothing.
def test_a_public_version_does_not_say_that_what_is_left_out_is_nothing() -> None:
    said = RECIPES[COMPLIANCE].figures(some_facts(), ReportAsked(COMPLIANCE, "2023-02"))
    kept = Figures(tuple(each for each in said if each.key.scope == AUTHORITY))
    asked = ReportAsked(COMPLIANCE, "2023-02")
    found = document_of(asked, some_facts(), kept, public=True, legend=telling.LEGEND)
    by_role = telling.table(found, "by-role")
    assert by_role.rows == ()
    assert by_role.empty == UNPRINTED


# R7: both places are needed. R5: a public version suggests nothing.
def test_two_places_are_written() -> None:
    found = telling.document(COMPLIANCE, published_facts())
    assert [(each.slot, each.needed) for each in telling.blocks(found, Written)] == [
        ("why", True),
        ("next", True),
    ]


# R5: a team or role left out of a public version has no row, a hidden count is "c" with its legend.
def test_a_public_version_hides_small_roles() -> None:
    found = telling.document(
        COMPLIANCE, some_facts(), hide=lambda each: each.key.scope.startswith("Independent")
    )
    by_role = telling.table(found, "by-role")
    assert [cell.text for cell in by_role.rows[0][1:]] == ["c", "c", "c", "c", "c", "–", "c", "–"]
    assert telling.LEGEND in by_role.notes
    assert telling.LEGEND not in telling.table(found, "by-service").notes
