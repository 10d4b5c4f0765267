"""Cases and involvements of the extract, in bulk: a few queries, whatever their number."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, select, update

from qa_app import history
from qa_app.bulk import insert_columns
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.cases.ssd.counts import Count
from qa_app.cases.ssd.extract import Extract, ExtractCase
from qa_app.cases.ssd.parties import ExtractInvolvement
from qa_app.cases.ssd.rows import Involved
from qa_app.database import Base, db, new_id

BATCH: Final = 2_000

# A manager or panel member involved in a case as such has decided about it (S6).
ROLES: Final = {
    Involved.WORKER: InvolvementRole.SOCIAL_WORKER,
    Involved.PERSONAL_ADVISER: InvolvementRole.SOCIAL_WORKER,
    Involved.IRO: InvolvementRole.IRO,
    Involved.CHAIR: InvolvementRole.CHAIR,
    Involved.TEAM_MANAGER: InvolvementRole.DECISION_MAKER,
    Involved.DECISION_MAKER: InvolvementRole.DECISION_MAKER,
}

CASE_FIELDS: Final = {
    "plan_type": "plan type",
    "family_reference": "family",
    "age_band": "age band",
    "team_id": "team",
    "worker_id": "social worker",
    "iro_id": "reviewing officer",
    "chair_id": "conference chair",
    "opened_on": "date opened",
    "closed_on": "date closed",
}
INVOLVEMENT_FIELDS: Final = ("case_id", "person_id", "team_id", "role", "started_on", "ended_on")


def load_cases(
    extract: Extract,
    teams: Mapping[str, UUID],
    people: Mapping[str, UUID],
    *,
    by: UUID | None,
    at: datetime,
) -> tuple[dict[str, UUID], Count]:
    """Bring cases to what the extract says; their ids by reference, and the counts.

    A case that closes, opens again, moves or changes keeps its row, and the history says what
    changed. A case that the extract does not hold, or that it refuses, stays as it is.
    """
    fields = list(CASE_FIELDS)
    before = _existing(Case, "reference", [*fields, "as_at"])
    ids = {reference: row["id"] for reference, row in before.items()}
    untold = _untold(extract)
    count = Count()
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for case in extract.cases:
        wanted = _case_values(case, teams, people)
        known = before.get(case.reference)
        if known is None:
            ids[case.reference] = new_id()
            row = {"id": ids[case.reference], "reference": case.reference, **wanted}
            added.append({**row, "as_at": extract.as_at})
            continue
        wanted |= {name: known[name] for name in untold if wanted[name] in (None, "")}
        differing = [name for name in fields if known[name] != wanted[name]]
        if differing or known["as_at"] != extract.as_at:
            changed.append({"id": known["id"], **wanted, "as_at": extract.as_at})
        if not differing:
            count.unchanged += 1
            continue
        count.changed += 1
        for verb, details in _events(known, wanted, differing):
            history.record(verb, _case(known["id"]), by=by, at=at, **details)
    count.new = len(added)
    for row in added:
        history.record("case_added", _case(row["id"]), by=by, at=at)
    _write(Case, added, changed)
    return ids, count


def _untold(extract: Extract) -> list[str]:
    """Fields about which a table that is missing would have told: empty ones stay as they were."""
    untold = [] if extract.has_families else ["family_reference"]
    if not extract.has_involvements:
        untold += ["worker_id", "team_id", "iro_id", "chair_id"]
    return untold


def _case(case_id: UUID) -> history.Reference:
    return history.Reference("case", case_id)


def _case_values(
    case: ExtractCase, teams: Mapping[str, UUID], people: Mapping[str, UUID]
) -> dict[str, Any]:
    return {
        "plan_type": case.plan_type,
        "family_reference": case.family_reference,
        "age_band": case.age_band,
        "team_id": teams.get(case.team or ""),
        "worker_id": people.get(case.worker or ""),
        "iro_id": people.get(case.iro or ""),
        "chair_id": people.get(case.chair or ""),
        "opened_on": case.opened_on,
        "closed_on": case.closed_on,
    }


def _events(
    known: Mapping[str, Any], wanted: Mapping[str, Any], differing: Sequence[str]
) -> Iterable[tuple[str, dict[str, Any]]]:
    """What the history says of a changed case: closed, opened again, and what else is new."""
    if known["closed_on"] is None and wanted["closed_on"] is not None:
        yield "case_closed", {"day": wanted["closed_on"]}
    if known["closed_on"] is not None and wanted["closed_on"] is None:
        yield "case_reopened", {}
    others = [CASE_FIELDS[name] for name in differing if name != "closed_on"]
    if others:
        yield "case_changed", {"fields": ", ".join(others)}


def load_involvements(
    extract: Extract,
    cases: Mapping[str, UUID],
    teams: Mapping[str, UUID],
    people: Mapping[str, UUID],
) -> Count:
    """Bring involvements to what the extract says.

    One that is open and that the case system no longer holds has ended by the extract's date; it is
    not deleted, because whoever was involved may not audit (S6).
    """
    before = _existing(Involvement, "external_id", list(INVOLVEMENT_FIELDS))
    count = Count()
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for item in extract.involvements:
        wanted = _involvement_values(item, cases, teams, people)
        known = before.pop(item.id, None)
        if known is None:
            added.append({"id": new_id(), "external_id": item.id, **wanted})
        elif any(known[name] != wanted[name] for name in INVOLVEMENT_FIELDS):
            changed.append({"id": known["id"], **wanted})
        else:
            count.unchanged += 1
    count.new, count.changed = len(added), len(changed)
    if extract.has_involvements:
        in_extract = {cases[case.reference] for case in extract.cases}
        gone = [row for row in before.values() if row["case_id"] in in_extract]
        gone = [row for row in gone if row["ended_on"] is None]
        count.ended = len(gone)
        changed += [_ended(row, extract.as_at) for row in gone]
    _write(Involvement, added, changed)
    return count


def _ended(row: Mapping[str, Any], day: date) -> dict[str, Any]:
    return {**row, "ended_on": max(row["started_on"], day)}


def _involvement_values(
    item: ExtractInvolvement,
    cases: Mapping[str, UUID],
    teams: Mapping[str, UUID],
    people: Mapping[str, UUID],
) -> dict[str, Any]:
    return {
        "case_id": cases[item.case],
        "person_id": people[item.professional],
        "team_id": teams.get(item.team or ""),
        "role": ROLES[item.role],
        "started_on": item.started_on,
        "ended_on": item.ended_on,
    }


def _existing(model: type[Base], key: str, fields: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows that an extract may change, by their key, as plain values (one query)."""
    names = ["id", key, *fields]
    columns = attrgetter(*names)(model)
    query = select(*columns).where(columns[1].is_not(None))
    found = {}
    for row in db.session.execute(query.execution_options(yield_per=10_000)):
        values = dict(zip(names, row, strict=True))
        found[values.pop(key)] = values
    return found


def _write(model: type[Base], added: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    if added:
        table = cast(Table, model.__table__)
        insert_columns(table, {name: [row[name] for row in added] for name in added[0]}, len(added))
    for start in range(0, len(changed), BATCH):
        db.session.execute(update(model), changed[start : start + BATCH])
