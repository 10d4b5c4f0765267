"""Who was heard: the social worker, the team manager, the child, the parents or carers (A5)."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue

from forms.audits import YES_NO, BoxSpec, Choices, DraftForm, Kind
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.conversations import Talk, standing_conversation, talks_to_confirm
from qa_app.audits.queries.hearing import MAY_SHOW, MEND, quote_marks, views_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import BoxesPage, boxes_page, save_boxes
from qa_app.audits.views.frame import writing_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.way import after_page
from qa_app.audits.whole import AT_ONCE
from qa_app.database import now
from qa_app.domain.answers import FAMILY, VoiceOf
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required

WHO_READS: Choices = [
    ("no", "Everybody who reads this audit, the social worker and their managers among them"),
    ("yes", "In confidence: only those who work on this audit, and the QA lead"),
]


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
    return _family_specs(who, name)


def _family_specs(who: str, name: str) -> list[BoxSpec]:
    return [
        BoxSpec(
            f"{name}.safe_to_contact",
            Kind.CHOICE,
            f"Has the social worker confirmed that it is safe to contact {who}?",
            "Asked first, because a call at the wrong time can put somebody at risk: think of "
            "domestic abuse, and of enquiries under way.",
            YES_NO,
        ),
        BoxSpec(f"{name}.obtained", Kind.CHOICE, f"Did {who} give their view?", "", YES_NO),
        BoxSpec(f"{name}.on", Kind.DATE, f"On what day did {who} give their view?"),
        BoxSpec(f"{name}.said", Kind.TEXT, "What did they say?", "Their own words, no names.",
                rows=4),
        BoxSpec(
            f"{name}.in_confidence",
            Kind.CHOICE,
            "Who may read these words?",
            "Ask them. That they gave their view is shown to every reader.",
            WHO_READS,
        ),
        BoxSpec(f"{name}.why_not", Kind.TEXT, f"Why is there no view from {who}?", rows=2),
    ]  # fmt: skip


@blueprint.route("/<uuid:audit_id>/voices", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def voices(audit_id: UUID) -> ResponseReturnValue:
    """Whether each of four was heard: when and what, or why not."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE, options=AT_ONCE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "voices")
    specs = [spec for voice in VoiceOf for spec in voice_specs(voice)]
    page = boxes_page(audit, draft, specs)
    if page.sent:
        return save_boxes(page, lambda: _after_saving(page))
    standing = standing_conversation(audit)
    talks = talks_to_confirm(standing, draft.voices, now())
    note_access("audit_viewed", audit, audit_id=audit.id)
    return writing_page(
        "audits/voices.html",
        draft,
        "voices",
        status=page.status,
        form=page.form,
        versions=page.shown,
        voices=[(voice, voice in FAMILY) for voice in VoiceOf],
        conversation=standing,
        talks=talks,
        taken=_take_over(page.form, talks),
        views=views_of(audit),
        at=now(),
    )


def _take_over(form: DraftForm, talks: Mapping[VoiceOf, Talk]) -> VoiceOf | None:
    """Put a conversation that is over into the boxes as the answer, where its link asks for it.

    Nothing is saved by that: the auditor looks at it and saves the page.
    """
    asked = request.args.get("talked") if request.method == "GET" else None
    voice = next((each for each in talks if each.value == asked), None)
    if voice is not None:
        form[f"voice.{voice.value}.obtained"].data = "yes"
        form[f"voice.{voice.value}.on"].process(None, talks[voice].on)
    return voice


def _after_saving(page: BoxesPage) -> str:
    """The next page; a note goes along where what was saved may show who said it."""
    saved = Draft(page.audit)
    texts = {
        f"voice.{voice.value}.said": row.said
        for voice, row in saved.voices.items()
        if row.obtained and row.said
    }
    if quote_marks(saved, texts):
        flash(f"Saved. Look again at what the child or family said. {MAY_SHOW} {MEND}", "info")
    return after_page(page.draft, "voices")
