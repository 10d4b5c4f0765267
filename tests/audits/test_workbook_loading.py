"""Loading the old workbook: what is stored, row for row, and what is not touched."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person, PostKind, Team, name_key
from qa_app.audits.models import Audit, AuditParty, Finding, GradeRow
from qa_app.audits.workbook.headings import parse_mapping
from qa_app.audits.workbook.loading import Choices, Loaded, load_plan, plan_apart
from qa_app.cases.models import ImportRun
from qa_app.cases.ssd.loading import import_extract, read_for_import
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.moderation.services import record_imported
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from tests.audits import workbooks
from tests.audits.workbooks import BROKEN, BY_HAND, EXPECTED, LEGACY, STRANGE, a_row, small_xlsx
from tests.council import find

TEAM = "Safeguarding Team 1"


def load(path: Path, pairs: tuple[str, ...] = (), **choices: Any) -> Loaded:
    plan = plan_apart(path, Choices(parse_mapping(pairs), **choices), at=now())
    with saving():
        return load_plan(plan, by=None, at=now(), record_moderations=record_imported)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def load_extract() -> None:
    """The council's case list, which comes before its workbook."""
    as_at = date(2023, 4, 30)
    extract = read_for_import(workbooks.DATA / "ssd", as_at, at=now())
    with saving():
        import_extract(extract, by=None, at=now())


@pytest.mark.parametrize("way", ["as it is", "other headings", "CSV"])
def test_what_is_stored_equals_the_clean_content_row_for_row(
    context, tmp_path: Path, way: str
) -> None:
    load_extract()
    pairs = ()
    path = LEGACY
    if way == "other headings":
        path = workbooks.told_again(tmp_path / "strange.xlsx", STRANGE.__getitem__)
        pairs = tuple(BY_HAND)
    if way == "CSV":
        path = workbooks.told_as_csv(tmp_path / "log.csv", "cp1252", ";")
    assert load(path, pairs).loaded == 115
    with EXPECTED.open(encoding="utf-8-sig", newline="") as file:
        expected = [{**row, **_grades_as_here(row)} for row in csv.DictReader(file)]
    assert stored_rows() == expected
    # Everybody in this workbook is in the extract, and so is every case.
    assert db.session.scalar(select(func.count()).where(Audit.auditor_id.is_(None))) == 0
    assert db.session.scalar(select(func.count()).where(Audit.case_id.is_(None))) == 0
    assert db.session.scalar(select(func.count()).where(Moderation.moderator_id.is_(None))) == 0


def _grades_as_here(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name].capitalize() for name in ("auditor_grade", "final_grade")}


def stored_rows() -> list[dict[str, str]]:
    """What the database holds, under the headings of the clean content."""
    rows = db.session.execute(
        select(Audit, Moderation, Action)
        .join(Moderation, Moderation.audit_id == Audit.id)
        .join(Action, Action.audit_id == Audit.id)
        .order_by(Audit.reference)
    )
    return [
        {
            "audit": audit.reference,
            "month": f"{audit.completed_month:%Y-%m}",
            "case_id": audit.case_reference,
            "team": audit.team_name,
            "auditor": audit.auditor_name,
            "auditor_post": audit.auditor_post.words,
            "completed": audit.completed_on.isoformat(),
            "auditor_grade": audit.auditor_grade.words,
            "moderator": moderation.moderator_name,
            "final_grade": audit.final_grade.words,
            "significant_harm": "yes" if action.kind is ActionKind.PRIORITY else "no",
            "action_done": "no" if action.settled_on is None else "yes",
        }
        for audit, moderation, action in rows
    ]


@pytest.fixture
def one(council, context, tmp_path: Path):
    """one(field=value, …) → the audit stored from a workbook of one such row."""

    def make(**changes: Any) -> Audit:
        row = a_row(**{"team": TEAM, "case_ref": "100001", **changes})
        assert load(small_xlsx(tmp_path / "log.xlsx", row)).loaded == 1
        return find(Audit, reference=row[0])

    return make


