"""An allocation as its page shows it: the proposal, what is wrong with it, and what would help.

Everything is read from the draw and its cases, so that a page of 5 cases costs what one of 37 does.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.accounts.post_kinds import PostKind
from qa_app.database import db
from qa_app.domain.allocation import Behind
from qa_app.domain.grades import listed
from qa_app.domain.proposal import Asked, Placed, Proposal
from qa_app.formatting import count_words
from qa_app.programme.models import Draw, DrawnCase
from qa_app.programme.queries.allocation import TO_GIVE
from qa_app.programme.queries.draws import cases_of, what_for

COLLEAGUE = (
    "The child’s reviewing officer or chair is a colleague: the moderator will be from another "
    "service, and grade that section"
)


class Against(NamedTuple):
    """Somebody whom S6 keeps from a case, with the reasons after their name."""

    id: UUID
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class CaseRow:
    """A case that is to be given: who gets it, and who may not have it."""

    drawn: DrawnCase
    placed: Placed
    name: str
    against: list[Against]

    @property
    def flags(self) -> list[str]:
        """What is to be known of the auditor with this case (S6)."""
        told = (
            (self.placed.waived, "A conflict was waived"),
            (self.placed.colleague, COLLEAGUE),
            (self.placed.own_service, "The auditor’s own service"),
            (self.placed.by_hand, "Chosen by hand"),
        )
        return [words for holds, words in told if holds]


@dataclass(frozen=True)
class Load:
    """One auditor: what is expected, what they have, and what they would get."""

    name: str
    post: str
    role: str
    expected: int
    given: int
    gets: int

    @property
    def total(self) -> int:
        """All that they would have."""
        return self.given + self.gets


@dataclass(frozen=True)
class Problem:
    """What is wrong, and what would help, each in a sentence."""

    title: str
    reasons: list[str]
    helps: list[str]


@dataclass(frozen=True)
class Shown:
    """The whole page. `proposal` is None where there is none for the cases that wait."""

    draw: Draw
    what_for: str
    waiting: list[DrawnCase]
    given: list[DrawnCase]
    proposal: Proposal | None
    rows: list[CaseRow]
    loads: list[Load]
    nobody: list[CaseRow]
    problems: list[Problem]

    @property
    def to_give(self) -> int:
        """How many audits would be given now."""
        return len(self.rows) - len(self.nobody)


def draw_to_allocate(draw_id: UUID) -> Draw | None:
    """The draw with its cycle or batch and its tool, without its list of cases (one query)."""
    query = (
        select(Draw)
        .where(Draw.id == draw_id)
        .options(joinedload(Draw.cycle), joinedload(Draw.batch), joinedload(Draw.tool_version))
    )
    return db.session.scalars(query).one_or_none()


def shown_allocation(draw: Draw) -> Shown:
    """What the page of an allocation shows (one query)."""
    cases = [each for each in cases_of(draw) if each.fate in TO_GIVE]
    waiting = [each for each in cases if each.audit_id is None]
    proposal = _current(draw, waiting)
    rows = [] if proposal is None else [_row(proposal, each) for each in waiting]
    return Shown(
        draw=draw,
        what_for=what_for(draw),
        waiting=waiting,
        given=[each for each in cases if each.audit_id is not None],
        proposal=proposal,
        rows=rows,
        loads=[] if proposal is None else _loads(proposal),
        nobody=[row for row in rows if row.placed.auditor is None],
        problems=[] if proposal is None else _problems(proposal, rows),
    )


def _current(draw: Draw, waiting: list[DrawnCase]) -> Proposal | None:
    if draw.allocation is None or not waiting:
        return None
    proposal = Proposal.from_json(draw.allocation)
    return proposal if set(proposal.cases) == {str(each.id) for each in waiting} else None


def _row(proposal: Proposal, drawn: DrawnCase) -> CaseRow:
    placed = proposal.cases[str(drawn.id)]
    return CaseRow(
        drawn,
        placed,
        proposal.people[placed.auditor].name if placed.auditor else "",
        [
            Against(UUID(bar.auditor), proposal.people[bar.auditor].name, bar.reasons)
            for bar in placed.barred
            if bar.auditor in proposal.people
        ],
    )


def _loads(proposal: Proposal) -> list[Load]:
    found = [
        Load(each.name, each.post, _role(each), each.expected, each.given, proposal.gets(key))
        for key, each in proposal.people.items()
    ]
    return sorted(found, key=lambda load: (load.role, load.name))


def _role(each: Asked) -> str:
    return PostKind(each.role).words


def _problems(proposal: Proposal, rows: list[CaseRow]) -> list[Problem]:
    found = [_nobody(proposal, row) for row in rows if row.placed.auditor is None]
    found += [_unfair(proposal, behind) for behind in proposal.assessment.behind]
    return found + _too_many(proposal)


def _nobody(proposal: Proposal, row: CaseRow) -> Problem:
    """S6: every auditor's reason, then who else could, and what else there is."""
    others = list(row.placed.others)
    helps = [f"Expect an audit of {other}: they may audit this case." for other in others[:5]]
    if len(others) > 5:
        helps.append(f"{count_words(len(others) - 5, 'other auditor')} may audit it too.")
    if not others:
        helps.append("Nobody who holds the role of auditor may audit it: ask an outside auditor.")
    helps += [
        "Ask for another case in its place: “No auditor is independent of this child”.",
        "Or consider a waiver, beside the names of those who may not audit it.",
    ]
    reasons = [f"{each.name} {listed(list(each.reasons))}." for each in row.against]
    return Problem(f"Nobody can take case {row.placed.reference}", reasons, helps)


def _unfair(proposal: Proposal, behind: Behind) -> Problem:
    """S7: who has less than the others, and which conflicts keep them from more."""
    each = proposal.people[behind.auditor]
    ahead = [f"{proposal.people[key].name} has {proposal.load(key)}" for key in behind.ahead]
    reasons = [
        f"Case {proposal.cases[case].reference}: {each.name} "
        f"{listed(list(proposal.reasons_against(case, behind.auditor)))}."
        for case in behind.barred_from
    ]
    helps = [f"One more auditor who is a {_role(each)} would take some of these cases."]
    if behind.could_take:
        references = [proposal.cases[case].reference for case in behind.could_take]
        helps = [f"{each.name} may have {listed(references)}: change one of these by hand."]
    return Problem(
        f"{each.name} has {behind.load}, while {listed(ahead)}, as a {_role(each)} too",
        reasons,
        helps,
    )


def _too_many(proposal: Proposal) -> list[Problem]:
    """P2: more than is expected of somebody."""
    over = proposal.assessment.over
    if not over:
        return []
    names = [f"{proposal.people[key].name} by {number}" for key, number in over.items()]
    total = count_words(sum(over.values()), "audit")
    return [
        Problem(
            f"{total} more than expected",
            [f"Above what is expected of them: {listed(sorted(names))}."],
            [
                "Expect more of others who may audit these cases, or draw fewer cases.",
                "Confirmed as it is, their expected numbers grow by as many.",
            ],
        )
    ]
