"""Agreement, actions and re-audits as figures of a report, worked out from facts."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.domain.calendar import Quarter
from qa_app.domain.grades import GRADES, Grade, PlanType
from qa_app.domain.publishing import ReportKind
from qa_app.reports.asked import Selected
from qa_app.reports.facts import ModerationFact
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.actions import (
    concern_figures,
    flow_figures,
    on_time_figures,
    outstanding_figures,
)
from qa_app.reports.figures.agreement import agreement_figures
from qa_app.reports.figures.reaudits import re_audit_figures
from qa_app.reports.reportasked import ReportAsked
from tests.reports.facts_made import GOOD, IN, OUT, RI, FactsMade, section

QUARTER = Quarter(2022, 4)
PERIOD = str(QUARTER)
MONTHS = QUARTER.months
ASKED = ReportAsked(ReportKind.QUARTERLY, PERIOD)
CUT = datetime(2023, 4, 20, 9, tzinfo=UTC)
BLIND = ModerationFact("blind", False, date(2023, 2, 20))


def asked(**more) -> ReportAsked:
    return ReportAsked(ReportKind.QUARTERLY, PERIOD, **more)


def texts(found: list[ReportFigure], measure: str) -> dict[str, str]:
    return {each.key.category: each.text for each in found if each.key.measure == measure}


# ----


def agreed(made: FactsMade, asked: ReportAsked = ASKED) -> list[ReportFigure]:
    return agreement_figures(made.facts(), asked, PERIOD, MONTHS)


# M9: exact, within one grade, kappa, AC2 and direction, each with n and a 95% interval
def test_agreement_is_counted_with_its_direction() -> None:
    made = FactsMade()
    made.several(6, final=GOOD, auditor=GOOD)
    made.several(3, final=RI, auditor=GOOD)
    made.several(2, final=IN, auditor=OUT)
    made.audit(final=GOOD, auditor=RI)

    found = agreed(made)

    said = texts(found, "Q-4")
    assert said["Pairs of grades"] == "12"
    assert said["Same grade"] == "6 of 12 (50%)"
    assert said["Within one grade"] == "10 of 12 (83.3%)"
    assert said["Auditor more lenient"] == "5 of 12 (41.7%)"
    assert said["Auditor more severe"] == "1 of 12 (8.3%)"
    assert said["Weighted kappa"].count(" to ") == said["Gwet’s AC2"].count(" to ") == 1


# M9: nothing is shown below n = 10
@pytest.mark.parametrize(("pairs", "shown"), [(9, 1), (10, 7)])
def test_below_ten_pairs_only_their_number_is_a_figure(pairs: int, shown: int) -> None:
    made = FactsMade()
    made.several(pairs)
    assert len(texts(agreed(made), "Q-4")) == shown


# M3: agreement is shown for blind and sighted apart
def test_blind_and_sighted_moderations_are_counted_apart() -> None:
    made = FactsMade()
    made.several(4, moderation=BLIND)
    made.several(7)
    found = Figures(tuple(agreed(made)))
    assert found.need("Q-4m", PERIOD, "Pairs of grades", "Moderated blind").text == "4"
    assert found.need("Q-4m", PERIOD, "Pairs of grades", "Moderated sighted").text == "7"
    assert found.need("Q-4", PERIOD, "Pairs of grades").text == "11"


# M1, M9: an audit that nobody moderated is no pair, nor one that still waits for its grade
def test_only_moderated_audits_with_both_grades_are_pairs() -> None:
    made = FactsMade()
    made.audit(moderation=None)
    made.audit(final=None)
    made.audit(auditor=None)
    made.audit("2022-12")
    one = made.audit("2023-03")
    assert agreed(made)[0].audits == (one.id,)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), max_size=40))
def test_shares_of_agreement_add_up(pairs: list[tuple[Grade, Grade]]) -> None:
    made = FactsMade()
    for auditor, final in pairs:
        made.audit(auditor=auditor, final=final)
    found = {each.key.category: each for each in agreed(made) if each.key.measure == "Q-4"}
    if len(pairs) < 10:
        assert list(found) == ["Pairs of grades"]
        return
    parts = ("Same grade", "Auditor more lenient", "Auditor more severe")
    assert sum(found[part].numerator or 0 for part in parts) == len(pairs)
    assert (found["Same grade"].numerator or 0) <= (found["Within one grade"].numerator or 0)


# ----


# Q-5, E3: by the date first set, whatever became of it; E4: only once somebody verified it
@pytest.mark.parametrize(
    ("course", "category"),
    [
        # done on its first due date and verified
        ({"done_on": date(2023, 2, 20), "verified_on": date(2023, 2, 22)}, "Done on time"),
        # done on time, and nobody has verified it yet
        ({"done_on": date(2023, 2, 20), "status": "done"}, "Done on time, not verified yet"),
        # E3: a later due date does not make it in time
        ({"done_on": date(2023, 2, 21), "due_on": date(2023, 3, 1)}, "Not done on time"),
        # not done at all
        ({}, "Not done on time"),
    ],
)
def test_an_action_counts_by_what_was_first_set(course: dict, category: str) -> None:
    made = FactsMade()
    made.action(date(2023, 1, 20), **{"first_due": date(2023, 2, 20), **course})
    said = texts(on_time_figures(made.facts(), ASKED, PERIOD, MONTHS), "Q-5")
    counted = {words for words, text in said.items() if text.startswith("1 of 1")}
    assert {words.removesuffix(" and verified") for words in counted} == {category}


# measures.md: no clock runs on imported actions; E5: a withdrawn one was not due
def test_imported_and_withdrawn_actions_are_not_due() -> None:
    made = FactsMade()
    made.action(first_due=date(2023, 2, 20), imported=True)
    made.action(first_due=date(2023, 2, 20), withdrawn=True)
    made.action(first_due=None)
    made.action(first_due=date(2022, 12, 30))
    found = on_time_figures(made.facts(), ASKED, PERIOD, MONTHS)
    assert {each.denominator for each in found if each.numerator is not None} == {0}
    assert texts(found, "Q-5")["Time from done to verified"] == "–"


def test_how_long_verifying_took_is_said_in_working_days() -> None:
    made = FactsMade()
    for verified in (date(2023, 2, 21), date(2023, 2, 21), date(2023, 2, 27)):
        made.action(first_due=date(2023, 2, 20), done_on=date(2023, 2, 20), verified_on=verified)
    found = on_time_figures(made.facts(), ASKED, PERIOD, MONTHS)
    assert texts(found, "Q-5")["Time from done to verified"] == "1 working day at the median"


# ---- concerns and actions


# E1: the same day; E7: a withdrawal is counted and deletes nothing
def test_concerns_are_counted_by_what_became_of_them() -> None:
    made = FactsMade()
    made.concern()
    made.concern(acknowledged_on=None, decided_on=None)
    made.concern(decided_on=date(2023, 2, 11), withdrawn_on=date(2023, 2, 12))
    made.concern(date(2022, 12, 1))
    assert texts(concern_figures(made.facts(), ASKED, PERIOD, MONTHS), "A-3") == {
        "Concerns raised": "3",
        "Acknowledged on the same day": "2 of 3 (66.7%)",
        "Safety decision on the same day": "1 of 3 (33.3%)",
        "Withdrawn since": "1 of 3 (33.3%)",
    }


# E5: done is outstanding still; an import's closed action is counted apart
def test_actions_of_a_period_are_raised_ended_and_left() -> None:
    made = FactsMade()
    march = date(2023, 3, 1)
    made.action(status="done", done_on=march)
    made.action(priority=False, status="verified", verified_on=march, settled_on=march)
    made.action(status="withdrawn", withdrawn=True, settled_on=march)
    made.action(status="closed", imported=True, settled_on=march)
    made.action(date(2022, 12, 1), status="verified", settled_on=date(2023, 4, 3))
    made.action(date(2023, 4, 1))
    assert texts(flow_figures(made.facts(), ASKED, PERIOD, MONTHS), "A-1") == {
        "Priority actions raised": "3",
        "Other actions raised": "1",
        "Verified": "1",
        "Withdrawn": "1",
        "Closed in an import, verified by nobody": "1",
        "Outstanding at the end of the period": "2",
    }


# E9: not due, on track, at risk, overdue, from status and dates at the data cut
@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"due_on": date(2023, 4, 19)}, "Overdue"),
        ({"due_on": date(2023, 4, 24)}, "At risk"),
        ({"due_on": date(2023, 5, 24)}, "Not due"),
        ({"due_on": None}, "Not due"),
        ({"due_on": date(2023, 5, 24), "status": "in_progress"}, "On track"),
        # E4: what is done is measured by when verifying is due: a priority action the next day
        ({"due_on": date(2023, 5, 24), "status": "done", "done_on": date(2023, 4, 3)}, "Overdue"),
        ({"status": "done", "priority": False, "done_on": date(2023, 4, 19)}, "On track"),
    ],
)
def test_an_outstanding_action_has_one_word(values: dict, word: str) -> None:
    made = FactsMade()
    made.action(**values)
    found = texts(outstanding_figures(made.facts(at=CUT), ASKED, PERIOD), "A-2")
    assert {words for words, text in found.items() if text == "1"} == {word, "All outstanding"}


# E5, E9: what is outstanding, by service and by theme, for who has to act on it
def test_outstanding_actions_are_counted_by_service_and_theme() -> None:
    made = FactsMade()
    made.action(theme="supervision", due_on=date(2023, 4, 3))
    made.action(theme="chronology", priority=False, due_on=date(2023, 6, 3))
    made.action(service="Corporate Parenting", theme="supervision", due_on=date(2023, 6, 3))
    made.action(status="verified", settled_on=date(2023, 3, 3))
    found = Figures(tuple(outstanding_figures(made.facts(at=CUT), ASKED, PERIOD)))
    assert {each.key[1:]: each.text for each in found.of("A-2s")} == {
        (PERIOD, "All outstanding", "Corporate Parenting"): "1",
        (PERIOD, "Overdue", "Corporate Parenting"): "0",
        (PERIOD, "All outstanding", "Safeguarding"): "2",
        (PERIOD, "Overdue", "Safeguarding"): "1",
    }
    assert texts(list(found), "A-5") == {"Chronologies": "1", "Supervision": "2"}
    assert found.need("A-4", PERIOD, "All outstanding").text == "2"


# CO-6: what names no theme or service is counted too, so that the parts add up to the whole
def test_actions_without_theme_or_service_stand_beside_the_others() -> None:
    made = FactsMade()
    made.action(theme="supervision", service="")
    made.action()
    found = Figures(tuple(outstanding_figures(made.facts(at=CUT), ASKED, PERIOD)))
    assert texts(list(found), "A-5") == {"No theme recorded": "1", "Supervision": "1"}
    assert found.scopes("A-2s") == ["No service recorded", "Safeguarding"]


# S5, P7: narrowed to plan types or random cases, only what comes from the counted audits is left
@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        ({}, "3"),
        ({"services": ("Safeguarding",)}, "2"),
        ({"plan_types": (PlanType.CHILD_IN_CARE,)}, "1"),
        ({"selection": Selected.RANDOM}, "2"),
    ],
)
def test_actions_and_concerns_follow_the_reports_parameters(narrowed: dict, left: str) -> None:
    made = FactsMade()
    in_care = made.audit(plan_type=PlanType.CHILD_IN_CARE)
    other = made.audit()
    made.action(audit_id=in_care.id)
    made.action(audit_id=other.id, service="Corporate Parenting")
    made.action()
    made.concern(audit_id=in_care.id)
    made.concern(audit_id=other.id, service="Corporate Parenting")
    made.concern()
    found = outstanding_figures(made.facts(at=CUT), asked(**narrowed), PERIOD)
    assert texts(found, "A-2")["All outstanding"] == left
    raised = concern_figures(made.facts(), asked(**narrowed), PERIOD, MONTHS)
    assert texts(raised, "A-3")["Concerns raised"] == left


# ----


# E8, Q-6: by the day of the re-audit's final grade, up, the same and down
def test_re_audits_are_counted_by_which_way_they_moved() -> None:
    made = FactsMade()
    made.moved(IN, GOOD)
    made.moved(IN, RI, date(2023, 3, 31))
    made.moved(IN, IN, date(2023, 1, 1))
    made.moved(IN, GOOD, date(2023, 4, 1))
    assert texts(re_audit_figures(made.facts(), ASKED, PERIOD, MONTHS), "Q-6") == {
        "Re-audits finished": "3",
        "Better": "2 of 3 (66.7%)",
        "The same": "1 of 3 (33.3%)",
        "Worse": "0 of 3 (0%)",
    }


def a_pair(made: FactsMade, *, service: str = "Safeguarding", team: str = "Team 1") -> None:
    first = made.audit("2022-12", final=IN, sections=(section(grade=IN), section("Plan", GOOD)))
    again = made.audit(
        final=RI, re_audit=True, team=team, service=service,
        sections=(section(grade=GOOD), section("Plan", RI), section("New", GOOD)),
    )  # fmt: skip
    moved = made.moved(IN, RI)
    made.moves[-1] = type(moved)(first.id, again.id, moved.on, IN, RI)


# E8: grades side by side, of the sections that both audits graded
def test_sections_of_a_pair_are_set_side_by_side() -> None:
    made = FactsMade()
    a_pair(made)
    made.moved(IN, RI)
    found = texts(re_audit_figures(made.facts(), ASKED, PERIOD, MONTHS), "Q-6g")
    assert found == {
        "Assessment: Better": "1 of 1 (100%)",
        "Assessment: The same": "0 of 1 (0%)",
        "Assessment: Worse": "0 of 1 (0%)",
        "Plan: Better": "0 of 1 (0%)",
        "Plan: The same": "0 of 1 (0%)",
        "Plan: Worse": "1 of 1 (100%)",
    }


def test_re_audits_are_those_of_the_services_asked_for() -> None:
    made = FactsMade()
    a_pair(made)
    a_pair(made, service="Corporate Parenting", team="Team 3")
    only = asked(services=("Corporate Parenting",))
    found = re_audit_figures(made.facts(), only, PERIOD, MONTHS)
    assert texts(found, "Q-6")["Re-audits finished"] == "1"
    assert found[0].audits == (made.moves[-1].audit_id,)
