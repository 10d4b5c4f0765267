"""Who may audit which cases (S6): ties, teams, declared interests and waivers put together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.audits.models import DeclaredInterest, Waiver
from qa_app.audits.queries.ties import File, families, gather, of_the_team, ties_to_case
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import add_months
from qa_app.domain.independence import IndependenceFacts, Period

_Declared = Mapping[UUID, Mapping[UUID, datetime]]
"""case → person → when they declared their interest."""


def period_under_review(today: date) -> Period:
    """The months that an audit begun today looks back over (A1), both days included."""
    return add_months(today, -settings.number("period_under_review", today)), today


def independence_of(case: Case, today: date) -> IndependenceFacts:
    """The facts of one case for everybody: as many queries for one auditor as for a hundred."""
    return independence_of_many([case], today)[case.id]


def independence_of_many(cases: Collection[Case], today: date) -> dict[UUID, IndependenceFacts]:
    """case id → what S6 reads about it, for everybody: at most eight queries for any number.

    Managers are those who held a line post in a team while a worker of that team had the child.
    """
    period = period_under_review(today)
    family_of = families(cases)
    files = {file.id: file for family in family_of.values() for file in family}
    gathered = gather(files, period)
    declared = _declared(files)
    waivers = _unused_waivers(family_of, declared)
    return {
        case.id: IndependenceFacts(
            period=period,
            ties=tuple(ties_to_case(case.id, family_of[case.id], gathered)),
            team_id=case.team_id,
            of_the_team=frozenset(of_the_team(case.team_id, gathered)),
            interests=frozenset(declared.get(case.id, ())),
            family_interests=_in_family(case.id, family_of[case.id], declared),
            waivers=waivers.get(case.id, {}),
        )
        for case in cases
    }


def _in_family(case_id: UUID, family: Iterable[File], declared: _Declared) -> frozenset[UUID]:
    others = (file.id for file in family if file.id != case_id)
    return frozenset(person for other in others for person in declared.get(other, ()))


def _declared(case_ids: Iterable[UUID]) -> _Declared:
    query = select(
        DeclaredInterest.case_id, DeclaredInterest.person_id, DeclaredInterest.declared_at
    ).where(DeclaredInterest.case_id.in_(set(case_ids)), DeclaredInterest.withdrawn_at.is_(None))
    found: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    for case_id, person_id, at in db.session.execute(query):
        found[case_id][person_id] = at
    return found


def _unused_waivers(
    family_of: Mapping[UUID, Iterable[File]], declared: _Declared
) -> dict[UUID, dict[UUID, UUID]]:
    """case → auditor → the waiver that stands for one audit yet to be given.

    It knew nothing of an interest that was declared after it: such a one bars again.
    """
    query = select(Waiver.id, Waiver.case_id, Waiver.auditor_id, Waiver.granted_at).where(
        Waiver.case_id.in_(set(family_of)), Waiver.ended_at.is_(None), Waiver.audit_id.is_(None)
    )
    found: dict[UUID, dict[UUID, UUID]] = defaultdict(dict)
    for waiver_id, case_id, auditor_id, granted_at in db.session.execute(query):
        interests = (declared.get(file.id, {}).get(auditor_id) for file in family_of[case_id])
        if all(at is None or at <= granted_at for at in interests):
            found[case_id][auditor_id] = waiver_id
    return found
