"""Who was heard: the social worker, the team manager, the child, the parents or carers (A5)."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from forms.audits import YES_NO, BoxSpec, Kind
from qa_app.audits.models import Audit
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import boxes_page, save_boxes
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.way import after_page
from qa_app.domain.answers import FAMILY, VoiceOf
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required


def voice_specs(voice: VoiceOf) -> list[BoxSpec]:
    """The boxes for one voice. A family is asked only once it is known to be safe to (A5)."""
    who, name = voice.words, f"voice.{voice.value}"
    if voice not in FAMILY:
        return [
            BoxSpec(f"{name}.obtained", Kind.CHOICE, f"Did you talk it through with {who}?", "",
                    YES_NO),
            BoxSpec(f"{name}.on", Kind.DATE, "On what day?"),
            BoxSpec(f"{name}.why_not", Kind.TEXT,
                    f"Why was it not talked through with {who}?", rows=2),
        ]  # fmt: skip
    return [
        BoxSpec(f"{name}.obtained", Kind.CHOICE, f"Did {who} give their view?", "", YES_NO),
        BoxSpec(
            f"{name}.safe_to_contact",
            Kind.CHOICE,
            f"Had the social worker confirmed that it was safe to contact {who}?",
            "Think of domestic abuse and of enquiries under way.",
            YES_NO,
        ),
        BoxSpec(f"{name}.on", Kind.DATE, f"On what day did {who} give their view?"),
        BoxSpec(f"{name}.said", Kind.TEXT, "What did they say?", "Their own words, no names.",
                rows=4),
        BoxSpec(f"{name}.why_not", Kind.TEXT, f"Why is there no view from {who}?", rows=2),
    ]  # fmt: skip


@blueprint.route("/<uuid:audit_id>/voices", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def voices(audit_id: UUID) -> ResponseReturnValue:
    """Whether each of four was heard: when and what, or why not."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "voices")
    specs = [spec for voice in VoiceOf for spec in voice_specs(voice)]
    page = boxes_page(audit, draft, specs)
    if page.sent:
        return save_boxes(page, lambda: after_page(draft, "voices"))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/voices.html",
        audit,
        status=page.status,
        form=page.form,
        versions=page.shown,
        voices=[(voice, voice in FAMILY) for voice in VoiceOf],
    )
