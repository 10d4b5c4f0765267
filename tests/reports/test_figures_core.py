"""Q-1 to Q-3, Q-7 and C-1 to C-3 worked out from facts that a test made by hand."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.accounts.models import PostKind
from qa_app.domain.calendar import Month, Quarter
from qa_app.domain.grades import ComplianceAnswer, Selection
from qa_app.reports.asked import GradeBasis, Selected
from qa_app.reports.counting import counted_ids
from qa_app.reports.facts import AuditMark, StandardName, WaiverFact
from qa_app.reports.figures import Figures, ReportFigure, periods
from qa_app.reports.figures.catalogue import CATALOGUE, Whose, by_id
from qa_app.reports.figures.compliance import (
    AUDIT_ALLOWED,
    MODERATION_ALLOWED,
    compliance_figures,
    waiver_figures,
)
from qa_app.reports.figures.grades import beside, good_or_better, published
from qa_app.reports.figures.sections import section_figures
from qa_app.reports.figures.standards import number_key, standard_figures
from qa_app.reports.figures.voices import voice_figures
from tests.reports.asked import asked_for
from tests.reports.facts_made import (
    GOOD,
    IN,
    OUT,
    RI,
    FactsMade,
    published_facts,
    section,
    small_facts,
    standard,
    voices,
)

FEBRUARY, PERIOD = Month(2023, 2), "2023-02"
YES, NO, NA, EXCEPTION = (
    ComplianceAnswer.YES,
    ComplianceAnswer.NO,
    ComplianceAnswer.NOT_APPLICABLE,
    ComplianceAnswer.APPROVED_EXCEPTION,
)


def texts(figures: list[ReportFigure]) -> dict[tuple[str, str, str], str]:
    """Each figure's text by its measure, category and scope."""
    rows = Figures(tuple(figures)).rows
    return {(each.key.measure, each.key.category, each.key.scope): each.text for each in rows}


def here(made: FactsMade, **asked):
    """What each function takes first: the facts, what was asked, the period and its months."""
    return made.facts(), asked_for(PERIOD, **asked), PERIOD, [FEBRUARY]


# measures.md: the paper's own figures of February 2023, to the character.
def test_the_published_month_is_printed_as_the_paper_prints_it() -> None:
    said = texts(published(published_facts(), asked_for(PERIOD), [FEBRUARY]))
    assert list(said.values()) == [
        "6 (40%)", "6 (40%)", "3 (20%)", "0", "15", "15 / 37 (41%)", "15 / 15 (100%)", "6",
    ]  # fmt: skip


# S5: Q-1 leaves out targeted, thematic and re-audits (E8), and keeps "not recorded" in.
@pytest.mark.parametrize(
    ("selection", "counts", "random"),
    [
        (Selection.RANDOM, 1, 1),
        (Selection.NOT_RECORDED, 1, 0),
        (Selection.TARGETED, 0, 0),
        (Selection.THEMATIC, 0, 0),
        (Selection.RE_AUDIT, 0, 0),
    ],
)
def test_good_or_better_is_of_audits_that_were_not_picked(selection, counts, random) -> None:
    made = FactsMade()
    made.audit(PERIOD, final=GOOD, selection=selection)
    whole, alone = good_or_better(*here(made))
    assert (whole.denominator, alone.denominator) == (counts, random)


def test_good_or_better_counts_the_grade_that_was_asked_for() -> None:
    # M7: final by default; R6: printed with numerator and denominator (R1).
    made = FactsMade()
    made.audit(PERIOD, final=OUT, auditor=RI)
    made.several(2, PERIOD, final=RI, auditor=RI)
    made.audit(PERIOD, final=None, auditor=GOOD)
    made.audit(PERIOD, final=GOOD, re_audit=True)
    assert good_or_better(*here(made))[0].text == "1 of 3 (33.3%)"
    by_auditor = good_or_better(*here(made, grades=GradeBasis.AUDITOR))[0]
    assert by_auditor.text == "1 of 4 (25%)"


def test_parts_without_a_name_have_one_so_that_parts_add_up() -> None:
    # CO-6
    made = FactsMade()
    made.audit(PERIOD)
    nowhere = {"team": "", "team_id": None, "service": "", "service_id": None, "plan_type": None}
    made.audits.append(replace(made.audit(PERIOD), id=UUID(int=99), **nowhere))
    names = {
        whose: [each.key.scope for each in good_or_better(*here(made), scope=whose)]
        for whose in (Whose.SERVICE, Whose.TEAM, Whose.PLAN_TYPE)
    }
    assert names == {
        Whose.SERVICE: ["No service recorded", "Safeguarding"],
        Whose.TEAM: ["No team recorded", "Team 1"],
        Whose.PLAN_TYPE: ["Child protection (CP)", "No plan recorded"],
    }


