"""What came of an audit's moderation, for everybody who may read the audit (M4 to M8)."""

from datetime import date
from functools import cached_property

from sqlalchemy import select

from qa_app.audits.models import Audit
from qa_app.audits.queries.amending import AmendmentReading, amendments_of
from qa_app.audits.queries.choosing import standing_choice, to_be_moderated
from qa_app.audits.queries.reading import Happening
from qa_app.database import db
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    AuditorsAnswer,
    Moderation,
    ModerationMode,
    ModerationReply,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries.comparing import Compared, SetAside, set_aside, side_by_side
from qa_app.moderation.queries.meeting import answer_clock
from qa_app.moderation.queries.reading import moderations_of, replies_of, way_of


class Outcome:
    """One audit's grades by source, what was said of them, and how it went.

    Grades are there once a moderation was committed or the audit is final: before that nobody's
    are shown here, so that no moderator's first ones are seen while they still think (M3).
    """

    def __init__(self, audit: Audit) -> None:
        self.audit = audit

    @cached_property
    def moderations(self) -> list[Moderation]:
        """Every moderation that came to something, newest first."""
        return moderations_of(self.audit.id)

    @cached_property
    def passed_by(self) -> bool:
        """Whether it was not chosen for moderation, and nobody moderates it all the same (M1): an
        open concern brings it to a moderator whatever was chosen."""
        choice = standing_choice(self.audit.id)
        if choice is None or choice.selected or self.moderations:
            return False
        waits = self.audit.state is AuditState.AWAITING_MODERATION
        return self.audit.state is AuditState.FINAL or (waits and not self._is_moderated)

    @property
    def _is_moderated(self) -> bool:
        query = select(Audit.id).where(Audit.id == self.audit.id, to_be_moderated())
        return db.session.scalars(query).first() is not None

    @cached_property
    def answer_by(self) -> date | None:
        """The last day for the auditor's answer, with absences noted since (M4); None without."""
        clock = answer_clock(self.audit)
        return None if clock is None else clock.due_on

    def _committed(self, stage: ModerationStage) -> Moderation | None:
        return next(
            (
                each
                for each in self.moderations
                if each.stage is stage and each.state is ModerationState.COMMITTED
            ),
            None,
        )

    @property
    def first(self) -> Moderation | None:
        """The first moderation, once committed."""
        return self._committed(ModerationStage.FIRST)

    @property
    def second(self) -> Moderation | None:
        """The second moderation, once it has decided."""
        return self._committed(ModerationStage.SECOND)

    @property
    def no_reply(self) -> bool:
        """Whether the moderator's grades stand because no answer came in time (M5)."""
        return self.first is not None and self.first.answer is AuditorsAnswer.NO_REPLY

    @cached_property
    def lines(self) -> list[Compared]:
        """Everybody's grades, overall first; empty while there is nothing to show."""
        shown = self.audit.graded and (self.first is not None or self.audit.final_at is not None)
        return side_by_side(self.audit) if shown else []

    @property
    def has_first_grades(self) -> bool:
        """Whether the moderator whose grades stand graded blind first: another one may have, and
        returned the audit, and then it was of what has been corrected since (M3)."""
        blind = self.first is not None and self.first.mode is ModerationMode.BLIND
        return blind and any(line.first is not None for line in self.lines)

    @property
    def has_second(self) -> bool:
        """Whether a second moderator has graded."""
        return any(line.second is not None for line in self.lines)

    @cached_property
    def replies(self) -> dict[str, ModerationReply]:
        """The auditor's answers by section code, and under OVERALL."""
        return replies_of(self.first.id) if self.first is not None and self.first.answer else {}

    @cached_property
    def set_aside(self) -> list[SetAside]:
        """Limits on the overall grade that somebody set aside (A7)."""
        if not self.lines:
            return []
        first, second = self.first, self.second
        return set_aside(
            self.audit,
            self.lines,
            moderator=first.moderator_name if first is not None else "",
            second=second.moderator_name if second is not None else "",
        )

    @cached_property
    def way(self) -> list[Happening]:
        """How it went, newest first."""
        return way_of(self.audit)

    @cached_property
    def amendments(self) -> list[AmendmentReading]:
        """Corrections since it became final, newest first (M8)."""
        return amendments_of(self.audit)
