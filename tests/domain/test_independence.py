"""Who may not audit a case (S6) and who may not moderate an audit (M2)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.independence import (
    CaseTie,
    Conflict,
    ModeratorFacts,
    TieRole,
    bars_for_moderator,
    conflicts_for_auditor,
    line_above,
    oversight_is_colleagues,
)

AUDITOR, MANAGER, DIRECTOR, REPORT, OTHER = (UUID(int=n) for n in range(1, 6))
TEAM, OTHER_TEAM = UUID(int=21), UUID(int=22)
NORTH, SOUTH = UUID(int=31), UUID(int=32)
PERIOD = (date(2022, 4, 1), date(2023, 3, 31))
LONG_AGO = date(2015, 1, 1)


def tie(
    role: TieRole,
    *,
    person: UUID = AUDITOR,
    since: date | None = LONG_AGO,
    until: date | None = None,
    sibling: bool = False,
) -> CaseTie:
    return CaseTie(person, "A. Person", role, since, until, sibling)


def reasons(*ties: CaseTie) -> list[str]:
    return [
        conflict.reason
        for conflict in conflicts_for_auditor(AUDITOR, ties, PERIOD, TEAM, frozenset())
    ]


SENTENCES = [
    # S6: worker, team manager, IRO, chair or decision-maker of the child
    (tie(TieRole.SOCIAL_WORKER, until=date(2023, 2, 3)),
     "was this child's social worker until 3 February 2023"),
    (tie(TieRole.SOCIAL_WORKER), "is this child's social worker"),
    (tie(TieRole.TEAM_MANAGER), "is this child's team manager"),
    (tie(TieRole.IRO), "is this child's independent reviewing officer"),
    (tie(TieRole.CHAIR), "is this child's conference chair"),
    (tie(TieRole.DECISION_MAKER, until=date(2022, 5, 1)),
     "was this child's decision-maker until 1 May 2022"),
    # S6: or of a brother or sister
    (tie(TieRole.SOCIAL_WORKER, sibling=True),
     "is the social worker of this child's brother or sister"),
    (tie(TieRole.IRO, sibling=True, until=date(2022, 12, 31)),
     ("was the independent reviewing officer of this child's brother or sister until "
     "31 December 2022")),
]  # fmt: skip


@pytest.mark.parametrize(("case_tie", "sentence"), SENTENCES)
def test_somebody_with_a_part_in_the_case_may_not_audit_it(
    case_tie: CaseTie, sentence: str
) -> None:
    assert conflicts_for_auditor(AUDITOR, [case_tie], PERIOD, TEAM, frozenset()) == [
        Conflict(sentence, "S6")
    ]


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        # S6: in the period under review, its first and last day included
        (LONG_AGO, date(2022, 3, 31), False),
        (LONG_AGO, date(2022, 4, 1), True),
        (date(2023, 3, 31), None, True),
        (date(2023, 4, 1), None, False),
        (date(2022, 6, 1), date(2022, 7, 1), True),
        # a beginning that nobody knows is taken to be long ago
        (None, None, True),
        (None, date(2022, 3, 31), False),
    ],
)
def test_only_a_part_within_the_period_under_review_counts(
    since: date | None, until: date | None, counts: bool
) -> None:
    assert bool(reasons(tie(TieRole.SOCIAL_WORKER, since=since, until=until))) is counts


def test_somebody_elses_part_is_no_conflict() -> None:
    assert reasons(*(tie(role, person=OTHER) for role in TieRole)) == []


def test_an_auditor_may_not_audit_a_child_of_a_team_they_manage_or_belong_to() -> None:
    theirs = conflicts_for_auditor(AUDITOR, [], PERIOD, TEAM, frozenset({OTHER_TEAM, TEAM}))
    assert [conflict.reason for conflict in theirs] == [
        "manages or belongs to the team that this child is allocated to"
    ]
    assert conflicts_for_auditor(AUDITOR, [], PERIOD, TEAM, frozenset({OTHER_TEAM})) == []
    assert conflicts_for_auditor(AUDITOR, [], PERIOD, None, frozenset({TEAM})) == []


def test_a_declared_interest_is_a_conflict() -> None:
    declared = conflicts_for_auditor(AUDITOR, [], PERIOD, TEAM, frozenset(), True)
    assert [conflict.reason for conflict in declared] == ["has declared an interest in this case"]


def test_every_conflict_is_named_once() -> None:
    worker = tie(TieRole.SOCIAL_WORKER)
    assert reasons(worker, tie(TieRole.CHAIR), worker) == [
        "is this child's social worker",
        "is this child's conference chair",
    ]


@pytest.mark.parametrize(
    ("case_tie", "auditor_service", "colleague"),
    [
        # S6: the child's IRO or chair is a colleague in the auditor's own service
        (tie(TieRole.IRO, person=OTHER), NORTH, True),
        (tie(TieRole.CHAIR, person=OTHER), NORTH, True),
        (tie(TieRole.SOCIAL_WORKER, person=OTHER), NORTH, False),
        (tie(TieRole.IRO, person=OTHER), SOUTH, False),
        (tie(TieRole.IRO, person=OTHER), None, False),
        (tie(TieRole.IRO, person=OTHER, sibling=True), NORTH, False),
        (tie(TieRole.IRO, person=OTHER, until=date(2020, 1, 1)), NORTH, False),
        # the auditor themselves is a conflict, not a colleague
        (tie(TieRole.IRO, person=AUDITOR), NORTH, False),
    ],
)
def test_oversight_by_a_colleague_is_noticed(
    case_tie: CaseTie, auditor_service: UUID | None, colleague: bool
) -> None:
    services = {OTHER: NORTH, AUDITOR: NORTH}
    assert (
        oversight_is_colleagues(AUDITOR, auditor_service, [case_tie], PERIOD, services) is colleague
    )


FACTS = ModeratorFacts(
    moderator_id=OTHER,
    auditor_id=AUDITOR,
    managers={AUDITOR: MANAGER, MANAGER: DIRECTOR, REPORT: AUDITOR, DIRECTOR: None},
    ties=(),
    period=PERIOD,
    moderator_service_id=SOUTH,
    audited_service_id=NORTH,
    auditor_service_id=NORTH,
)


@pytest.mark.parametrize(
    ("moderator", "barred"),
    [
        # M2: never the auditor
        (AUDITOR, ["did this audit"]),
        # M2: nor the auditor's line manager
        (MANAGER, ["is the auditor's line manager"]),
        # M2: nor anybody in line management under the auditor
        (REPORT, ["is managed by the auditor"]),
        # the line manager's own manager may
        (DIRECTOR, []),
        (OTHER, []),
    ],
)
def test_the_auditors_line_may_not_moderate(moderator: UUID, barred: list[str]) -> None:
    bars = bars_for_moderator(replace(FACTS, moderator_id=moderator))
    assert [bar.reason for bar in bars] == barred
    assert {bar.rule for bar in bars} <= {"M2"}


def test_the_line_under_the_auditor_reaches_all_the_way_down() -> None:
    managers = {**FACTS.managers, OTHER: REPORT}
    bars = bars_for_moderator(replace(FACTS, managers=managers))
    assert [bar.reason for bar in bars] == ["is managed by the auditor"]


@pytest.mark.parametrize(
    ("case_tie", "barred"),
    [
        # M2: the worker, the team manager, the IRO or the chair of the case
        (tie(TieRole.SOCIAL_WORKER, person=OTHER), ["is this child's social worker"]),
        (tie(TieRole.TEAM_MANAGER, person=OTHER), ["is this child's team manager"]),
        (tie(TieRole.IRO, person=OTHER), ["is this child's independent reviewing officer"]),
        (tie(TieRole.CHAIR, person=OTHER), ["is this child's conference chair"]),
        (tie(TieRole.DECISION_MAKER, person=OTHER), []),
        (tie(TieRole.IRO, person=OTHER, sibling=True), []),
        (tie(TieRole.IRO, person=OTHER, until=date(2021, 1, 1)), []),
        (tie(TieRole.IRO, person=DIRECTOR), []),
    ],
)
def test_the_cases_own_people_may_not_moderate(case_tie: CaseTie, barred: list[str]) -> None:
    bars = bars_for_moderator(replace(FACTS, ties=(case_tie, case_tie)))
    assert [bar.reason for bar in bars] == barred


def test_after_oversight_by_a_colleague_the_moderator_is_from_another_service() -> None:
    facts = replace(FACTS, oversight_by_colleague=True)
    assert bars_for_moderator(facts) == []
    (bar,) = bars_for_moderator(replace(facts, moderator_service_id=NORTH))
    assert bar.rule == "S6"
    assert "service of the auditor" in bar.reason


@pytest.mark.parametrize(
    ("moderators", "audited", "own"),
    [(NORTH, NORTH, True), (SOUTH, NORTH, False), (None, None, False), (None, NORTH, False)],
)
def test_a_moderator_of_the_audited_service_is_flagged_and_not_barred(
    moderators: UUID | None, audited: UUID | None, own: bool
) -> None:
    facts = replace(FACTS, moderator_service_id=moderators, audited_service_id=audited)
    assert facts.own_service is own  # M2
    assert bars_for_moderator(facts) == []


def test_the_line_above_somebody_is_nearest_first() -> None:
    assert line_above(REPORT, FACTS.managers) == [AUDITOR, MANAGER, DIRECTOR]
    assert line_above(DIRECTOR, FACTS.managers) == []
    assert line_above(OTHER, FACTS.managers) == []


people = st.sampled_from([UUID(int=n) for n in range(6)])


@given(people, st.dictionaries(people, st.none() | people))
def test_a_line_that_runs_in_a_circle_ends(person: UUID, managers: dict[UUID, UUID | None]) -> None:
    line = line_above(person, managers)
    assert len(line) == len(set(line))
    assert person not in line
