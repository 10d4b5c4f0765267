"""The home page's tables as rows of cells: links, dates and words are made before the template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from qa_app.cases.models import ImportKind
from qa_app.domain.workflow import SUBMITTED, AuditState
from qa_app.formatting import count_words, date_words, datetime_words, due_words
from qa_app.home.queries import (
    Asked,
    Discussion,
    Inadequate,
    PlanWaiting,
    SharedAudit,
    TeamAudit,
    ToCheck,
    ToDo,
    ToNote,
    ToRead,
    Worry,
)
from qa_app.home.sections import Waiting
from qa_app.tracker.models import Action, ActionSource

Cell = str | int | dict[str, str]

_IMPORTS = {
    ImportKind.SSD: "Case system’s extract",
    ImportKind.AUDITS: "Old audit workbook",
    ImportKind.PEOPLE: "People file",
}


@dataclass(frozen=True)
class Table:
    """One table for `data_table`: its caption, headings and rows."""

    id: str
    caption: str
    columns: list[dict[str, Any]]
    rows: list[list[Cell]]


def tables(waiting: Waiting, today: date) -> dict[str, Table]:
    """Every table that the home page shows, by its id; one without rows is left out."""
    made = [
        *_auditing(waiting, today),
        *_discussing(waiting, today),
        _table("my-actions", "Actions that you own, the soonest due first",
               "Action Kind Case Status Due", waiting.actions, _my_action(today)),
        *_practising(waiting, today),
        *_leading(waiting, today),
        _table("plans", "The longest asked for first", "Audit Case Team Inadequate_since Plan",
               waiting.plans.first, _plan(today)),
        _table("imports", "The latest imports, the newest first", "When What Loaded Refused",
               waiting.upkeep.imports if waiting.upkeep else None, _import),
    ]  # fmt: skip
    return {table.id: table for table in made if table.rows}


def _practising(waiting: Waiting, today: date) -> list[Table]:
    practising = waiting.practising
    if practising is None:
        return []
    return [
        _table("facts", "Audits of your work to check, the soonest due first",
               "Audit Case Auditor Check_by", practising.to_check, _facts(today)),
        _table("to-read", "Audits of your work that you can reply to",
               "Audit Case Auditor Read Reply_by", practising.to_read, _to_read(today)),
        _table("team", "Children of my team who are being audited, and by whom",
               "Case Auditor State Due", practising.team, _team_audit),
    ]  # fmt: skip


def _leading(waiting: Waiting, today: date) -> list[Table]:
    leading = waiting.leading
    if leading is None:
        return []
    total = count_words(leading.priorities.total, "priority action")
    return [
        _table("worries", "Significant-harm concerns that are open, the newest first",
               "Case Team Safe_now? What_has_been_done Since", leading.worries, _worry),
        _table("priority", f"The soonest due of {total}", "Action Case Owner Status Due",
               leading.priorities.first, _priority(today)),
        _table("inadequate", "Completed in the last 12 months, the oldest first",
               "Audit Case Team Completed", leading.inadequates, _inadequate),
    ]  # fmt: skip


def _auditing(waiting: Waiting, today: date) -> list[Table]:
    return [
        _table("to-do", "Audits that you have not finished, the soonest due first",
               "Audit Case Team State Due", waiting.to_do, _to_do(today)),
        _table("shared", "Audits that you do with their auditor, the soonest due first",
               "Audit Case Team Auditor State Due", waiting.shared, _shared(today)),
        _table("to-note", "Audits of mine that are final, the earliest due first",
               "Audit Case Team Final", waiting.to_note, _to_note),
    ]  # fmt: skip


def _discussing(waiting: Waiting, today: date) -> list[Table]:
    queue = waiting.leading.queue if waiting.leading else None
    return [
        _table("answers", "Audits whose moderator waits for your answer, the soonest due first",
               "Audit Case Team Moderator Answer_by", waiting.asked, _answer(today)),
        _table("discussions", "Audits whose grade you see differently, those to answer first",
               "Audit Case Auditor State Answer_by",
               queue.discussions if queue else None, _discussion(today)),
    ]  # fmt: skip


def _table(
    name: str,
    caption: str,
    headings: str,
    things: Sequence[Any] | None,
    row: Callable[[Any], list[Cell]],
) -> Table:
    columns: list[dict[str, Any]] = [
        {"text": heading.replace("_", " "), "numeric": heading in ("Loaded", "Refused")}
        for heading in headings.split()
    ]
    return Table(name, caption, columns, [row(thing) for thing in things or ()])


def _due(due_on: date | None, today: date) -> str:
    words = due_words(due_on, today)
    return words[0].upper() + words[1:]


def _action_due(action: Action, today: date) -> str:
    # No clock runs on an imported action: it is history, and has a date but no lateness (E6).
    if action.source is ActionSource.IMPORTED:
        return f"Was due {date_words(action.due_on)}"
    return _due(action.due_on, today)


def _asked_of(audit: ToDo) -> str:
    """What somebody else asks of the auditor; empty where it is the audit itself."""
    if audit.state is AuditState.RETURNED:
        return "Answer the moderator" if audit.returned else "Correct the facts"
    return f"Answer {count_words(audit.points, 'point')} about the facts" if audit.points else ""


def _to_do(today: date) -> Callable[[ToDo], list[Cell]]:
    def row(audit: ToDo) -> list[Cell]:
        href = url_for("audits.show", audit_id=audit.id)
        aged = f", aged {audit.age_band}" if audit.age_band else ""
        due = _asked_of(audit) or _due(audit.due_on, today)
        case = f"{audit.case_reference}{aged}"
        return [_link(audit.reference, href), case, audit.team or "–", audit.state.words, due]

    return row


def _shared(today: date) -> Callable[[SharedAudit], list[Cell]]:
    def row(shared: SharedAudit) -> list[Cell]:
        link, case, team, state, due = _to_do(today)(shared.audit)
        # Its auditor sent it: nothing is due of the second one.
        sent = shared.audit.state in SUBMITTED
        return [link, case, team, shared.auditor, state, "–" if sent else due]

    return row


def _answer(today: date) -> Callable[[Asked], list[Cell]]:
    def row(asked: Asked) -> list[Cell]:
        audit = asked.audit
        link = _link(audit.reference, url_for("moderation.answer", audit_id=audit.id))
        due = _due(asked.answer_by, today)
        return [link, audit.case_reference, audit.team or "–", asked.moderator, due]

    return row


def _discussion(today: date) -> Callable[[Discussion], list[Cell]]:
    def row(found: Discussion) -> list[Cell]:
        link = _link(found.reference, url_for("moderation.show_result", audit_id=found.id))
        asked = found.state is AuditState.IN_DISCUSSION
        due = _due(found.due_on, today) if asked else "–"
        return [link, found.case_reference, found.auditor, found.state.words, due]

    return row


def _to_note(note: ToNote) -> list[Cell]:
    href = url_for("audits.record", audit_id=note.audit.id)
    audit = note.audit
    team = audit.team or "–"
    return [_link(audit.reference, href), audit.case_reference, team, date_words(note.final_at)]


def _my_action(today: date) -> Callable[[Action], list[Cell]]:
    def row(action: Action) -> list[Cell]:
        return [
            _action_link(action),
            action.kind.words,
            action.case_reference,
            action.status.words,
            _action_due(action, today),
        ]

    return row


def _priority(today: date) -> Callable[[Action], list[Cell]]:
    def row(action: Action) -> list[Cell]:
        return [
            _action_link(action),
            action.case_reference,
            action.owner_name or "–",
            action.status.words,
            _action_due(action, today),
        ]

    return row


def _plan(today: date) -> Callable[[PlanWaiting], list[Cell]]:
    def row(plan: PlanWaiting) -> list[Cell]:
        link = _link(plan.reference, url_for("audits.plan", audit_id=plan.id))
        due = _due(plan.due_on, today) if plan.due_on is not None else "To be agreed"
        return [link, plan.case_reference, plan.team or "–", date_words(plan.since), due]

    return row


def _team_audit(audit: TeamAudit) -> list[Cell]:
    case: Cell = audit.case_reference
    if audit.readable or audit.mine:
        page = "audits.show" if audit.readable else "audits.contribution"
        case = _link(audit.case_reference, url_for(page, audit_id=audit.id))
    return [case, audit.auditor, audit.state.words, date_words(audit.due_on)]


def _facts(today: date) -> Callable[[ToCheck], list[Cell]]:
    def row(asked: ToCheck) -> list[Cell]:
        audit = asked.audit
        link = _link(audit.reference, url_for("audits.facts", audit_id=audit.id))
        return [link, audit.case_reference, audit.auditor, _due(asked.until, today)]

    return row


def _to_read(today: date) -> Callable[[ToRead], list[Cell]]:
    def row(found: ToRead) -> list[Cell]:
        audit = found.audit
        link = _link(audit.reference, url_for("audits.show", audit_id=audit.id))
        read = date_words(found.acknowledged_at) if found.acknowledged_at else "Not yet"
        by = _due(found.until, today) if found.until else "Not final yet"
        by += " (begun)" if found.drafted else ""
        return [link, audit.case_reference, audit.auditor, read, by]

    return row


def _worry(worry: Worry) -> list[Cell]:
    return [
        _link(worry.case_reference, url_for("concerns.show", concern_id=worry.id)),
        worry.team or "–",
        worry.safe,
        worry.stands,
        datetime_words(worry.raised_at),
    ]


def _inadequate(audit: Inadequate) -> list[Cell]:
    return [
        _link(audit.reference, url_for("audits.show", audit_id=audit.id)),
        audit.case_reference,
        audit.team or "–",
        date_words(audit.completed_on),
    ]


def _import(found: tuple[Any, int]) -> list[Cell]:
    run, refused = found
    return [datetime_words(run.at), _IMPORTS[run.kind], f"{run.loaded:,}", f"{refused:,}"]


def _action_link(action: Action) -> Cell:
    return _link(action.reference, url_for("tracker.show", action_id=action.id))


def _link(text: str, href: str) -> dict[str, str]:
    return {"text": text, "href": href}