# measures.md: a named moderator is a committed, sighted moderation with the final grade; M7: each
# grade is a row of its own.
def test_a_moderated_audit_is_final_with_each_grade_as_a_row(one) -> None:
    audit = one(moderator="hetty  HEAD")
    assert (audit.state, audit.selection) == (AuditState.FINAL, Selection.NOT_RECORDED)
    moderation = find(Moderation, audit_id=audit.id)
    assert (moderation.mode, moderation.state) == (
        ModerationMode.SIGHTED,
        ModerationState.COMMITTED,
    )
    assert moderation.moderator_name == "Hetty Head"
    grades = {row.source.value: (row.grade, row.by) for row in audit.grades}
    assert grades == {
        "auditor": (Grade.GOOD, None),
        "moderator": (Grade.REQUIRES_IMPROVEMENT, moderation.moderator_id),
        "final": (Grade.REQUIRES_IMPROVEMENT, None),
    }
    assert {row.at for row in audit.grades} == {datetime(2023, 5, 3, 11, tzinfo=UTC)}
    assert moderation.committed_at == audit.submitted_at


@pytest.mark.parametrize(
    ("changes", "state", "final", "moderations"),
    [
        # No moderator and no final grade: it waits for one.
        ({"moderator": "", "final_grade": ""}, AuditState.AWAITING_MODERATION, None, 0),
        # A moderator is named who has given no grade yet: it waits too.
        ({"final_grade": ""}, AuditState.AWAITING_MODERATION, None, 0),
        # A final grade without a moderator stands.
        ({"moderator": ""}, AuditState.FINAL, Grade.REQUIRES_IMPROVEMENT, 0),
        ({"auditor_grade": ""}, AuditState.FINAL, Grade.REQUIRES_IMPROVEMENT, 1),
    ],
)
def test_an_audit_is_as_far_as_its_workbook_says(
    one, changes: dict[str, str], state: AuditState, final: Grade | None, moderations: int
) -> None:
    audit = one(**changes)
    assert (audit.state, audit.final_grade) == (state, final)
    assert count(Moderation) == moderations
    waits_for = db.session.scalars(select(AuditParty.name)).all()
    assert waits_for == (["B Person"] if changes == {"final_grade": ""} else [])


# MTM-4: significant harm makes a priority action, raised on the audit's day; E5: a dated completion
# closes it on that day and verifies nothing.
@pytest.mark.parametrize(
    ("changes", "kind", "status", "settled"),
    [
        ({"significant_harm": "Y"}, ActionKind.PRIORITY, ActionStatus.OPEN, None),
        ({"action_done_on": "4/6/2023"}, ActionKind.IMPROVEMENT, ActionStatus.CLOSED,
         date(2023, 6, 4)),
    ],
)  # fmt: skip
def test_an_action_goes_on_the_tracker_as_it_was_left(
    one, changes: dict[str, str], kind: ActionKind, status: ActionStatus, settled: date | None
) -> None:
    audit = one(**changes)
    action = find(Action, audit_id=audit.id)
    assert (action.kind, action.status, action.settled_on) == (kind, status, settled)
    assert (action.raised_on, action.due_on) == (date(2023, 5, 3), date(2023, 5, 20))
    assert (action.what, action.verified_by) == ("Put the plan right", None)


@pytest.mark.parametrize(("harm", "actions"), [("no", 0), ("yes", 1)])
def test_a_concern_makes_an_action_even_where_none_was_written(
    one, harm: str, actions: int
) -> None:
    one(action="", significant_harm=harm)
    assert count(Action) == actions


def test_a_recognised_person_takes_the_name_and_post_of_the_extract(one, council) -> None:
    audit = one(auditor="IRIS reviewer", auditor_post="Manager")
    assert (audit.auditor_name, audit.auditor_post) == ("Iris Reviewer", PostKind.IRO)
    party = find(AuditParty, audit_id=audit.id)
    assert party.person_id == council.people["iro"] == audit.auditor_id


def test_what_is_not_known_is_kept_as_written_and_is_no_fault(one) -> None:
    audit = one(case_ref="999999", auditor="Some  Body", auditor_post="")
    assert (audit.case_id, audit.case_reference) == (None, "999999")
    assert (audit.auditor_id, audit.auditor_name) == (None, "Some Body")
    assert audit.auditor_post is PostKind.OTHER
    assert find(Moderation, audit_id=audit.id).moderator_name == "B Person"
    assert count(AuditParty) == 0


