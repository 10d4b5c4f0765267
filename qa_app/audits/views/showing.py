"""One audit: its task list while it is open, what was found once it was submitted."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from qa_app.audits import queries
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.amending import amendments_of
from qa_app.audits.queries.comments import comments_of, standing_round
from qa_app.audits.queries.earlier import earlier_of
from qa_app.audits.queries.facts import facts_of
from qa_app.audits.queries.sidebyside import again_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.way import judgement_tasks, section_tasks
from qa_app.audits.whole import WholeDraft
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party, Permission
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from qa_app.security import actor, can, fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>")
@permission_required(Permission.AUDIT_SEE)
def show(audit_id: UUID) -> ResponseReturnValue:
    """The task list for its auditor; its progress, or what it found, for everybody else. A blind
    moderator is shown the way to their moderation, and nothing more (M3)."""
    seen = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    if is_moderating(seen, Party.BLIND_MODERATOR):
        note_access("audit_viewed_blind", seen, audit_id=seen.id)
        return audit_page("audits/moderating.html", seen)
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_READ)
    note_access("audit_viewed", audit, audit_id=audit.id)
    if audit.state in OPEN_FOR_WRITING or audit.state is AuditState.WITHDRAWN:
        return _show_open(audit)
    if is_moderating(audit):
        return audit_page("audits/moderating.html", audit)
    return audit_page(
        "audits/show.html",
        audit,
        reading=queries.reading_of(audit, inside=can(Permission.AUDIT_READ_CONFIDENCE, audit)),
        actions=queries.actions_of(audit),
        timeline=queries.timeline_of(audit),
        is_imported=audit.source is AuditSource.IMPORTED,
        facts=facts_of(audit),
        rounds=comments_of(audit),
        amendments=amendments_of(audit),
        again=again_of(audit, actor(), london_date(now())),
    )


def _show_open(audit: Audit) -> ResponseReturnValue:
    draft = WholeDraft(audit).read_everything()
    sections, judgement = section_tasks(draft), judgement_tasks(draft)
    tasks = [*sections, *judgement]
    return audit_page(
        "audits/tasks.html",
        audit,
        draft=draft,
        earlier=earlier_of(audit, actor()),
        sections=sections,
        judgement=judgement,
        waiting=len(draft.possible) - len(draft.sections),
        done=sum(task.done for task in tasks),
        count=len(tasks),
        complete=not draft.gaps,
        writes=can(Permission.AUDIT_WRITE, audit) and audit.state is not AuditState.WITHDRAWN,
        others=queries.writing_too(audit, signed_in_id(), now()),
        onward=next((task for task in tasks if not task.done), None),
        today=london_date(now()),
        timeline=queries.timeline_of(audit),
        facts=facts_of(audit),
        asked=standing_round(draft),
        since=draft.since,
    )


def is_moderating(audit: Audit, part: Party = Party.MODERATOR) -> bool:
    """Whether it is read where it is moderated: a blind moderation hides what it must (M3)."""
    return audit.state is AuditState.IN_MODERATION and any(
        party.party is part and party.person_id == signed_in_id() for party in audit.parties
    )
