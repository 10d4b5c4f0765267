"""Working out a draw from the cases as they stand: a dry run, which stores nothing (S1 to S3)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from qa_app.accounts import settings
from qa_app.domain.calendar import Month, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.sampling import (
    ALGORITHM,
    DrawFacts,
    DrawResult,
    DrawRules,
    NothingToDraw,
    NumberRefused,
    StratumBy,
    draw,
    frame_hash,
    result_json,
    seal_of,
)
from qa_app.programme.models import (
    Batch,
    Cycle,
)
from qa_app.programme.queries import earlier, frames
from qa_app.standards.models import FrameKind, ToolVersion

SEED_LENGTH: Final = 40
LARGEST: Final = 5_000
_SEEDS: Final = 10**12


class NoImport(DomainError):
    """There is no list of cases to draw from."""


class DateRefused(DomainError):
    """A date for which no list of open cases is known."""


class SeedRefused(DomainError):
    """A seed that could not be written down and typed again."""


@dataclass(frozen=True)
class Asked:
    """What is to be drawn. `size` may be left out where `sizes` (by stratum) are given.

    Without a seed a random one is taken; without a date that of the newest import.
    """

    size: int | None
    by: StratumBy
    sizes: Mapping[str, int] | None = None
    seed: str = ""
    as_at: date | None = None


@dataclass(frozen=True)
class WorkedOut:
    """A draw with everything that decided it; nothing of it is stored yet.

    `rules` is plain data: what a page, the command and the proof read.
    """

    listed: frames.Listed
    frame_hash: str
    rules: dict[str, Any]
    facts: DrawFacts
    result: DrawResult

    def to_json(self) -> dict[str, Any]:
        """frame_hash, rules, strata, drawn, reserves and exclusions."""
        return {"frame_hash": self.frame_hash, "rules": self.rules, **result_json(self.result)}

    @property
    def seal(self) -> str:
        """A hash of the whole draw, kept in the history where nobody can change it."""
        return seal_of(self.frame_hash, self.rules, self.facts, self.result)


def work_out(
    of: Month | Cycle | Batch, tool: ToolVersion, asked: Asked, *, at: datetime
) -> WorkedOut:
    """Draw, and store nothing (a dry run). A month needs no cycle yet.

    Raises NoImport, DateRefused, SeedRefused, NumberRefused, StratumUnknown and NothingToDraw.
    """
    known_on = frames.latest_import()
    if known_on is None:
        raise NoImport(
            "There is no list of cases to draw from. Import the case system’s extract first "
            "(qa-app import-ssd, or Import on the cases’ page)."
        )
    today = london_date(at)
    as_at = _date(asked.as_at, known_on)
    listed = frames.list_cases(tool, as_at, known_on)
    rules = _rules(of, tool, asked, listed, today)
    facts = earlier.facts_for(
        listed, tool, going(of), months=rules["not_audited_again_within_months"]
    )
    return WorkedOut(
        listed,
        frame_hash(as_at, listed.cases),
        rules,
        facts,
        draw(listed.cases, draw_rules(rules), facts),
    )


def going(of: Month | Cycle | Batch) -> earlier.Going:
    """What a draw is for, as the queries ask for it."""
    if isinstance(of, Batch):
        return earlier.Going(batch_id=of.id)
    return earlier.Going(month=of.first if isinstance(of, Month) else of.month)


def draw_rules(rules: Mapping[str, Any]) -> DrawRules:
    """What the algorithm reads of a draw's stored rules. KeyError, ValueError where spoilt."""
    return DrawRules(
        seed=rules["seed"],
        size=rules["size"],
        by=StratumBy(rules["by"]),
        sizes=rules["sizes"],
        cases_of_one_worker=rules["cases_of_one_worker"],
        reserves_for_each=rules["reserves_for_each_case"],
        one_child_of_family=rules["one_child_of_family"],
    )


def _date(asked: date | None, known_on: date) -> date:
    if asked is not None and asked > known_on:
        raise DateRefused(
            f"The newest list of cases is as at {date_words(known_on)}. "
            "Enter that date or an earlier one",
            "as_at",
        )
    return asked or known_on


def _rules(
    of: Month | Cycle | Batch,
    tool: ToolVersion,
    asked: Asked,
    listed: frames.Listed,
    today: date,
) -> dict[str, Any]:
    sizes = _sizes(asked)
    month = going(of).month
    return {
        "algorithm": ALGORITHM,
        "tool": tool.code,
        "tool_version": tool.number,
        "plan_types": sorted(tool.plan_types),
        "frame": tool.frame.value,
        "frame_months": None if tool.frame is FrameKind.OPEN else tool.frame_months,
        "cycle": None if month is None else str(Month.of(month)),
        "batch": of.name if isinstance(of, Batch) else None,
        "as_at": listed.as_at.isoformat(),
        "cases_known_on": listed.known_on.isoformat(),
        "size": _size(asked, sizes),
        "seed": _seed(asked.seed) or str(secrets.randbelow(_SEEDS)),
        "seed_given": _seed(asked.seed) != "",
        "by": asked.by.value,
        "sizes": sizes,
        "one_child_of_family": True,
        "cases_of_one_worker": settings.number("cases_of_one_worker", today),
        "not_audited_again_within_months": settings.number("not_audited_again_within", today),
        "reserves_for_each_case": settings.number("reserves_for_each_case", today),
    }


def _sizes(asked: Asked) -> dict[str, int] | None:
    """Fixed numbers by stratum; a plan type may be given as its code or as a page words it."""
    if not asked.sizes:
        return None
    if asked.by is not StratumBy.PLAN:
        return dict(sorted(asked.sizes.items()))
    codes = {plan.words.casefold(): plan.value for plan in PlanType}
    return {codes.get(name.casefold(), name): n for name, n in sorted(asked.sizes.items())}


def _size(asked: Asked, sizes: Mapping[str, int] | None) -> int:
    total = None if sizes is None else sum(sizes.values())
    size = asked.size if total is None else total
    if size is None or size <= 0:
        raise NothingToDraw("Enter how many cases to draw, 1 or more", "size")
    if asked.size not in (None, size):
        raise NumberRefused(
            f"The numbers by {asked.by.words.lower()} add up to {size}, not {asked.size}. "
            "Change them, or leave the number of cases empty",
            "sizes",
        )
    if size > LARGEST:
        raise NumberRefused(f"Enter a number of {LARGEST:,} or less", "size")
    return size


def _seed(text: str) -> str:
    seed = text.strip()
    if len(seed) > SEED_LENGTH or not seed.isprintable():
        raise SeedRefused(f"Enter a seed of {SEED_LENGTH} characters or fewer, in one line", "seed")
    return seed