def test_of_two_people_with_one_name_the_post_decides_or_nobody(one, council) -> None:
    db.session.add(Person(name="Iris Reviewer", name_key=name_key("iris reviewer"), source="demo"))
    db.session.commit()
    assert one(auditor="Iris Reviewer", auditor_post="IRO").auditor_id == council.people["iro"]
    assert one(audit_ref="X2", auditor="Iris Reviewer", auditor_post="TM").auditor_id is None


def test_findings_are_stored_as_they_were_written(one) -> None:
    audit = one(strengths="Seen alone", areas_for_development=" none ")
    finding = find(Finding, audit_id=audit.id)
    assert (finding.kind.value, finding.text, finding.theme_id) == ("strength", "Seen alone", None)


def test_importing_again_loads_nothing_and_passes_over_what_is_the_same(one, tmp_path) -> None:
    one(audit_ref="X1")
    again = load(tmp_path / "log.xlsx")
    assert (again.loaded, again.plan.refused, count(Audit)) == (0, [], 1)
    assert [item.reason for item in again.plan.skipped] == ["imported before, and says the same"]
    # Another spelling of the same is the same.
    row = a_row(audit_ref="x1", team=TEAM.upper(), case_ref=100001, final_grade="req imp")
    assert load(small_xlsx(tmp_path / "log.xlsx", row)).plan.refused == []


def test_importing_again_refuses_what_says_something_else(one, tmp_path) -> None:
    one(audit_ref="X1")
    row = a_row(audit_ref="X1", team=TEAM, case_ref="100001", final_grade="Good")
    again = load(small_xlsx(tmp_path / "log.xlsx", row), skip_bad_rows=True)
    assert [(fault.row, fault.column, fault.value) for fault in again.plan.refused] == [
        (2, "Audit No", "X1")
    ]
    assert find(Audit, reference="X1").final_grade is Grade.REQUIRES_IMPROVEMENT


def test_nothing_is_loaded_where_a_row_is_refused_unless_bad_rows_are_passed_over(
    council, context
) -> None:
    db.session.add(Team(name="CWD Team"))
    db.session.commit()
    strict = load(BROKEN)
    assert (strict.loaded, len(strict.plan.refused), count(Audit), count(Action)) == (0, 10, 0, 0)
    run = db.session.get(ImportRun, strict.run_id)
    assert (run.loaded, len(run.faults), run.faults[0].row) == (0, 10, 3)
    lenient = load(BROKEN, skip_bad_rows=True)
    assert (lenient.loaded, len(lenient.plan.refused), count(Audit)) == (1, 10, 1)


def test_teams_are_added_beneath_the_authority_when_that_is_chosen(
    council, context, tmp_path
) -> None:
    path = small_xlsx(tmp_path / "log.xlsx", a_row(team="Edge of Care"))
    assert load(path).loaded == 0
    assert load(path, create_teams=True).plan.new_teams == ["Edge of Care"]
    team = find(Team, name="Edge of Care")
    assert (team.parent_id, team.service_id) == (council.teams["ROOT"], team.id)
    assert find(Audit, reference="X1").team_id == team.id


# measures.md: imported rows are history.
def test_an_import_tells_nobody_and_is_in_the_history_of_each_audit(one) -> None:
    audit = one(significant_harm="yes", final_grade="Inadequate")
    assert count(Notice) == 0
    assert [event.sentence for event in history.timeline(audit_id=audit.id)] == [
        "Imported from the old audit workbook"
    ]
    run = history.timeline(subject_id=audit.import_run_id)
    assert [event.sentence for event in run] == ["Import finished: 1 loaded, 0 refused"]
    assert history.verify().intact


def test_a_failure_in_the_middle_leaves_nothing_behind(council, context, tmp_path) -> None:
    path = small_xlsx(tmp_path / "log.xlsx", a_row(team=TEAM))
    plan = plan_apart(path, Choices(), at=now())

    def fail(rows: object) -> None:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError), saving():
        load_plan(plan, by=None, at=now(), record_moderations=fail)
    assert (count(Audit), count(GradeRow), count(ImportRun)) == (0, 0, 0)