def test_teams_of_one_name_are_told_apart_by_their_service() -> None:
    made = FactsMade()
    made.audit(PERIOD, team="Duty")
    made.audits.append(replace(made.audits[0], id=UUID(int=99), service="Early Help"))
    scopes = [each.key.scope for each in good_or_better(*here(made), scope=Whose.TEAM)]
    assert scopes == ["Duty (Early Help)", "Duty (Safeguarding)"]


def test_a_section_is_counted_for_the_authority_each_team_and_each_service() -> None:
    # measures.md Q-2: per section, of sections graded.
    made = FactsMade()
    for team, grade in (("Team 1", GOOD), ("Team 1", IN), ("Team 3", OUT)):
        made.audit(PERIOD, team=team, sections=(section("Assessment", grade), section("Plans", RI)))
    made.audit(PERIOD, sections=(section("Plans", GOOD),))
    made.audit(PERIOD, final=None)
    whole = texts(section_figures(*here(made)))
    assert whole["Q-2", "Assessment", "authority"] == "2 of 3 (66.7%)"
    assert whole["Q-2", "Plans", "authority"] == "1 of 4 (25%)"
    assert whole["Q-2g", "Assessment: Inadequate", "authority"] == "1 of 3 (33.3%)"
    assert whole["Q-2g", "Assessment: Requires improvement", "authority"] == "0 of 3 (0%)"
    teams = texts(section_figures(*here(made), scope=Whose.TEAM))
    assert teams["Q-2", "Assessment", "Team 1"] == "1 of 2 (50%)"
    assert teams["Q-2", "Assessment", "Team 3"] == "1 of 1 (100%)"
    services = texts(section_figures(*here(made), scope=Whose.SERVICE))
    assert services["Q-2s", "Plans", "Safeguarding"] == "1 of 3 (33.3%)"


def test_sections_stand_in_the_order_of_the_tool_under_their_newest_title() -> None:
    made = FactsMade()
    old = section("Chronology")
    made.audit(PERIOD, completed_on=date(2023, 2, 1), sections=(old, section("Plans")))
    made.audit(
        PERIOD,
        completed_on=date(2023, 2, 2),
        sections=(replace(old, title="Chronologies"), section("Visits"),
                  section("Plans")),
    )  # fmt: skip
    made.audit(PERIOD, completed_on=date(2023, 2, 3),
               sections=(replace(section("Plans"), tool="other"),))  # fmt: skip
    figures = Figures(tuple(section_figures(*here(made))))
    titles = figures.categories("Q-2")
    assert titles == ["Plans (other)", "Chronologies", "Visits", "Plans (case-file-audit)"]


def test_a_standard_is_met_by_yes_of_yes_and_no() -> None:
    # measures.md Q-3, A2: approved exceptions beside, "not applicable" in neither number.
    made = FactsMade()
    answers = (YES, YES, NO, NA, EXCEPTION)
    first = made.audit(PERIOD, standards=tuple(standard("4.10", each) for each in answers))
    made.audit(PERIOD, standards=(standard("4.9", NO),), team="Team 3")
    facts, *rest = here(made)
    facts = replace(facts, standards=(StandardName("4.10", "Visits"),))
    figures = Figures(tuple(standard_figures(facts, *rest)))
    assert figures.categories("Q-3") == ["4.9", "4.10 Visits"]
    met = figures.need("Q-3", PERIOD, "4.10 Visits")
    assert (met.text, met.audits) == ("2 of 3 (66.7%)", (first.id,))
    assert figures.need("Q-3", PERIOD, "4.9").text == "0 of 1 (0%)"
    assert figures.need("Q-3b", PERIOD, "4.10 Visits").text == "1"
    services = texts(standard_figures(facts, *rest, scope=Whose.SERVICE))
    assert services["Q-3s", "4.9", "Safeguarding"] == "0 of 0"
    assert services["Q-3s", "4.9", "Corporate Parenting"] == "0 of 1 (0%)"


def test_standards_are_ordered_as_numbers_and_words_come_last() -> None:
    found = sorted(["Seen alone", "4.10", "10.1", "4.9"], key=number_key)
    assert found == ["4.9", "4.10", "10.1", "Seen alone"]


