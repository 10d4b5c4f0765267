"""Linear and mixed-integer programs: the one module of disclosure control that knows SciPy."""

import importlib
from collections.abc import Sequence
from math import inf
from typing import Any, Final

Terms = dict[int, float]
"""A sum: number of a variable → what it is multiplied with."""

Bounds = Sequence[tuple[float, float | None]]
"""From where to where a variable may go; None is no limit."""

# HiGHS's presolve, as SciPy 1.17.1 brings it, calls some questions infeasible that have an answer
# (docs/adr/0010-allocation-by-milp.md), and makes the others several times quicker. So it is
# believed where it finds something that adds up, and where it finds nothing it is asked without.
_LINEAR: Final = {"presolve": False}
_WHOLE: Final = {"presolve": False, "mip_rel_gap": 0.0}
_PARTS: Final = ("optimize", "sparse")
_INFEASIBLE: Final = 2
_STEPS: Final = 200


class NoAnswer(RuntimeError):
    """The solver gave up, or found nothing where there must be something."""


class System:
    """Rows that each add to 0, asked again and again with other bounds."""

    def __init__(self, rows: Sequence[Terms], width: int) -> None:
        self.optimize, sparse = _scipy()
        self.rows, self.width = rows, width
        self.matrix = _matrix(sparse, rows, width)

    def minimise(
        self, costs: Sequence[float], bounds: Bounds
    ) -> tuple[Sequence[float], Sequence[float]]:
        """The cheapest values, and what one more in each row would cost (its price).

        NoAnswer where nothing fits.
        """
        found: Any = self.optimize.linprog(
            costs,
            A_eq=self.matrix,
            b_eq=[0.0] * len(self.rows),
            bounds=bounds,
            method="highs-ds",
            options=_LINEAR,
        )
        if found.x is None:
            raise NoAnswer(found.message)
        return found.x.tolist(), found.eqlin.marginals.tolist()

    def whole_by_luck(self, costs: Sequence[float], bounds: Bounds) -> list[int] | None:
        """The cheapest values where the first found are whole, as those of sums mostly are."""
        found = self._any(bounds, 0, costs, presolve=False)
        return found if found is not None and self._holds(found) else None

    def whole_answer(self, bounds: Bounds) -> list[int] | None:
        """Any values in whole numbers; None where none fit."""
        nothing = [0.0] * self.width
        found = self._any(bounds, 0, nothing, presolve=False)
        if found is None or self._holds(found):
            return found
        # Sums that run in three directions may be met by halves only: then whole ones are asked.
        found = self._any(bounds, 1, nothing, presolve=True)
        if found is not None and self._holds(found):
            return found
        found = self._any(bounds, 1, nothing, presolve=False)
        return found if found is not None and self._holds(found) else None

    def _any(
        self, bounds: Bounds, whole: int, costs: Sequence[float], *, presolve: bool
    ) -> list[int] | None:
        zeros = [0.0] * len(self.rows)
        rows = self.optimize.LinearConstraint(self.matrix, zeros, zeros)
        options = _WHOLE | {"presolve": presolve}
        found = _milp(self.optimize, costs, rows, bounds, whole, options)
        return None if found is None else [round(each) for each in found]

    def _holds(self, values: Sequence[int]) -> bool:
        return not any(sum(values[at] * by for at, by in row.items()) for row in self.rows)


def minimise_whole(
    costs: Sequence[float], rows: Sequence[tuple[Terms, float]], bounds: Bounds
) -> list[int] | None:
    """The cheapest whole numbers found in _STEPS where each row is at least a number, or None."""
    optimize, sparse = _scipy()
    least = [least for _, least in rows]
    matrix = _matrix(sparse, [terms for terms, _ in rows], len(costs))
    at_least = optimize.LinearConstraint(matrix, least, [inf] * len(rows)) if rows else None
    for presolve in (True, False):
        # A number of steps and not of seconds, so that every run stops at the same answer.
        options = _WHOLE | {"presolve": presolve, "node_limit": _STEPS}
        found = _milp(optimize, costs, at_least, bounds, 1, options)
        if found is not None:
            whole = [round(each) for each in found]
            if all(sum(whole[at] * by for at, by in row.items()) >= low for row, low in rows):
                return whole
    return None


def _milp(
    optimize: Any, costs: Sequence[float], rows: Any, bounds: Bounds, whole: int, options: Any
) -> Sequence[float] | None:
    found: Any = optimize.milp(
        costs,
        integrality=[whole] * len(costs),
        bounds=optimize.Bounds(
            [low for low, _ in bounds], [inf if high is None else high for _, high in bounds]
        ),
        constraints=rows,
        options=options,
    )
    if found.x is None and found.status != _INFEASIBLE:
        raise NoAnswer(found.message)
    return None if found.x is None else [float(each) for each in found.x]


def _scipy() -> tuple[Any, Any]:
    # Read at the first public version and not at the start, as pandas is (docs/adr/0006).
    optimize, sparse = (importlib.import_module(f"scipy.{name}") for name in _PARTS)
    return optimize, sparse


def _matrix(sparse: Any, rows: Sequence[Terms], width: int) -> Any:
    entries = [(row, each, rows[row][each]) for row in range(len(rows)) for each in rows[row]]
    values = [value for _, _, value in entries]
    places = ([row for row, _, _ in entries], [each for _, each, _ in entries])
    return sparse.csr_matrix((values, places), shape=(len(rows), width))
