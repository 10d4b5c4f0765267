"""Proving an old draw: drawn again from what was stored with it, and compared (S2)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.sampling import (
    ALGORITHM,
    DrawFacts,
    FrameCase,
    draw,
    frame_hash,
    result_json,
    seal_of,
)
from qa_app.programme.models import Draw
from qa_app.programme.queries.draws import as_drawn
from qa_app.programme.services.working_out import draw_rules


@dataclass(frozen=True)
class Proof:
    """What drawing again gave: `differences` in words (none: the same), and the draw it gave.

    `again` has the keys of a draw's JSON; it is empty where the draw could not be read at all.
    """

    differences: tuple[str, ...]
    again: dict[str, Any]

    @property
    def equal(self) -> bool:
        """Whether the draw is the same, with its list, its rules and its order."""
        return not self.differences


def prove(made: Draw) -> Proof:
    """Draw again from the stored list, rules and facts, and compare everything (three queries).

    Cases, settings and tools as they stand today are not asked: what has changed since changes
    nothing. The seal in the history, which nobody can rewrite, finds what was altered together.
    """
    if made.rules.get("algorithm") != ALGORITHM:
        return Proof((f"It was not made by the algorithm {ALGORITHM}, which draws here.",), {})
    try:
        return _compared(made)
    except (DomainError, KeyError, TypeError, ValueError) as error:
        return Proof((f"What is stored of it cannot be drawn from: {type(error).__name__}.",), {})


def _compared(made: Draw) -> Proof:
    cases = [FrameCase(*row) for row in made.frame.content]
    facts = DrawFacts.from_json(made.facts)
    result = draw(cases, draw_rules(made.rules), facts)
    hashed = frame_hash(date.fromisoformat(made.rules["as_at"]), cases)
    again = {"frame_hash": hashed, "rules": made.rules, **result_json(result)}
    drawn, reserves = as_drawn(made)
    stored = (made.seed, made.seed_given, made.size, made.frame.as_at.isoformat())
    ruled = tuple(made.rules[key] for key in ("seed", "seed_given", "size", "as_at"))
    checks = {
        "The list of cases is not the one that its hash was made from.": (hashed, made.frame.hash),
        "The seed, the number or the date differs from the rules of the draw.": (stored, ruled),
        "Other cases are drawn, or in another order.": (again["drawn"], drawn),
        "Other reserves follow, or in another order.": (again["reserves"], reserves),
        "Other numbers by stratum follow.": (again["strata"], made.strata),
        "Other cases are left out, or for other reasons.": (again["exclusions"], made.exclusions),
        "The history recorded another draw when it was made.": (
            (hashed, seal_of(hashed, made.rules, facts, result)),
            _recorded(made),
        ),
    }
    return Proof(tuple(words for words, (one, other) in checks.items() if one != other), again)


def _recorded(made: Draw) -> tuple[str, str] | None:
    query = select(history.Event.details).where(
        history.Event.subject_id == made.id, history.Event.verb == "draw_made"
    )
    found = db.session.scalars(query.order_by(history.Event.sequence)).first()
    return None if found is None else (found.get("frame", ""), found.get("seal", ""))
