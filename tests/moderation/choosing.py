"""Choices about audits, as the submission would have stored them (M1, M3)."""

from qa_app.audits.models import Audit, ModerationChoice, ModerationSeed
from qa_app.database import db, now
from qa_app.domain.choosing import ChoiceReason


def chosen(audit: Audit, *, blind: bool = False, selected: bool = True) -> ModerationChoice:
    """What was chosen about the audit's newest submission."""
    month = audit.completed_month
    if db.session.get(ModerationSeed, month) is None:
        db.session.add(ModerationSeed(month=month, seed="the same seed", made_at=now()))
        db.session.flush()
    choice = ModerationChoice(
        audit_id=audit.id,
        at=audit.submitted_at,
        month=month,
        share=100 if selected else 0,
        ticket=5_000,
        selected=selected,
        reason=ChoiceReason.ALL if selected else ChoiceReason.NOT_CHOSEN,
        blind_share=100 if blind else 0,
        blind_ticket=5_000,
        blind=blind,
    )
    db.session.add(choice)
    db.session.flush()
    return choice
