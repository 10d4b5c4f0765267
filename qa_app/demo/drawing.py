"""What was drawn when an audit was sent: moderated or not, blind or sighted (M1, M3).

All audits are moderated, and the share of blind ones is the setting's. Nothing else depends on what
is drawn here: it has random numbers of its own.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Final

from qa_app.audits.models import ModerationChoice, ModerationSeed
from qa_app.demo.council import Council, Member
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.pieces import Drawn, Piece
from qa_app.demo.planning import Pieces
from qa_app.demo.words import phrases
from qa_app.domain.calendar import Month
from qa_app.domain.choosing import BLIND, MODERATE, ChoiceReason, is_below, ticket
from qa_app.domain.settings import default_number

MONTHS: Final = 12
"""How many months' audits have been drawn, this one among them."""

_SEED_DIGITS: Final = 32
_MADE_SIGHTED: Final = 0.04
_THOUGHT_ABOUT: Final = timedelta(hours=2)


class Drawing:
    """Draws for the audits sent in the last months, and writes it down."""

    def __init__(self, seed: int, council: Council, made: Pieces, ledger: Ledger) -> None:
        self.seed, self.council, self.made, self.ledger = seed, council, made, ledger
        self.share = default_number("moderated_share")
        self.blind_share = default_number("blind_share")
        self.seeds: dict[date, Row] = {}

    def draw(self, pieces: Sequence[Piece]) -> None:
        """Draw for each month; whoever could read a blind one does not moderate it."""
        for month in self.made.days.months[-MONTHS:]:
            sent = [each for each in pieces if _month_sent(each) == month]
            seed = next(each for each in self._seeds(month) if self._suits(each, sent))
            for piece in sent:
                piece.drawn = self._drawn(seed, piece)
                if piece.blind and piece.moderator is not None:
                    self._give_to_another(piece, piece.moderator)

    def _seeds(self, month: Month) -> Iterator[str]:
        for number in count():
            text = f"choice {self.seed} {month} {number}"
            yield hashlib.sha256(text.encode()).hexdigest()[:_SEED_DIGITS]

    def _suits(self, seed: str, sent: Sequence[Piece]) -> bool:
        """Whether the special audits come out as they are to be shown."""
        return all(
            each.special.blind is self._is_blind(seed, each)
            for each in sent
            if each.special is not None and each.special.blind is not None
        )

    def _is_blind(self, seed: str, piece: Piece) -> bool:
        drawn = ticket(seed, piece.reference, BLIND)
        return piece.concern is None and is_below(drawn, self.blind_share)

    def _drawn(self, seed: str, piece: Piece) -> Drawn:
        rng, blind = Random(f"drawn {piece.reference}"), self._is_blind(seed, piece)  # noqa: S311
        ordinary = piece.special is None or piece.special.blind is None
        sighted = blind and ordinary and rng.random() < _MADE_SIGHTED
        said = phrases("moderating")["drawing"]["sighted"]
        return Drawn(
            seed,
            ticket(seed, piece.reference, MODERATE),
            ticket(seed, piece.reference, BLIND),
            blind,
            rng.choice(said) if sighted else "",
        )

    def _give_to_another(self, piece: Piece, moderator: Member) -> None:
        able = self.made.able_blind(piece)
        if moderator not in able:
            rng = Random(f"blind {piece.reference}")  # noqa: S311  # only looked at
            piece.moderator = rng.choice(able)

    def write(self, told: Told) -> None:
        """Add the choice about one audit that was sent, with its month's seed."""
        piece = told.piece
        if piece.drawn is None:
            return
        at = known(told.submitted_at)
        month, drawn = known(_month_sent(piece)).first, piece.drawn
        self._seed(month, told)
        reason = ChoiceReason.ALL if piece.concern is None else ChoiceReason.CONCERN
        row = self.ledger.add(
            ModerationChoice,
            audit_id=piece.id,
            at=at,
            month=month,
            share=self.share,
            ticket=drawn.ticket,
            selected=True,
            reason=reason,
            blind_share=self.blind_share,
            blind_ticket=drawn.blind_ticket,
            blind=drawn.blind,
        )
        note = self.ledger.note
        note("moderation_chosen", "audit", piece.id, by=None, at=at, audit_id=piece.id,
             reason=reason.words)  # fmt: skip
        if drawn.sighted:
            lead, soon = self.council.qa_lead.id, self._soon(told)
            row |= {"sighted_reason": drawn.sighted, "sighted_by": lead, "sighted_at": soon}
            note("moderation_made_sighted", "audit", piece.id, by=lead, at=soon, audit_id=piece.id)

    def _seed(self, month: date, told: Told) -> None:
        """A month's seed was made when its first audit was sent."""
        at = known(told.submitted_at)
        if month not in self.seeds:
            self.seeds[month] = self.ledger.add(
                ModerationSeed, month=month, seed=known(told.piece.drawn).seed, made_at=at
            )
        row = self.seeds[month]
        row["made_at"] = min(row["made_at"], at)

    def _soon(self, told: Told) -> datetime:
        """Before anybody took it."""
        at = known(told.submitted_at)
        begun = told.moderated_at
        return at + (begun - at) / 2 if begun is not None else at + _THOUGHT_ABOUT


def _month_sent(piece: Piece) -> Month | None:
    return None if piece.submitted is None else Month.of(piece.submitted)
