"""How often each theme was found, from the facts of a data cut (T1, T2, R4)."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest

from qa_app.accounts.models import PostKind
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.domain.publishing import ReportKind
from qa_app.reports.facts import AuditFact, Facts, FindingFact, ThemeFact
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.themes import NO_PLAN, NO_SERVICE, are_known, theme_figures
from qa_app.reports.reportasked import ReportAsked

MARCH = Month(2023, 3)
THEMES = (
    ThemeFact("plans", "Plans"),
    ThemeFact("voice", "Child’s voice"),
    ThemeFact("visits", "Visits"),
    ThemeFact("gone", "No longer used", ended=True),
)
ASKED = ReportAsked(ReportKind.HIGHLIGHT, "2023-03")
PLAN = PlanType.CHILD_PROTECTION.words
DEVELOPMENT, STRENGTH = FindingKind.DEVELOPMENT, FindingKind.STRENGTH
RECORDING, PRACTICE = FindingAbout.RECORDING, FindingAbout.PRACTICE


def an_id(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


def finding(kind: FindingKind, theme: str, *others: str, about=PRACTICE) -> FindingFact:
    return FindingFact(
        an_id(f"{kind}{theme}{others}"), kind, about, theme, others, "plan", "The plan"
    )


def audit(name: str, *findings: FindingFact, **changed: object) -> AuditFact:
    values: dict[str, object] = {
        "id": an_id(name), "reference": name, "month": MARCH, "completed_on": date(2023, 3, 9),
        "imported": False, "counts": True, "graded": True, "tool": "core",
        "selection": Selection.RANDOM, "plan_type": PlanType.CHILD_PROTECTION, "age_band": "",
        "team_id": None, "team": "Team 1", "service_id": None, "service": "Safeguarding",
        "auditor_post": PostKind.TEAM_MANAGER, "auditor": Grade.GOOD, "final": Grade.GOOD,
        "final_on": date(2023, 3, 20), "concern": False, "re_audit": False, "moderation": None,
        "findings": findings,
    }  # fmt: skip
    return AuditFact(**(values | changed))  # type: ignore[arg-type]


def facts(*audits: AuditFact, themes: tuple[ThemeFact, ...] = THEMES) -> Facts:
    at = datetime(2023, 4, 20, tzinfo=UTC)
    return Facts(at, Month(2022, 4), MARCH, audits=audits, themes=themes)


def figures(*audits: AuditFact, themes: tuple[ThemeFact, ...] = THEMES, **more) -> Figures:
    found = facts(*audits, themes=themes)
    return Figures(tuple(theme_figures(found, ASKED, "2023-03", [MARCH], **more)))


def texts(found: list[ReportFigure]) -> dict[str, str]:
    return {figure.key.category: figure.text for figure in found}


A = audit("A", finding(DEVELOPMENT, "visits"), finding(STRENGTH, "plans"))
B = audit("B", finding(DEVELOPMENT, "visits", about=RECORDING), finding(STRENGTH, "voice"))
C = audit("C", finding(DEVELOPMENT, "plans"), service="Corporate Parenting")


# T2: every theme in use is printed, zeros included, the most found first, ties by name
def test_themes_are_counted_by_audits_and_the_most_found_comes_first() -> None:
    found = figures(A, B, C)

    assert list(texts(found.of("T-1")).items()) == [
        ("Visits", "2 of 3 (66.7%)"),
        ("Plans", "1 of 3 (33.3%)"),
        ("Child’s voice", "0 of 3 (0%)"),
    ]
    assert found.categories("T-2") == ["Child’s voice", "Plans", "Visits"]
    assert found.need("T-1", "2023-03", "Visits").audits == (A.id, B.id)


# T2, A4: recording is never mixed up with practice: what is about recording only stands apart
def test_areas_for_development_about_recording_only_are_counted_apart() -> None:
    mixed = audit(
        "M", finding(DEVELOPMENT, "visits"), finding(DEVELOPMENT, "visits", about=RECORDING)
    )

    assert texts(figures(A, B, C, mixed).of("T-3")) == {
        "Visits": "1 of 3 (33.3%)",
        "Plans": "0 of 1 (0%)",
        "Child’s voice": "0 of 0",
    }


# T1: a finding has one main theme and any number of others; an audit counts once under each
def test_a_finding_counts_under_its_main_theme_and_its_others_and_an_audit_once() -> None:
    both = audit("D", finding(DEVELOPMENT, "plans", "voice"), finding(DEVELOPMENT, "voice"))

    assert texts(figures(both).of("T-1")) == {
        "Plans": "1 of 1 (100%)",
        "Child’s voice": "1 of 1 (100%)",
        "Visits": "0 of 1 (0%)",
    }


# T1: a merged theme is read as the one that it went into, through any number of merges
def test_merged_themes_are_counted_as_what_they_went_into() -> None:
    merged = (
        ThemeFact("plans", "Plans", stands_for=("voice",)),
        ThemeFact("voice", "Child’s voice", ended=True, stands_for=("visits",)),
        ThemeFact("visits", "Visits", ended=True),
    )

    assert texts(figures(A, C, themes=merged).of("T-1")) == {"Plans": "2 of 2 (100%)"}


# T1: an ended theme takes no new findings; what was found under it is still counted
def test_an_ended_theme_is_printed_where_it_was_found() -> None:
    found = figures(audit("E", finding(DEVELOPMENT, "gone")))

    assert found.need("T-1", "2023-03", "No longer used").text == "1 of 1 (100%)"
    assert found.get("T-2", "2023-03", "No longer used") is None


# R5, T2: the cells of services and plan types add up to the authority's, which suppression needs
def test_figures_by_service_have_the_same_themes_in_the_same_order() -> None:
    found = figures(A, B, C, audit("F", service=""), by_service=True)

    assert found.scopes("T-1s") == ["Corporate Parenting", NO_SERVICE, "Safeguarding"]
    for theme in found.categories("T-1"):
        cells = [each for each in found.of("T-1s") if each.key.category == theme]
        assert sum(each.numerator or 0 for each in cells) == (
            found.need("T-1", "2023-03", theme).numerator
        )
    assert found.categories("T-1s") == found.categories("T-1")
    assert not found.of("T-3s")
    assert not found.of("T-1p")


# T2: by plan type too, where a report asks for it
def test_figures_by_plan_type() -> None:
    found = figures(A, audit("N", plan_type=None), by_plan_type=True)

    assert found.scopes("T-1p") == [PLAN, NO_PLAN]
    assert found.need("T-2p", "2023-03", "Plans", PLAN).text == "1 of 1 (100%)"


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        # T2: an audit that has not got its final grade may still be corrected: not counted yet
        ({"final": None, "final_on": None}, False),
        # T2: one that found nothing of either kind says so, and counts
        ({"findings": ()}, True),
        # T2: an imported one with no findings written down says nothing about themes
        ({"findings": (), "imported": True}, False),
        # T1: an imported finding has no theme until a person gives it one
        ({"findings": (finding(STRENGTH, ""),), "imported": True}, False),
        ({"findings": (finding(STRENGTH, "plans"),), "imported": True}, True),
        # T1: half filed is not known
        ({"findings": (finding(STRENGTH, "plans"), finding(STRENGTH, ""))}, False),
    ],
)
def test_only_audits_whose_findings_are_known_are_counted(changed, known: bool) -> None:
    assert are_known(audit("G", **changed)) is known


# T2: figures are of the months asked for, and of the selection and services asked for
def test_other_months_and_other_tools_are_left_out() -> None:
    elsewhere = audit("H", finding(DEVELOPMENT, "plans"), month=Month(2023, 2))
    other = audit("I", finding(DEVELOPMENT, "plans"), counts=False, tool="mash-decision")

    assert texts(figures(elsewhere, other).of("T-1"))["Plans"] == "0 of 0"
