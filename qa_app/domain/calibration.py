"""Calibration (M10): what a session needs before it is opened and closed, and what its grades say.

Several people grade one file blind. What comes of it counts in no measure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from qa_app.domain.agreement import Table, linear_weights
from qa_app.domain.calendar import WorkingCalendar, date_words
from qa_app.domain.grades import GRADES, Grade, is_better, steps_between

OVERALL: Final = "overall"
"""The code under which the grade of the whole file stands, beside those of its sections."""

FEWEST_INVITED: Final = 2
"""With one alone nothing could be compared."""

_SHORTEST_NAME: Final = 3


class Gap(NamedTuple):
    """What keeps a session from being opened, as an instruction; `part` is where it is put right.

    `part` is a section's code, "about" or "invite".
    """

    part: str
    words: str


@dataclass(frozen=True)
class Prepared:
    """A session as it stands before it is opened.

    `left` are words that may identify somebody, by the part in which they stand.
    """

    about: str
    written: int
    invited: int
    deadline: date | None
    left: Sequence[tuple[str, str]]


def gaps(found: Prepared, today: date) -> list[Gap]:
    """What has to be done before a session is opened (M10); empty where it may be."""
    missing = []
    if not found.about.strip():
        missing.append(Gap("about", "Say in a few words whom the file is about"))
    if not found.written:
        missing.append(Gap("about", "Write at least one section of the file"))
    missing += [Gap(part, f"Remove “{words}”") for part, words in found.left]
    if found.invited < FEWEST_INVITED:
        missing.append(Gap("invite", f"Invite at least {FEWEST_INVITED} people"))
    if found.deadline is None:
        missing.append(Gap("invite", "Say by when they are to grade it"))
    elif found.deadline < today:
        missing.append(Gap("invite", "The deadline has passed: choose another day"))
    return missing


def closing_barred(deadline: date, invited: int, committed: int, today: date) -> str | None:
    """Why a session cannot be closed yet; None where everybody has committed, or after the
    deadline."""
    if committed == invited or today > deadline:
        return None
    return (
        f"{committed} of {invited} have committed their grades. It can be closed when all have, or "
        f"after the deadline, {date_words(deadline)}"
    )


def reminder_is_due(
    deadline: date, invited_on: date, today: date, before: int, calendar: WorkingCalendar
) -> bool:
    """Whether somebody invited on a day is to be reminded: `before` working days or fewer are left
    up to the deadline. Not on the day on which they are told of it anyway."""
    left = calendar.working_days_between(today, deadline)
    return invited_on < today <= deadline and left <= before


def words_of_people(text: str, names: Iterable[str]) -> Iterator[str]:
    """Where a text names one of these people: in full in any case, or by one name with a capital.

    A name of one or two letters is looked for only in full: too many words are as short.
    """
    for name in names:
        parts = name.split()
        whole = r"\s+".join(map(re.escape, parts))
        alone = [each for each in parts if len(each) >= _SHORTEST_NAME]
        patterns = [f"(?i:{whole})"] if whole else []
        spellings = {each for part in alone for each in (part, part.title(), part.upper())}
        patterns += [re.escape(each) for each in sorted(spellings) if each[0].isupper()]
        if patterns:
            yield from _found(text, "|".join(patterns))


def words_that_stand_for(text: str, phrases: Iterable[str]) -> Iterator[str]:
    """Where a text holds one of these references or names of teams, in any case.

    A team called by one word ("Assessment") is not looked for: the word says no more than itself.
    """
    for phrase in phrases:
        words = phrase.split()
        if len(words) > 1 or any(letter.isdigit() for letter in phrase):
            yield from _found(text, r"(?i:" + r"\s+".join(map(re.escape, words)) + ")")


def _found(text: str, pattern: str) -> Iterator[str]:
    for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
        yield match.group()


_NUMBERED: Final = re.compile(r"(?<![\w/.-])[\w/-]*\d[\w/-]*(?![\w/-])")


def like_references(texts: Iterable[str]) -> set[str]:
    """Words with a figure in them, at least four letters long: they may be cases' references."""
    words = {word for text in texts for word in _NUMBERED.findall(text)}
    return {word for word in words if 4 <= len(word) <= 40}


