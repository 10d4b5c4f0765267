"""A draw in plain words: its cases with what became of them, and the rules that it followed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from qa_app.domain.calendar import add_months, date_words
from qa_app.domain.grades import PlanType
from qa_app.domain.sampling import ExcludedBecause, StratumBy
from qa_app.formatting import count_words
from qa_app.programme import queries
from qa_app.programme.models import (
    CaseFate,
    Draw,
    DrawnCase,
    DrawState,
    Substitution,
    SubstitutionState,
)
from qa_app.programme.queries.earlier import IN_USE

LISTED: Final = 60
"""References of left-out cases that a page lists; the command prints them all."""


@dataclass(frozen=True)
class CaseRow:
    """A case of the draw: what became of it, and what may be done."""

    drawn: DrawnCase
    stratum: str
    substitution: Substitution | None
    may_be_replaced: bool

    @property
    def fate(self) -> str:
        """What became of the case, with the case that took its place."""
        asked = self.substitution
        if asked is not None and asked.state is SubstitutionState.ASKED:
            return f"{self.drawn.fate.words}; another case is asked for"
        if self.drawn.fate is CaseFate.REPLACED and asked is not None and asked.reserve is not None:
            return f"Replaced by {asked.reserve.case_reference}"
        return self.drawn.fate.words


@dataclass(frozen=True)
class LeftOut:
    """One reason with the number of cases that it kept out, and the first of them."""

    words: str
    rule: str
    count: int
    listed: list[str]

    @property
    def more(self) -> int:
        """How many are not listed here."""
        return self.count - len(self.listed)


@dataclass(frozen=True)
class Explained:
    """What the page of a draw shows."""

    stratum_word: str
    strata: list[dict[str, Any]]
    cases: list[CaseRow]
    reserves: dict[str, list[DrawnCase]]
    left_out: list[LeftOut]
    rules: list[str]
    drawn: int
    short: int


def explained(draw: Draw) -> Explained:
    """The draw for its page (four queries)."""
    rows = queries.cases_of(draw)
    by = StratumBy(draw.rules["by"])
    newest: dict[Any, Substitution] = {}
    for asked in queries.substitutions_of(draw):
        newest[asked.replaced_id] = asked
    reserves: dict[str, list[DrawnCase]] = defaultdict(list)
    for row in rows:
        if row.is_reserve:
            reserves[stratum_words(row.stratum, by)].append(row)
    cases = [_case_row(row, draw, by, newest.get(row.id)) for row in rows if _is_a_case(row)]
    return Explained(
        stratum_word=by.words,
        strata=[{**each, "words": stratum_words(each["stratum"], by)} for each in draw.strata],
        cases=sorted(cases, key=_order),
        reserves=dict(reserves),
        left_out=[_left_out(each) for each in draw.exclusions],
        rules=rules_in_words(draw),
        drawn=sum(each["drawn"] for each in draw.strata),
        short=draw.size - sum(each["drawn"] for each in draw.strata),
    )


def _is_a_case(row: DrawnCase) -> bool:
    """Drawn, or a reserve that was taken."""
    return not row.is_reserve or row.fate is CaseFate.PROMOTED


def _order(row: CaseRow) -> tuple[bool, int, str]:
    return row.drawn.fate is CaseFate.PROMOTED, row.drawn.position, row.stratum


def _case_row(
    row: DrawnCase, draw: Draw, by: StratumBy, substitution: Substitution | None
) -> CaseRow:
    waiting = substitution is not None and substitution.state is SubstitutionState.ASKED
    usable = draw.state is not DrawState.DISCARDED and row.fate in IN_USE
    return CaseRow(row, stratum_words(row.stratum, by), substitution, usable and not waiting)


def stratum_words(name: str, by: StratumBy) -> str:
    """A stratum as a page names it: plan types in their words."""
    known = by is StratumBy.PLAN and name in {plan.value for plan in PlanType}
    return PlanType(name).words if known else name


def _left_out(stored: dict[str, Any]) -> LeftOut:
    because = ExcludedBecause(stored["reason"])
    return LeftOut(because.words, because.rule, stored["count"], stored["cases"][:LISTED])


def rules_in_words(draw: Draw) -> list[str]:
    """What decided the draw, as sentences."""
    rules = draw.rules
    by = StratumBy(rules["by"]).words.lower()
    return [
        _numbers_in_words(rules, by),
        (
            f"{count_words(rules['reserves_for_each_case'], 'reserve')} for each case wanted of "
            f"a {by}, in the order in which they would have been drawn. A case is replaced by the "
            "next one only with a reason and a second person’s approval."
        ),
        _audited_in_words(rules),
        "No more than one child of a family in the same month or batch.",
        _limit_in_words(rules["cases_of_one_worker"]),
    ]


def _numbers_in_words(rules: dict[str, Any], by: str) -> str:
    if rules["sizes"] is not None:
        return f"The number for each {by} was fixed by whoever drew."
    return (
        f"{count_words(rules['size'], 'case')}, shared out by {by} in proportion to the cases that "
        "may be drawn. What is left after whole numbers goes to the largest remainders."
    )


def _audited_in_words(rules: dict[str, Any]) -> str:
    months = rules["not_audited_again_within_months"]
    since = add_months(date.fromisoformat(rules["as_at"]), -months)
    return (
        f"No case that was audited since {date_words(since)} ({count_words(months, 'month')} "
        "before the list’s date), and none that is being audited."
    )


def _limit_in_words(limit: int) -> str:
    if not limit:
        return "No limit to the cases of one social worker."
    return (
        f"No more than {count_words(limit, 'case')} of one social worker, unless there was no "
        "other case."
    )
