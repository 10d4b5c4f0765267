"""Every audit as it is planned, and who moderates it: what ordinary and special ones share."""

from datetime import date
from random import Random
from typing import Final

from qa_app.accounts.models import PostKind
from qa_app.database import new_id
from qa_app.demo.cases import CaseFile
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.pieces import Piece
from qa_app.demo.ties import Independence
from qa_app.demo.words import phrases
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState

_S = AuditState
_LONGEST_WAIT: Final = 9
_LONGEST_URGENT: Final = 2


class Pieces:
    """The audits planned so far, in `planned`."""

    def __init__(
        self, rng: Random, days: Days, council: Council, independence: Independence
    ) -> None:
        self.rng, self.days, self.independence = rng, days, independence
        self.planned: list[Piece] = []
        self.moderators = council.of_kind(
            PostKind.HEAD_OF_SERVICE, PostKind.SERVICE_DIRECTOR, PostKind.CORPORATE_DIRECTOR
        )

    def add(
        self,
        month: Month,
        auditor: Member,
        case: CaseFile,
        state: AuditState,
        given: date,
        submitted: date | None,
    ) -> Piece:
        """Plan one more audit."""
        until = submitted or min(month.last, self.days.yesterday)
        begun = state not in (_S.GIVEN, _S.WITHDRAWN)
        started = self.days.working(self.rng, given, until) if begun else None
        selection, reason = self._selection()
        piece = Piece(
            id=new_id(),
            reference="",
            month=month,
            due=self.days.calendar.last_working_day_of(month.first),
            auditor=auditor,
            case=case,
            state=state,
            given=given,
            started=max(started, given) if started else None,
            submitted=submitted,
            moderated=None,
            auditor_grade=None,
            final_grade=None,
            concern=None,
            selection=selection,
            selection_reason=reason,
        )
        self.planned.append(piece)
        return piece

    def _selection(self) -> tuple[Selection, str]:
        chosen = self.rng.choices(
            (Selection.RANDOM, Selection.TARGETED, Selection.THEMATIC), (86, 9, 5)
        )[0]
        said = phrases("whole")["selection"].get(chosen.value, [""])
        return chosen, self.rng.choice(said).format(n="three", weeks="four")

    def moderation(self, piece: Piece) -> None:
        """Choose the moderator and the day; an audit whose day has not come still waits."""
        if piece.submitted is None:
            return
        if piece.state is _S.FINAL:
            most = _LONGEST_URGENT if piece.auditor_grade is Grade.INADEQUATE else _LONGEST_WAIT
            day = self.days.calendar.add_working_days(piece.submitted, self.rng.randint(1, most))
            piece.moderated = day
            if piece.special is not None:
                piece.moderated = min(day, self.days.yesterday)
            elif day > self.days.yesterday:
                piece.state, piece.final_grade, piece.moderated = _S.AWAITING_MODERATION, None, None
                return
        if piece.state is not _S.AWAITING_MODERATION and piece.moderator is None:
            piece.moderator = self._moderator(piece)

    def _moderator(self, piece: Piece) -> Member:
        able = [each for each in self.moderators if self.may_moderate(each, piece)]
        if piece.special is not None and piece.special.answered:
            # Somebody is to be senior to them (M5).
            able = [each for each in able if each.kind is PostKind.HEAD_OF_SERVICE]
        grave = piece.auditor_grade is Grade.INADEQUATE
        weights = [3 if (each.kind is PostKind.HEAD_OF_SERVICE) != grave else 2 for each in able]
        return self.rng.choices(able, weights)[0]

    def may_moderate(self, who: Member, piece: Piece) -> bool:
        """Whether M2 and S6 let them, from another service than the audited one."""
        return self.independence.may_moderate(who, piece.auditor, piece.case, piece.period)

    def able_blind(self, piece: Piece) -> list[Member]:
        """The heads of other services, who cannot read the audit before they take it (M3)."""
        heads = [each for each in self.moderators if each.kind is PostKind.HEAD_OF_SERVICE]
        return [each for each in heads if self.may_moderate(each, piece)]

    def seniors(self, piece: Piece, to: Member) -> list[Member]:
        """Those who may decide where its auditor disagrees with this moderator (M5)."""
        return [
            each
            for each in self.moderators
            if each.rank > to.rank and self.may_moderate(each, piece)
        ]