@dataclass(frozen=True)
class Spoken:
    """What n people's grades of one thing say. `counts` are those of GRADES, best to worst.

    `exact` and `within_one` are how many of the n agree with the agreed answer, or nearly; None
    where nothing was agreed. `ac2` is Gwet's coefficient; None of fewer than two.
    """

    n: int
    counts: tuple[int, ...]
    exact: int | None
    within_one: int | None
    ac2: float | None

    @property
    def given(self) -> list[Grade]:
        """The grades that somebody gave, best to worst."""
        return [grade for grade, count in zip(GRADES, self.counts, strict=True) if count]

    @property
    def spread(self) -> str:
        """From the best to the worst grade that somebody gave, in words."""
        if not self.n:
            return "–"
        best, worst = self.given[0], self.given[-1]
        return f"All {best.words}" if best is worst else f"{best.words} to {worst.words}"


def spoken(grades: Sequence[Grade], agreed: Grade | None) -> Spoken:
    """The grades that several people gave to one thing, beside what was agreed (M10)."""
    counts = tuple(grades.count(grade) for grade in GRADES)
    exact = within_one = None
    if agreed is not None:
        steps = [steps_between(grade, agreed) for grade in grades]
        exact, within_one = steps.count(0), sum(step <= 1 for step in steps)
    return Spoken(len(grades), counts, exact, within_one, agreement_of_many([counts]))


def agreement_of_many(subjects: Sequence[Sequence[int]]) -> float | None:
    """Gwet's AC2 with linear weights for several raters: subjects as counts of the four grades."""
    return gwet_ac2_of_many(subjects, linear_weights(len(GRADES)))


def gwet_ac2_of_many(subjects: Sequence[Sequence[int]], weights: Table) -> float | None:
    """Gwet's AC2 of any number of raters, (pa - pe) / (1 - pe); AC1 where only the diagonal weighs.

    A row for each subject holds how many raters gave it each of the q grades; r_i is its sum. pa is
    the mean, over the subjects with two raters or more, of the sum over k of r_ik (r*_ik - 1) /
    (r_i (r_i - 1)), where r*_ik is the sum over l of w_kl r_il. pe is T / (q (q - 1)) times the sum
    over k of π_k (1 - π_k), where T is the sum of all weights, and π_k the mean of r_ik / r_i over
    the subjects with one rater or more. None where no subject has two raters.

    Source: K. L. Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008), 29-48,
    and his Handbook of Inter-Rater Reliability, 4th edition (2014), chapters 2 and 3. The
    weights are symmetric and 1 on the diagonal, and not all of them 1.
    """
    rated = [row for row in subjects if sum(row)]
    shared = [row for row in rated if sum(row) > 1]
    if not shared:
        return None
    q = len(weights)
    observed = sum(_pairs_that_agree(row, weights) for row in shared) / len(shared)
    shares = [sum(row[k] / sum(row) for row in rated) / len(rated) for k in range(q)]
    scale = sum(map(sum, weights)) / (q * (q - 1))
    by_chance = scale * sum(share * (1 - share) for share in shares)
    return (observed - by_chance) / (1 - by_chance)


def _pairs_that_agree(row: Sequence[int], weights: Table) -> float:
    raters = sum(row)
    near = [sum(w * r for w, r in zip(line, row, strict=True)) for line in weights]
    pairs = sum(count * (each - 1) for count, each in zip(row, near, strict=True))
    return pairs / (raters * (raters - 1))


@dataclass(frozen=True)
class Compared:
    """One person's grades against the agreed ones: of n, how many are the same, better, worse."""

    n: int
    same: int
    lenient: int
    severe: int


def compared(grades: Mapping[str, Grade], agreed: Mapping[str, Grade]) -> Compared:
    """How one person's grades compare, over what both graded (M10). Lenient is the better grade."""
    both = [(grades[code], agreed[code]) for code in agreed if code in grades]
    lenient = sum(is_better(grade, than) for grade, than in both)
    same = sum(grade is than for grade, than in both)
    return Compared(len(both), same, lenient, len(both) - same - lenient)
