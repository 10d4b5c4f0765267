"""A question that HiGHS's presolve called infeasible, though an answer is plain to see (S7)."""

from collections import Counter

from qa_app.domain.allocation import Auditor, Pair, Question, assess
from qa_app.programme.solver import solve

ROLES = ("practice_lead", "team_manager", "team_manager", "team_manager", "iro")
COLLEAGUES = {(9, 4), (5, 4), (1, 4), (3, 4), (7, 4)}
OWN_SERVICE = {(3, 3), (8, 1), (2, 1)}
BARRED = {(9, 2)}


def _question() -> Question:
    return Question(
        seed="5",
        cases=tuple(f"c{case}" for case in range(10)),
        auditors=tuple(Auditor(f"a{n}", role, expected=2) for n, role in enumerate(ROLES)),
        pairs={
            (f"c{case}", f"a{n}"): Pair((case, n) in COLLEAGUES, (case, n) in OWN_SERVICE)
            for case in range(10)
            for n in range(len(ROLES))
            if (case, n) not in BARRED
        },
    )


# S7: ten cases, five auditors of whom two each are expected
def test_everybody_gets_what_is_expected() -> None:
    asked = _question()
    placed = solve(asked)

    assert set(Counter(placed.values()).values()) == {2}
    assert assess(asked, placed).wrong == []


# S6: a colleague's child, or one of the own service, only where there is no other way
def test_nobody_gets_a_child_of_a_colleague_or_of_their_own_service() -> None:
    asked = _question()
    flags = [asked.pairs[pair] for pair in solve(asked).items()]

    assert not any(pair.colleague or pair.own_service for pair in flags)
