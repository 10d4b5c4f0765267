"""The best allocation, by mixed-integer programming: the one module that knows SciPy.

Every case that S6 lets somebody have is given, each to one auditor. Then, one after the other and
each without giving up any of those before it, this is made as small as it can be:

1. how far loads within a role differ beyond S7;
2. audits beyond what is expected, then the most that anybody has beyond it;
3. cases whose IRO or chair is a colleague of the auditor (S6 allows them, with a duty);
4. cases of the auditor's own service;
5. the sum of `tie_break`, so that of equally good answers one is chosen, the same everywhere.

docs/adr/0010-allocation-by-milp.md says why. HiGHS solves each step exactly (no gap).
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from qa_app.domain.allocation import Auditor, Question, tie_break

# Without presolve: HiGHS's (in SciPy 1.17.1) calls some questions infeasible that have an answer.
_OPTIONS: Final = {"mip_rel_gap": 0.0, "presolve": False}
_PARTS: Final = ("optimize", "sparse")
Terms = dict[int, float]
"""A sum: number of a variable → what it is multiplied with."""


class NoAnswer(RuntimeError):
    """The solver gave up, which it never does for a question as small as ours."""


def solve(question: Question) -> dict[str, str]:
    """case → auditor for every case that S6 lets somebody have: the best such answer there is.

    The order in which cases and auditors come does not matter.
    """
    model = _Model(question)
    if not model.pairs:
        return {}
    solution = model.minimise_all()
    return {case: auditor for (case, auditor), x in model.pairs.items() if solution[x] > 0.5}


@dataclass
class _Model:
    """The variables and constraints; a variable is its number, in the order of making."""

    question: Question
    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        asked = self.question
        self.auditors = sorted(asked.auditors, key=lambda each: each.id)
        self.most = len(asked.cases) + max((abs(each.ahead) for each in self.auditors), default=0)
        chosen: dict[str, Terms] = {each.id: {} for each in self.auditors}
        for case in sorted(asked.cases):
            self._one_auditor(case, chosen)
        self.taken = {auditor: self._counted(terms) for auditor, terms in chosen.items() if terms}
        self.over = {self._over(each): 1.0 for each in self.auditors}
        self.most_over = {self._most_over(): 1.0}
        roles = sorted({each.role for each in self.auditors})
        self.unfair = {self._unfair(role): 1.0 for role in roles}

    def minimise_all(self) -> Sequence[float]:
        """Each goal in turn; the values of the variables at the end.

        The first ones ask only how many cases each auditor takes. For whole numbers of those, some
        whole choice of cases is always among the best (the choices are a flow), so that only the
        numbers have to be whole: a much smaller search.
        """
        # Together, because it is quicker: one unfair audit weighs more than all beyond expectation.
        each_unfair = float(self.most * len(self.auditors) + 1)
        self._minimise(self.over | dict.fromkeys(self.unfair, each_unfair))
        self._minimise(self.most_over)
        self.whole = [True] * len(self.whole)
        pairs, seed = self.question.pairs, self.question.seed
        for holds in (
            {x: pairs[key].colleague for key, x in self.pairs.items()},
            {x: pairs[key].own_service for key, x in self.pairs.items()},
        ):
            self._minimise({x: 1.0 for x, flagged in holds.items() if flagged})
        return self._minimise({x: float(tie_break(seed, *key)) for key, x in self.pairs.items()})

    def _minimise(self, goal: Terms) -> Sequence[float]:
        """Solve for one goal, and hold every later step to what it reached."""
        if not goal:
            return ()
        # Read at the first allocation and not at the start, as pandas is (docs/adr/0006).
        optimize, sparse = (importlib.import_module(f"scipy.{name}") for name in _PARTS)
        costs = [goal.get(variable, 0.0) for variable in range(len(self.lower))]
        answer: Any = optimize.milp(
            costs,
            integrality=[int(each) for each in self.whole],
            bounds=optimize.Bounds(self.lower, self.upper),
            constraints=optimize.LinearConstraint(
                _matrix(sparse, [row for row, _, _ in self.rows], len(costs)),
                [least for _, least, _ in self.rows],
                [greatest for _, _, greatest in self.rows],
            ),
            options=_OPTIONS,
        )
        if answer.x is None:
            raise NoAnswer(answer.message)
        reached = round(sum(costs[each] * round(answer.x[each]) for each in goal))
        # Goals are whole numbers: half of one more is room for what a solver rounds, and no more.
        self.rows.append((goal, float("-inf"), reached + 0.5))
        return [float(each) for each in answer.x]

    def _variable(self, least: float, greatest: float, *, whole: bool = True) -> int:
        self.lower.append(least)
        self.upper.append(greatest)
        self.whole.append(whole)
        return len(self.lower) - 1

    def _at_least_0(self, terms: Terms, constant: float = 0) -> None:
        self.rows.append((terms, -constant, float("inf")))

    def _one_auditor(self, case: str, chosen: dict[str, Terms]) -> None:
        able = [each.id for each in self.auditors if self.question.may(case, each.id)]
        if not able:
            return
        row: Terms = {}
        for auditor in able:
            x = self._variable(0, 1, whole=False)
            self.pairs[case, auditor] = x
            chosen[auditor][x] = row[x] = 1.0
        self.rows.append((row, 1, 1))

    def _counted(self, terms: Terms) -> int:
        """A whole number for how many of these are chosen."""
        number = self._variable(0, len(terms))
        self.rows.append(({number: -1.0, **terms}, 0, 0))
        return number

    def _over(self, auditor: Auditor) -> int:
        """over ≥ load - expected, and ≥ 0."""
        over = self._variable(0, self.most)
        self._at_least_0({over: 1.0, **self._taken(auditor, -1)}, -auditor.ahead)
        return over

    def _most_over(self) -> int:
        most = self._variable(0, self.most)
        for over in self.over:
            self._at_least_0({most: 1.0, over: -1.0})
        return most

    def _unfair(self, role: str) -> int:
        """unfair ≥ highest - lowest - difference, of (load - expected) within the role.

        Only those who take a case count for the highest: who came with more is no reason to give
        others less, and nobody can have fewer cases than none.
        """
        auditors = [each for each in self.auditors if each.role == role]
        least = min(each.ahead for each in auditors)
        highest = self._variable(-self.most, self.most)
        lowest = self._variable(-self.most, self.most)
        unfair = self._variable(0, 2 * self.most)
        self._at_least_0({unfair: 1.0, highest: -1.0, lowest: 1.0}, self.question.difference)
        for each in auditors:
            self._at_least_0({lowest: -1.0, **self._taken(each)}, each.ahead)
            if each.id in self.taken:
                self._not_above(highest, each, each.ahead == least)
        return unfair

    def _not_above(self, highest: int, auditor: Auditor, always: bool) -> None:
        """highest ≥ (load - expected) of this auditor: `always`, or else once they take a case."""
        row = {highest: 1.0, **self._taken(auditor, -1)}
        if always:
            self._at_least_0(row, -auditor.ahead)
            return
        takes, room = self._variable(0, 1), 2.0 * self.most
        cases = float(len(self.question.cases))
        self._at_least_0({takes: cases, **self._taken(auditor, -1)})
        self._at_least_0({**row, takes: -room}, room - auditor.ahead)

    def _taken(self, auditor: Auditor, times: float = 1.0) -> Terms:
        return {self.taken[auditor.id]: times} if auditor.id in self.taken else {}


def _matrix(sparse: Any, rows: Sequence[Terms], width: int) -> Any:
    entries = [(row, each, rows[row][each]) for row in range(len(rows)) for each in rows[row]]
    values = [value for _, _, value in entries]
    places = ([row for row, _, _ in entries], [each for _, each, _ in entries])
    return sparse.csr_matrix((values, places), shape=(len(rows), width))