def test_voices_are_of_audits_that_asked_for_them() -> None:
    # measures.md Q-7, A5: why not is somebody's words; facts count them and hold none.
    made = FactsMade()
    made.audit(PERIOD, voices=voices(child=True, parents=False, social_worker=True))
    made.audit(PERIOD, voices=voices(child=None, parents=False, social_worker=True), team="Team 3")
    made.audit(PERIOD)
    said = texts(voice_figures(*here(made)))
    assert said["Q-7", "The child’s view", "authority"] == "1 of 2 (50%)"
    assert said["Q-7", "A parent’s or carer’s view", "authority"] == "0 of 2 (0%)"
    assert said["Q-7", "Talked through with the social worker", "authority"] == "2 of 2 (100%)"
    assert said["Q-7b", "The child’s view: not asked", "authority"] == "1"
    assert said["Q-7b", "A parent’s or carer’s view: asked, not obtained", "authority"] == "2"
    services = texts(voice_figures(*here(made), scope=Whose.SERVICE))
    assert services["Q-7s", "The child’s view", "Corporate Parenting"] == "0 of 1 (0%)"


def test_compliance_adds_up_over_roles_and_over_services() -> None:
    # P4: due = expected − exempted; late ones and other auditors beside, never inside.
    made = FactsMade()
    done = [audit.id for audit in made.several(3, PERIOD)]
    made.cycle(PERIOD, expected=5, exempted=1, done=done[:2], moderated=done[:1], late=1)
    made.cycle(PERIOD, expected=2, done=done[2:], unit="Team 3", post=PostKind.IRO)
    made.cycle(PERIOD, expected=3, post=PostKind.QA_OFFICER, counted=False, unit="Team 2")
    roles = texts(compliance_figures(*here(made)))
    assert roles["C-1", "Completed", "authority"] == "3 / 6 (50%)"
    assert roles["C-1", "Completed", "Team Manager"] == "2 / 4 (50%)"
    assert roles["C-1", "Completed", "Independent Reviewing Officer"] == "1 / 2 (50%)"
    assert roles["C-2r", "Moderated", "authority"] == "1 / 3 (33%)"
    assert roles["C-1b", "Exempted", "Team Manager"] == "1"
    assert roles["C-1b", "Completed after the month", "authority"] == "1"
    assert roles["C-1o", "Completed", "Quality Assurance Officer"] == "0 / 3 (0%)"
    assert ("C-1", "Completed", "Quality Assurance Officer") not in roles
    services = texts(compliance_figures(*here(made), scope=Whose.SERVICE))
    assert services["C-1s", "Completed", "Corporate Parenting"] == "1 / 2 (50%)"
    assert services["C-2", "Moderated", "Safeguarding"] == "1 / 2 (50%)"
    narrowed = texts(compliance_figures(*here(made, services=("Corporate Parenting",))))
    assert narrowed["C-1", "Completed", "authority"] == "1 / 2 (50%)"


def test_where_nothing_was_due_there_is_no_percentage() -> None:
    # measures.md: where nothing was due MTM-2 prints a dash.
    assert texts(compliance_figures(*here(FactsMade())))["C-1", "Completed", "authority"] == "–"


def test_waivers_are_counted_by_role_and_by_service() -> None:
    # S6, M2: listed in the compliance report.
    facts, *rest = here(FactsMade())
    waivers = (
        WaiverFact(UUID(int=1), date(2023, 2, 3), False, PostKind.IRO, "Safeguarding"),
        WaiverFact(UUID(int=2), date(2023, 2, 3), True, PostKind.IRO, "Early Help"),
        WaiverFact(UUID(int=3), date(2023, 2, 4), False, None, ""),
        WaiverFact(UUID(int=4), date(2023, 3, 1), False, None, ""),
    )
    facts = replace(facts, waivers=waivers)
    roles = texts(waiver_figures(facts, *rest))
    assert roles["C-3", AUDIT_ALLOWED, "authority"] == "2"
    assert roles["C-3", MODERATION_ALLOWED, "Independent Reviewing Officer"] == "1"
    assert roles["C-3", AUDIT_ALLOWED, "No role recorded"] == "1"
    services = texts(waiver_figures(facts, *rest, scope=Whose.SERVICE))
    assert services["C-3s", MODERATION_ALLOWED, "Early Help"] == "1"
    assert services["C-3s", AUDIT_ALLOWED, "No service recorded"] == "1"


def test_what_stands_beside_mtm_4_is_of_the_whole_authority_alone() -> None:
    made = FactsMade()
    made.stock(PERIOD, outstanding=2, other_concerns=3)
    facts, asked, *_ = here(made)
    figure = Figures(tuple(beside(facts, asked, [FEBRUARY]))).need(
        "MTM-4b", PERIOD, "Open significant-harm concerns on other audits"
    )
    assert figure.text == "3"
    _, narrowed, *_ = here(made, selection=Selected.RANDOM)
    measures = {each.key.measure for each in beside(facts, narrowed, [FEBRUARY])}
    assert measures == {"MTM-2b"}


