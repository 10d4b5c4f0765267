"""A proposed allocation as it is kept and shown: who gets which case, and who may not, and why.

It is stored as JSON with its draw, so that what somebody confirms is what they saw. Ids are text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from qa_app.domain.allocation import Assessment, Auditor, Pair, Question, assess
from qa_app.domain.errors import DomainError


class NotInProposal(DomainError):
    """A case that the proposal does not hold."""


@dataclass(frozen=True)
class Asked:
    """An auditor of the proposal. `role` is the kind of their post, `beside` that they were chosen
    by hand from outside the draw's own auditors."""

    name: str
    post: str
    role: str
    expected: int
    given: int = 0
    beside: bool = False


@dataclass(frozen=True)
class Barred:
    """Somebody whom S6 keeps from a case; each reason follows their name in a sentence."""

    auditor: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """One case of the proposal; `auditor` is None while nobody has it.

    `colleague`: the child's IRO or chair is a colleague of the auditor, so that the moderator is
    from another service (S6). `waived`: the auditor has a conflict that was waived. `others` are
    auditors besides the draw's own who may have a case that nobody has, as names with posts.
    """

    reference: str
    auditor: str | None = None
    by_hand: bool = False
    colleague: bool = False
    own_service: bool = False
    waived: bool = False
    barred: tuple[Barred, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """The whole: auditors by id, cases by the id of the drawn case, and who was left out.

    `left_out` are (name, reason) of people of whom audits are expected, and who get none.
    """

    at: str
    by: str
    difference: int
    people: Mapping[str, Asked] = field(default_factory=dict)
    cases: Mapping[str, Placed] = field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()

    @cached_property
    def placed(self) -> dict[str, str]:
        """case → auditor, of those that somebody has."""
        return {key: each.auditor for key, each in self.cases.items() if each.auditor}

    @cached_property
    def assessment(self) -> Assessment:
        """What is to be said of it (S6, S7). People from beside the draw's own are not measured."""
        barred = {(key, bar.auditor) for key, each in self.cases.items() for bar in each.barred}
        asked = {key: each for key, each in self.people.items() if not each.beside}
        question = Question(
            seed="",
            cases=tuple(self.cases),
            auditors=tuple(
                Auditor(key, each.role, each.expected, each.given) for key, each in asked.items()
            ),
            pairs={
                (case, auditor): Pair()
                for case in self.cases
                for auditor in asked
                if (case, auditor) not in barred
            },
            difference=self.difference,
        )
        return assess(question, self.placed)

    def load(self, auditor: str) -> int:
        """How many audits the auditor would have, with those given before."""
        return self.people[auditor].given + self.gets(auditor)

    def gets(self, auditor: str) -> int:
        """How many of the cases the auditor would get."""
        return sum(each == auditor for each in self.placed.values())

    def case(self, key: str) -> Placed:
        """One case. Raises NotInProposal."""
        if key not in self.cases:
            raise NotInProposal("This case is not in the allocation. Choose one that is")
        return self.cases[key]

    def reasons_against(self, case: str, auditor: str) -> tuple[str, ...]:
        """Why S6 keeps an auditor from a case."""
        found = (bar.reasons for bar in self.cases[case].barred if bar.auditor == auditor)
        return next(found, ())

    def with_case(self, case: str, placed: Placed, auditor: str, asked: Asked) -> "Proposal":
        """The same with one case at somebody else."""
        people = {auditor: asked, **self.people}
        cases = {**self.cases, case: placed}
        used = {each.auditor for each in cases.values()}
        kept = {key: each for key, each in people.items() if not each.beside or key in used}
        return replace(self, people=kept, cases=cases)

    def after_giving(self, given: Iterable[str]) -> "Proposal":
        """What is left of it once these cases were given: loads have grown, the cases are gone."""
        gone = set(given)
        people = {
            key: replace(
                each,
                given=each.given + sum(self.placed.get(case) == key for case in gone),
            )
            for key, each in self.people.items()
        }
        left = {key: each for key, each in self.cases.items() if key not in gone}
        return replace(self, people=people, cases=left)

    def as_json(self) -> dict[str, Any]:
        """Plain lists, numbers and text, to be stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Proposal":
        """What `as_json` made."""
        return cls(
            at=stored["at"],
            by=stored["by"],
            difference=stored["difference"],
            people={key: Asked(**each) for key, each in stored["people"].items()},
            cases={key: _placed(each) for key, each in stored["cases"].items()},
            left_out=tuple((name, why) for name, why in stored["left_out"]),
        )


def _placed(stored: Mapping[str, Any]) -> Placed:
    barred = tuple(Barred(bar["auditor"], tuple(bar["reasons"])) for bar in stored["barred"])
    return Placed(**{**stored, "barred": barred, "others": tuple(stored["others"])})
