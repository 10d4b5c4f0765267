"""Puts audits of the old workbook into the tables, many at a time."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from qa_app.accounts.models import PostKind, name_key
from qa_app.audits.models import Audit, AuditParty, AuditSource, Finding, GradeRow, GradeSource
from qa_app.audits.workbook import lookup
from qa_app.audits.workbook.fields import AuditRow
from qa_app.audits.workbook.lookup import Staff, Unit
from qa_app.bulk import insert_columns, new_ids
from qa_app.domain.actions import ActionKind
from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.tracker.services import import_actions

NO_ACTION_WRITTEN = "The old workbook says that significant harm was likely and names no action."
_NO_UNIT = Unit("", "", None)


class _Moments(dict[date, datetime]):
    """Noon in London on each day: a workbook knows the day and not the hour."""

    def __missing__(self, day: date) -> datetime:
        noon = datetime.combine(day, time(12), LONDON).astimezone(UTC)
        self[day] = noon
        return noon


class Storing:
    """Stores rows, recognising people, teams and cases; `run_id` is the import they belong to."""

    def __init__(
        self,
        run_id: UUID,
        record_moderations: Callable[[Sequence[Any]], None],
        cases: dict[str, str],
    ) -> None:
        self.run_id = run_id
        self.record_moderations = record_moderations
        self.cases = cases
        self.people = lookup.Directory()
        self.units = lookup.units()
        self.moments = _Moments()

    def store(self, rows: Sequence[AuditRow]) -> list[UUID]:
        """Add these audits with their grades, findings, moderations and actions; their ids."""
        ids = new_ids(len(rows))
        auditors = [self.people.find(row.auditor, row.post) for row in rows]
        moderators = [self.people.find(row.moderator) if row.moderator else None for row in rows]
        units = [self.units[name_key(row.team)] if row.team else _NO_UNIT for row in rows]
        moments = [self.moments[row.completed_on] for row in rows]
        self._audits(ids, rows, auditors, units, moments)
        self._parties(ids, rows, auditors, moderators)
        self._grades(ids, rows, auditors, moderators, moments)
        self._findings(ids, rows, moments)
        self._moderations(ids, rows, moderators, moments)
        self._actions(ids, rows, auditors, units, moments)
        return [UUID(audit_id) for audit_id in ids]

    def _audits(
        self,
        ids: list[str],
        rows: Sequence[AuditRow],
        auditors: list[Staff | None],
        units: list[Unit],
        moments: list[datetime],
    ) -> None:
        final = [row.final_grade is not None for row in rows]
        columns = {
            "id": ids,
            "reference": [row.audit_ref for row in rows],
            "state": [
                AuditState.FINAL if done else AuditState.AWAITING_MODERATION for done in final
            ],
            "source": AuditSource.IMPORTED,
            "selection": Selection.NOT_RECORDED,
            "case_id": [self.cases.get(row.case_ref) for row in rows],
            "case_reference": [row.case_ref for row in rows],
            "team_id": [unit.id or None for unit in units],
            "team_name": [unit.name for unit in units],
            "service_id": [unit.service_id for unit in units],
            "auditor_id": [_id(staff) for staff in auditors],
            "auditor_name": _names(auditors, [row.auditor for row in rows]),
            "auditor_post": [_post(row, staff) for row, staff in zip(rows, auditors, strict=True)],
            "submitted_at": moments,
            "completed_on": [row.completed_on for row in rows],
            "completed_month": [row.completed_on.replace(day=1) for row in rows],
            "auditor_grade": [row.auditor_grade for row in rows],
            "final_grade": [row.final_grade for row in rows],
            "final_at": [at if done else None for at, done in zip(moments, final, strict=True)],
            "import_run_id": self.run_id,
            "import_hash": [row.digest.hex() for row in rows],
        }
        _insert(Audit, columns, len(rows))

    def _parties(
        self,
        ids: list[str],
        rows: Sequence[AuditRow],
        auditors: list[Staff | None],
        moderators: list[Staff | None],
    ) -> None:
        """Pin the auditor, and a moderator who is named but has given no grade yet."""
        found: list[tuple[Any, ...]] = [
            (audit_id, Party.AUDITOR, staff.id, staff.name)
            for audit_id, staff in zip(ids, auditors, strict=True)
            if staff
        ]
        found += [
            (audit_id, Party.MODERATOR, staff.id if staff else None, row.moderator)
            for audit_id, row, staff in zip(ids, rows, moderators, strict=True)
            if row.moderator and row.final_grade is None
        ]
        _insert_rows(AuditParty, ("audit_id", "party", "person_id", "name"), found)

    def _grades(
        self,
        ids: list[str],
        rows: Sequence[AuditRow],
        auditors: list[Staff | None],
        moderators: list[Staff | None],
        moments: list[datetime],
    ) -> None:
        """Each grade is a row of its own (M7); a moderator's is the final one (measures.md)."""
        given = [n for n, row in enumerate(rows) if row.auditor_grade is not None]
        final = [n for n, row in enumerate(rows) if row.final_grade is not None]
        moderated = [n for n in final if rows[n].moderator]
        by: list[Staff | None]
        for source, those, by in (
            (GradeSource.AUDITOR, given, auditors),
            (GradeSource.MODERATOR, moderated, moderators),
            (GradeSource.FINAL, final, []),
        ):
            grade = "auditor_grade" if source is GradeSource.AUDITOR else "final_grade"
            columns = {
                "audit_id": [ids[n] for n in those],
                "source": source,
                "grade": [getattr(rows[n], grade) for n in those],
                "at": [moments[n] for n in those],
                "by": [_id(by[n]) for n in those] if by else None,
            }
            _insert(GradeRow, columns, len(those))

    def _findings(self, ids: list[str], rows: Sequence[AuditRow], moments: list[datetime]) -> None:
        for kind, texts in (
            (FindingKind.STRENGTH, [row.strengths for row in rows]),
            (FindingKind.DEVELOPMENT, [row.areas_for_development for row in rows]),
        ):
            those = [n for n, text in enumerate(texts) if text]
            columns = {
                "audit_id": [ids[n] for n in those],
                "kind": kind,
                "text": [texts[n] for n in those],
                "added_at": [moments[n] for n in those],
            }
            _insert(Finding, columns, len(those))

    def _moderations(
        self,
        ids: list[str],
        rows: Sequence[AuditRow],
        moderators: list[Staff | None],
        moments: list[datetime],
    ) -> None:
        self.record_moderations(
            [
                {
                    "audit_id": audit_id,
                    "moderator_id": _id(staff),
                    "moderator_name": staff.name if staff else row.moderator,
                    "committed_at": at,
                }
                for audit_id, row, staff, at in zip(ids, rows, moderators, moments, strict=True)
                if row.moderator and row.final_grade is not None
            ]
        )

    def _actions(
        self,
        ids: list[str],
        rows: Sequence[AuditRow],
        auditors: list[Staff | None],
        units: list[Unit],
        moments: list[datetime],
    ) -> None:
        """A concern about significant harm makes a priority action, raised on the audit's day."""
        actions: list[Any] = [
            {
                "reference": f"{row.audit_ref}/1",
                "source_key": f"workbook:{row.audit_ref}",
                "kind": (ActionKind.PRIORITY if row.significant_harm else ActionKind.IMPROVEMENT),
                "what": row.action or NO_ACTION_WRITTEN,
                "audit_id": audit_id,
                "audit_reference": row.audit_ref,
                "case_reference": row.case_ref,
                "team_id": unit.id or None,
                "auditor_id": _id(staff),
                "owner_id": None,
                "owner_name": "",
                "owner_post": "",
                "raised_at": at,
                "raised_on": row.completed_on,
                "due_on": row.action_due_on,
                "done_on": row.action_done_on,
            }
            for audit_id, row, staff, unit, at in zip(
                ids, rows, auditors, units, moments, strict=True
            )
            if row.action or row.significant_harm
        ]
        import_actions(actions)


def _id(staff: Staff | None) -> str | None:
    return staff.id if staff else None


def _names(staff: list[Staff | None], written: list[str]) -> list[str]:
    return [person.name if person else name for person, name in zip(staff, written, strict=True)]


def _post(row: AuditRow, staff: Staff | None) -> PostKind:
    """The recognised person's own post; else the one written; else none that is counted."""
    if staff and staff.post and staff.post is not PostKind.OTHER:
        return staff.post
    return row.post or PostKind.OTHER


def _insert_rows(model: Any, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        columns = zip(names, map(list, zip(*rows, strict=True)), strict=True)
        _insert(model, dict(columns), len(rows))


def _insert(model: Any, columns: dict[str, Any], count: int) -> None:
    insert_columns(model.__table__, columns, count)