def test_audits_of_other_months_count_by_their_marks() -> None:
    made = FactsMade()
    inside = made.audit(PERIOD, tool="core")
    facts, *_ = here(made)
    mark = AuditMark(UUID(int=99), False, "dip", Selection.RANDOM, None, "", "Early Help")
    facts = replace(facts, marks=(mark,))
    assert counted_ids(asked_for(PERIOD), facts) == {inside.id}
    # P7: a tool that does not count in MTM counts where a report is about it.
    assert counted_ids(asked_for(PERIOD, tools=("dip",)), facts) == {mark.id}


@given(facts=small_facts())
def test_cells_add_to_their_total_whatever_the_facts(facts) -> None:
    # CO-6
    for month in facts.months:
        asked, period = asked_for(str(month)), str(month)
        figures = Figures(tuple(published(facts, asked, [month])))
        *grades, total = [each.numerator or 0 for each in figures.of("MTM-1")]
        assert sum(grades) == total
        completed = figures.need("MTM-2", month, "Completed")
        for scope, measure in ((Whose.ROLE, "C-1"), (Whose.SERVICE, "C-1s")):
            found = Figures(tuple(compliance_figures(facts, asked, period, [month], scope=scope)))
            whole, *parts = found.of(measure)
            assert (whole.numerator, whole.denominator) == (
                completed.numerator,
                completed.denominator,
            )
            assert sum(each.numerator or 0 for each in parts) == whole.numerator
            assert sum(each.denominator or 0 for each in parts) == whole.denominator
        good, _ = good_or_better(facts, asked, period, [month])
        for whose in (Whose.SERVICE, Whose.TEAM, Whose.PLAN_TYPE):
            cells = good_or_better(facts, asked, period, [month], scope=whose)
            assert sum(each.numerator or 0 for each in cells) == good.numerator
            assert sum(each.denominator or 0 for each in cells) == good.denominator


@given(facts=small_facts())
def test_every_measure_is_in_the_catalogue_and_prints_as_it_says(facts) -> None:
    month = facts.months[-1]
    given_ = (facts, asked_for(str(month)), str(month), [month])
    figures = [
        *published(facts, given_[1], [month]),
        *beside(facts, given_[1], [month]),
        *good_or_better(*given_),
        *section_figures(*given_),
        *section_figures(*given_, scope=Whose.SERVICE),
        *standard_figures(*given_),
        *voice_figures(*given_),
        *compliance_figures(*given_),
        *waiver_figures(*given_, scope=Whose.SERVICE),
    ]
    assert len(Figures(tuple(figures)).rows) == len(figures)
    for figure in figures:
        definition = CATALOGUE[figure.key.measure]
        assert definition.id == figure.key.measure
        total = figure.key.category == "Total audits"
        assert total or (figure.denominator is None) == (definition.denominator is None)


def test_no_measure_is_defined_twice() -> None:
    row = CATALOGUE["Q-1"]
    with pytest.raises(ValueError, match="Q-1"):
        by_id([row, row])
    assert all(each.title and each.numerator and each.basis for each in CATALOGUE.values())
    assert [each.id for each in CATALOGUE.values() if each.denominator is None and each.decimals
            ] == []  # fmt: skip


# measures.md: quarters are financial; comparison with the quarter before and a year ago.
def test_periods_are_financial() -> None:
    fourth = Quarter.parse("2022/23-Q4")
    assert str(periods.previous_quarter(fourth)) == "2022/23-Q3"
    assert str(periods.previous_quarter(Quarter.parse("2022/23-Q1"))) == "2021/22-Q4"
    assert str(periods.same_quarter_last_year(fourth)) == "2021/22-Q4"
    before = periods.months_before(FEBRUARY)
    assert (len(before), before[0], before[-1]) == (12, Month(2022, 2), Month(2023, 1))
    assert len(periods.months_of_year(2022)) == 12


@given(st.integers(2001, 2090), st.integers(1, 4))
def test_a_period_is_named_as_it_is_asked_for(year, number) -> None:
    quarter = Quarter(year, number)
    assert periods.name_of(quarter.months) == str(quarter)
    assert periods.name_of(quarter.months[:1]) == str(quarter.months[0])
    assert asked_for(periods.name_of(periods.months_of_year(year))).months == (
        periods.months_of_year(year)
    )
    with pytest.raises(ValueError, match="no period"):
        periods.name_of(quarter.months[:2])
