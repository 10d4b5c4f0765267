"""A small council for tests: two audited services, the reviewing service, and a few cases."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import (
    Account,
    Person,
    PersonSource,
    Post,
    PostHolding,
    PostKind,
    RoleGrant,
    Setting,
    Team,
    name_key,
)
from qa_app.accounts.teams import rebuild_tree
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import db, now
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Role, Scope

STARTED = date(2020, 1, 6)

UNITS = (
    # code, name, parent
    ("ROOT", "Children and Young People", None),
    ("SAFE", "Safeguarding", "ROOT"),
    ("SAFE1", "Safeguarding Team 1", "SAFE"),
    ("SAFE2", "Safeguarding Team 2", "SAFE"),
    ("CARE", "Corporate Parenting", "ROOT"),
    ("CARE1", "Children in Care Team", "CARE"),
    ("REV", "Safeguarding and Review", "ROOT"),
)

STAFF = (
    # key, name, post, rank, line, unit, [(role, scope, unit or None)]
    ("worker", "Wendy Worker", PostKind.SOCIAL_WORKER, 10, False, "SAFE1",
     [(Role.PRACTITIONER, Scope.OWN, None)]),
    ("manager", "Manny Manager", PostKind.TEAM_MANAGER, 40, True, "SAFE1",
     [(Role.PRACTITIONER, Scope.TEAM, "SAFE1"), (Role.AUDITOR, Scope.OWN, None)]),
    ("auditor", "Ada Auditor", PostKind.TEAM_MANAGER, 40, True, "SAFE2",
     [(Role.PRACTITIONER, Scope.TEAM, "SAFE2"), (Role.AUDITOR, Scope.OWN, None)]),
    ("other_auditor", "Otto Auditor", PostKind.TEAM_MANAGER, 40, True, "CARE1",
     [(Role.PRACTITIONER, Scope.TEAM, "CARE1"), (Role.AUDITOR, Scope.OWN, None)]),
    ("head", "Hetty Head", PostKind.HEAD_OF_SERVICE, 60, True, "SAFE",
     [(Role.MODERATOR, Scope.SERVICE, "SAFE")]),
    ("other_head", "Hugh Head", PostKind.HEAD_OF_SERVICE, 60, True, "CARE",
     [(Role.MODERATOR, Scope.SERVICE, "CARE")]),
    ("review_head", "Rhona Head", PostKind.HEAD_OF_SERVICE, 60, True, "REV",
     [(Role.MODERATOR, Scope.SERVICE, "REV")]),
    ("director", "Dora Director", PostKind.CORPORATE_DIRECTOR, 80, True, "ROOT",
     [(Role.MODERATOR, Scope.ALL, None)]),
    ("iro", "Iris Reviewer", PostKind.IRO, 45, False, "REV", [(Role.AUDITOR, Scope.OWN, None)]),
    ("chair", "Cleo Chair", PostKind.CONFERENCE_CHAIR, 45, False, "REV",
     [(Role.AUDITOR, Scope.OWN, None)]),
    ("qa_lead", "Quinn Lead", PostKind.QA_LEAD, 55, False, "ROOT",
     [(Role.QA_LEAD, Scope.ALL, None)]),
    ("viewer", "Vera Viewer", PostKind.OTHER, 0, False, "ROOT", [(Role.VIEWER, Scope.ALL, None)]),
    ("administrator", "Andy Admin", PostKind.ADMINISTRATOR, 0, False, "ROOT",
     [(Role.ADMINISTRATOR, Scope.ALL, None)]),
)  # fmt: skip

CASES = (
    # reference, plan type, family, unit, worker, iro, chair
    ("100001", PlanType.CHILD_PROTECTION, "F1", "SAFE1", "worker", None, "chair"),
    ("100002", PlanType.CHILD_PROTECTION, "F1", "SAFE1", "worker", None, "chair"),
    ("100003", PlanType.CHILD_IN_NEED, "F2", "SAFE1", "worker", None, None),
    ("100004", PlanType.CHILD_IN_CARE, "F3", "CARE1", None, "iro", None),
)


@dataclass
class Council:
    """Ids by key: `people["auditor"]`, `teams["SAFE1"]`, `cases["100001"]`."""

    people: dict[str, UUID] = field(default_factory=dict)
    teams: dict[str, UUID] = field(default_factory=dict)
    cases: dict[str, UUID] = field(default_factory=dict)


def build_council() -> Council:
    """Add the council to the session (the caller saves)."""
    council = Council()
    _add_units(council)
    for row in STAFF:
        _add_person(council, *row)
    for case in CASES:
        _add_case(council, *case)
    # M3: one moderation of five would be blind, by chance. Here none is, unless a test says so.
    hold("blind_share", 0)
    return council


def hold(name: str, value: int) -> None:
    """Let a setting have had this value ever since the council began (the caller saves)."""
    row = db.session.scalars(select(Setting).filter_by(name=name, valid_from=STARTED)).first()
    if row is None:
        row = Setting(name=name, valid_from=STARTED)
        db.session.add(row)
    row.value, row.changed_at = value, now()
    db.session.flush()
    db.session.info.pop("settings", None)


def _add_units(council: Council) -> None:
    for code, name, parent in UNITS:
        team = Team(code=code, name=name, parent_id=council.teams.get(parent or ""))
        db.session.add(team)
        db.session.flush()
        council.teams[code] = team.id
    rebuild_tree()


def _add_person(council, key, name, kind, rank, line, unit, roles) -> None:
    email = f"{key}@example.test".replace("_", ".")
    person = Person(
        staff_id=f"S-{key}",
        external_id=f"W-{key}",
        name=name,
        name_key=name_key(name),
        email=email,
        source=PersonSource.ADMINISTRATOR,
    )
    post = Post(title=kind.words, kind=kind, rank=rank, line=line, team_id=council.teams[unit])
    db.session.add_all([person, post])
    db.session.flush()
    council.people[key] = person.id
    db.session.add(PostHolding(post_id=post.id, person_id=person.id, started_on=STARTED))
    db.session.add(Account(person_id=person.id, email=email))
    for role, scope, scope_unit in roles:
        grant(council, key, role, scope, scope_unit)


def grant(council: Council, key: str, role: Role, scope: Scope, unit: str | None) -> None:
    """Give a person one more role."""
    db.session.add(
        RoleGrant(
            person_id=council.people[key],
            role=role,
            scope=scope,
            team_id=council.teams[unit] if unit else None,
            valid_from=STARTED,
        )
    )


def _add_case(council, reference, plan_type, family, unit, worker, iro, chair) -> None:
    people = council.people
    case = Case(
        reference=reference,
        plan_type=plan_type,
        family_reference=family,
        age_band="5 to 9",
        team_id=council.teams[unit],
        worker_id=people.get(worker or ""),
        iro_id=people.get(iro or ""),
        chair_id=people.get(chair or ""),
        opened_on=now().date() - timedelta(days=400),
        as_at=now().date(),
    )
    db.session.add(case)
    db.session.flush()
    council.cases[reference] = case.id
    for role, key in (
        (InvolvementRole.SOCIAL_WORKER, worker),
        (InvolvementRole.IRO, iro),
        (InvolvementRole.CHAIR, chair),
    ):
        if key:
            db.session.add(
                Involvement(
                    case_id=case.id,
                    person_id=people[key],
                    team_id=council.teams[unit],
                    role=role,
                    started_on=now().date() - timedelta(days=300),
                )
            )


def find(model, **by):
    """The one row with these values."""
    return db.session.scalars(select(model).filter_by(**by)).one()
