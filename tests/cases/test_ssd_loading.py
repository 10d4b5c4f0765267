"""Loading: what the database holds afterwards, and that only what changed is changed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import (
    JobTitle,
    Person,
    PersonSource,
    PostHolding,
    PostKind,
    RoleGrant,
    Team,
    name_key,
)
from qa_app.cases.models import Case, ImportFault, ImportRun, Involvement, InvolvementRole
from qa_app.cases.ssd.loading import LoadResult, import_extract, read_for_import
from qa_app.cases.ssd.report import ExtractUnusable
from qa_app.database import Base, db, now, saving
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Role, Scope
from tests.cases.small_extract import (
    AS_AT,
    CP_PLANS,
    INVOLVEMENTS,
    PERSON,
    REAL,
    STAFF,
    TEAMS,
    write,
)
from tests.council import find

LATER = AS_AT + timedelta(days=31)
LOADED = (
    "team",
    "person",
    "post",
    "post_holding",
    "role_grant",
    "job_title",
    "case",
    "involvement",
)


def load(directory: Path, as_at: date = AS_AT, **options) -> LoadResult:
    extract = read_for_import(directory, as_at, at=now())
    with saving():
        return import_extract(extract, by=None, at=now(), **options)


@pytest.fixture
def extract(context, tmp_path: Path) -> Path:
    """The small extract, written."""
    return write(tmp_path / "extract")


def everything() -> dict[str, list]:
    """Every row that an import writes, table by table."""
    db.session.rollback()
    return {
        name: sorted(map(tuple, db.session.execute(select(Base.metadata.tables[name]))), key=str)
        for name in LOADED
    }


def held_by(person: str) -> list[tuple[str, date, date | None]]:
    rows = find(Person, external_id=person).holdings
    return [(row.post.team.code, row.started_on, row.ended_on) for row in rows]


def roles_of(person: str, *, ended: bool = False) -> list[tuple[Role, Scope, str | None]]:
    grants = find(Person, external_id=person).grants
    return sorted(
        (grant.role, grant.scope, grant.team.code if grant.team else None)
        for grant in grants
        if (grant.valid_until is not None) == ended
    )


def test_an_extract_becomes_teams_people_posts_roles_cases_and_involvements(extract: Path) -> None:
    result = load(extract)
    assert result.loaded == 3 + 4 + 2 + 3
    case = find(Case, reference="100001")
    assert (case.plan_type, case.age_band) == (PlanType.CHILD_PROTECTION, "5 to 9")
    assert (case.family_reference, case.team.code) == ("F1", "D2")
    assert case.worker.name == "Wanda Worker"
    assert case.iro is None
    assert case.chair.external_id == "W3"
    assert (case.opened_on, case.closed_on, case.as_at) == (date(2022, 1, 10), None, AS_AT)
    assert [(i.role, i.started_on) for i in case.involvements] == [
        (InvolvementRole.SOCIAL_WORKER, date(2022, 1, 10)),
        (InvolvementRole.CHAIR, date(2022, 3, 1)),
    ]
    assert find(Team, code="D3").service_id == find(Team, code="D3").id
    assert find(Team, code="D1").service_id is None


def test_a_job_title_gives_its_post_and_roles(extract: Path) -> None:
    load(extract)
    assert held_by("W1") == [("D2", AS_AT, None)]
    assert roles_of("W1") == [(Role.PRACTITIONER, Scope.OWN, None)]
    assert roles_of("W2") == [(Role.AUDITOR, Scope.OWN, None)]
    assert roles_of("W4") == [(Role.MODERATOR, Scope.SERVICE, "D2")]


def test_the_whole_extract_of_a_council_loads_without_a_fault(context) -> None:
    result = load(REAL)
    assert result.refused == []
    assert result.notices == []
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1308
    assert db.session.scalar(select(func.count()).select_from(Involvement)) == 2233
    posts = db.session.scalars(select(PostHolding)).all()
    assert sum(holding.post.kind is PostKind.TEAM_MANAGER for holding in posts) == 18
    services = db.session.scalars(select(Team).where(Team.service_id == Team.id)).all()
    assert len(services) == 7
    assert history.verify().intact


def test_loading_the_same_again_changes_nothing(extract: Path) -> None:
    load(extract)
    before = everything()
    again = load(extract)
    assert (again.loaded, again.total("changed"), again.total("unchanged")) == (0, 0, 12)
    assert everything() == before


def test_rows_in_another_order_change_nothing(extract: Path, tmp_path: Path) -> None:
    load(extract)
    before = everything()
    turned = {name: [rows[0], *rows[:0:-1]] for name, rows in (
        ("ssd_department", TEAMS), ("ssd_professionals", STAFF), ("ssd_person", PERSON),
        ("ssd_involvements", INVOLVEMENTS),
    )}  # fmt: skip
    assert load(write(tmp_path / "turned", **turned)).loaded == 0
    assert everything() == before


def test_a_trial_reports_the_same_and_changes_nothing(extract: Path) -> None:
    before = everything()
    trial = load(extract, dry_run=True)
    assert everything() == before
    assert db.session.scalars(select(ImportRun)).all() == []
    real = load(extract)
    assert (trial.loaded, trial.counts) == (real.loaded, real.counts)


def test_a_strict_import_loads_nothing_when_a_row_is_refused(extract: Path) -> None:
    write(extract, ssd_family=["+", "FT9,F9,999"])
    before = everything()
    result = load(extract, strict=True)
    assert (result.loaded, len(result.refused), result.refused_whole) == (0, 1, True)
    assert everything() == before


def test_good_rows_load_and_the_refused_are_kept_with_the_run(extract: Path) -> None:
    write(extract, ssd_involvements=["+", "I9,W99,IRO,D2,2022-01-10,,100001"])
    result = load(extract)
    assert result.loaded == 12
    fault = find(ImportFault, run_id=result.run_id)
    assert (fault.place, fault.row, fault.value) == ("ssd_involvements.csv", 5, "W99")
    assert find(ImportRun, id=result.run_id).as_at == AS_AT


def test_a_case_whose_plan_cannot_be_told_stays_as_it_was(extract: Path) -> None:
    load(extract)
    bad = [CP_PLANS[0], "CP1,100001,31/02/2022,", "CP2,100002,2022-02-01,"]
    result = load(write(extract, ssd_cp_plans=bad), LATER)
    assert [fault.file for fault in result.refused] == ["ssd_cp_plans.csv", "ssd_person.csv"]
    kept, changed = find(Case, reference="100001"), find(Case, reference="100002")
    assert (kept.plan_type, kept.as_at) == (PlanType.CHILD_PROTECTION, AS_AT)
    assert (changed.plan_type, changed.as_at) == (PlanType.CHILD_PROTECTION, LATER)


def test_a_new_case_whose_plan_cannot_be_told_is_not_half_loaded(extract: Path) -> None:
    load(write(extract, ssd_cp_plans=[CP_PLANS[0], "CP1,100001,2022-03-01,2022-02-01"]))
    references = db.session.scalars(select(Case.reference)).all()
    assert references == ["100002"]
    assert {i.case.reference for i in db.session.scalars(select(Involvement))} == {"100002"}


def said_of(reference: str) -> list[str]:
    case = find(Case, reference=reference)
    return [event.sentence for event in reversed(history.timeline(subject_id=case.id))]


def test_a_closed_case_is_recorded_and_not_deleted(extract: Path) -> None:
    load(extract)
    closed = {
        "ssd_cin_episodes": [
            "cine_referral_id,cine_person_id,cine_referral_date,cine_close_date",
            "R1,100001,2022-01-10,2023-05-02",
            "R2,100002,2022-01-10,",
        ],
        "ssd_cp_plans": [CP_PLANS[0], "CP1,100001,2022-03-01,2023-05-01"],
    }
    load(write(extract, **closed), LATER)
    case = find(Case, reference="100001")
    assert (case.closed_on, case.worker, case.team.code) == (date(2023, 5, 2), None, "D2")
    assert said_of("100001")[1:] == [
        "Case closed in the case system on 2023-05-02",
        "Case updated from the case system: plan type, social worker, conference chair",
    ]
    reopened = dict.fromkeys(closed) | {"ssd_cin_episodes": ["+"], "ssd_cp_plans": ["+"]}
    load(write(extract, **reopened), LATER + timedelta(days=1))
    assert find(Case, reference="100001").closed_on is None
    assert "Case opened again in the case system" in said_of("100001")


def test_a_case_that_moves_team_is_recorded(extract: Path) -> None:
    load(extract)
    moved = [row.replace("I1,W1,Allocated Case Worker,D2", "I1,W1,Allocated Case Worker,D3")
             for row in INVOLVEMENTS]  # fmt: skip
    result = load(write(extract, ssd_involvements=moved), LATER)
    assert (result.counts["cases"].changed, result.counts["involvements"].changed) == (1, 1)
    assert find(Case, reference="100001").team.code == "D3"
    assert said_of("100001")[1:] == ["Case updated from the case system: team"]
    assert said_of("100002") == ["Case added from the case system"]


def test_a_case_that_is_no_longer_in_the_extract_stays_as_it_was(extract: Path) -> None:
    load(extract)
    gone = write(extract, ssd_person=PERSON[:2], ssd_family=None, ssd_cin_episodes=None,
                 ssd_involvements=INVOLVEMENTS[:3])  # fmt: skip
    result = load(gone, LATER)
    case = find(Case, reference="100002")
    assert (case.closed_on, case.as_at, case.worker.external_id) == (None, AS_AT, "W1")
    assert "1 known case is not in this extract: it is left as it was." in result.notices


def test_an_involvement_that_is_no_longer_held_has_ended(extract: Path) -> None:
    load(extract)
    load(write(extract, ssd_involvements=[row for row in INVOLVEMENTS if "I2" not in row]), LATER)
    assert find(Involvement, external_id="I2").ended_on == LATER
    assert find(Case, reference="100001").chair is None


def test_without_a_table_what_it_would_tell_stays(extract: Path) -> None:
    load(extract)
    before = everything()
    directory = write(extract, ssd_involvements=None, ssd_family=None, ssd_department=None)
    result = load(directory)
    assert result.loaded == 0
    assert everything() == before


def test_somebody_who_leaves_is_kept_and_the_post_is_vacant(extract: Path) -> None:
    load(extract)
    without = [row for row in STAFF if not row.startswith("W4")]
    load(write(extract, ssd_professionals=without), LATER)
    assert find(Person, external_id="W4").left_on == LATER
    assert held_by("W4") == [("D2", AS_AT, LATER - timedelta(days=1))]
    assert roles_of("W4") == []
    successor = [*without, "W5,S5,Nia New,Head of Service,D2"]
    load(write(extract, ssd_professionals=successor), LATER + timedelta(days=1))
    posts = [find(Person, external_id=who).holdings[0].post_id for who in ("W4", "W5")]
    assert posts[0] == posts[1]


def test_somebody_who_moves_leaves_one_post_for_another(extract: Path) -> None:
    load(extract)
    moved = [row.replace("Social Worker,North", "Team Manager,South") for row in STAFF]
    load(write(extract, ssd_professionals=moved), LATER)
    assert held_by("W1") == [
        ("D2", AS_AT, LATER - timedelta(days=1)),
        ("D3", LATER, None),
    ]
    assert roles_of("W1") == [
        (Role.AUDITOR, Scope.OWN, None),
        (Role.PRACTITIONER, Scope.TEAM, "D3"),
    ]
    assert roles_of("W1", ended=True) == [(Role.PRACTITIONER, Scope.OWN, None)]


def test_an_import_ends_only_what_an_import_began(extract: Path) -> None:
    with saving():
        lead = Person(name="Lena Lead", name_key="lena lead", source=PersonSource.ADMINISTRATOR,
                      external_id="W77")  # fmt: skip
        db.session.add(lead)
        db.session.flush()
        db.session.add(RoleGrant(person_id=lead.id, role=Role.QA_LEAD, scope=Scope.ALL,
                                 valid_from=AS_AT))  # fmt: skip
    load(extract)
    assert find(Person, external_id="W77").left_on is None
    assert roles_of("W77") == [(Role.QA_LEAD, Scope.ALL, None)]


def test_somebody_known_by_staff_number_is_the_same_person(extract: Path) -> None:
    with saving():
        db.session.add(Person(name="W. Worker", name_key=name_key("W. Worker"), staff_id="S1",
                              email="w@example.test", source=PersonSource.PEOPLE_FILE))  # fmt: skip
    load(extract)
    person = find(Person, external_id="W1")
    assert (person.name, person.email) == ("Wanda Worker", "w@example.test")
    assert person.source is PersonSource.PEOPLE_FILE


def test_the_qa_leads_mapping_of_a_title_decides(extract: Path) -> None:
    load(extract)
    with saving():
        title = find(JobTitle, title_key="independent reviewing officer")
        title.roles = [Role.AUDITOR, Role.PRACTITIONER]
        title.rank = 99
    result = load(extract)
    assert result.counts["roles"].new == 1
    assert find(Person, external_id="W2").holdings[0].post.rank == 99
    assert (Role.PRACTITIONER, Scope.OWN, None) in roles_of("W2")


def test_a_title_that_nobody_knows_gives_no_role_and_is_told(extract: Path) -> None:
    result = load(write(extract, ssd_professionals=["+", "W9,S9,Odd One,Bee Keeper,D2"]))
    assert roles_of("W9") == []
    assert any("Bee Keeper" in notice for notice in result.notices)


def test_a_team_that_is_no_longer_named_is_closed_and_moved_ones_follow(extract: Path) -> None:
    load(extract)
    load(write(extract, ssd_department=[*TEAMS[:3], "D4,East,D2"], ssd_professionals=STAFF[:2],
               ssd_involvements=None, ssd_cp_plans=None), LATER)  # fmt: skip
    assert find(Team, code="D3").closed_on == LATER
    east = find(Team, code="D4")
    assert east.service_id == find(Team, code="D2").id
    assert east.path.startswith(find(Team, code="D2").path)


@pytest.mark.parametrize("days", [-1, 40_000])
def test_an_extract_older_than_the_last_or_from_the_future_is_refused(
    extract: Path, days: int
) -> None:
    load(extract)
    with pytest.raises(ExtractUnusable, match=r"already loaded|in the future"):
        load(extract, AS_AT + timedelta(days=days))
