"""The library of practice standards: installed, added to, changed from a day on, ended.

Nothing here reaches back. An audit is judged by what was in force in its period (A1), so a standard
that changed its past would change what audits already done were judged by.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from ruamel.yaml import YAML
from sqlalchemy import select

from qa_app import history
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.standards.models import PracticeStandard, StandardSource
from qa_app.standards.queries.practice import is_number, versions_of

SHIPPED: Final = "practice-standards.yaml"
_DAY = timedelta(days=1)


class WrongNumber(DomainError):
    """Not a number of a standard, or one that is taken, or there is no standard of this number."""


class WrongDay(DomainError):
    """A day before today, or one that does not fit the standard's other versions."""


class WrongWords(DomainError):
    """Something of the standard is missing, or nothing of it changed."""


class ChangedMeanwhile(DomainError):
    """Somebody else changed the standard after the page was shown."""


@dataclass(frozen=True)
class Wording:
    """What a version of a standard says; `plan_types` is empty for every plan."""

    title: str
    expectation: str
    source: StandardSource
    source_detail: str = ""
    national_timescale: str = ""
    local_timescale: str = ""
    plan_types: tuple[PlanType, ...] = ()

    @classmethod
    def of(cls, standard: PracticeStandard) -> "Wording":
        """The wording of a stored version."""
        names = ("title", "expectation", "source", "source_detail", "national_timescale",
                 "local_timescale")  # fmt: skip
        plans = tuple(PlanType(each) for each in standard.plan_types)
        return cls(**{name: getattr(standard, name) for name in names}, plan_types=plans)

    def columns(self) -> dict[str, Any]:
        """The wording as a row holds it, the plans in their usual order."""
        plans = [each.value for each in PlanType if each in self.plan_types]
        return vars(self) | {"plan_types": plans}


def install_standards(*, at: datetime) -> None:
    """Add the shipped standards whose numbers the library does not have. Harmless when repeated.

    A number that is there is the council's: a new version of it comes only from a person, because
    a shipped one begins on a day that is past by the time it is installed (A1).
    """
    text = files("qa_app.standards").joinpath("shipped", SHIPPED).read_text("utf-8")
    rows = YAML(typ="safe", pure=True).load(text)["standards"]
    known = set(db.session.scalars(select(PracticeStandard.number)))
    count: dict[str, int] = {}
    for row in sorted(rows, key=lambda each: each["valid_from"]):
        if row["number"] not in known:
            version = count[row["number"]] = count.get(row["number"], 0) + 1
            plans = [PlanType(each).value for each in row["plan_types"]]
            columns = row | {"source": StandardSource(row["source"]), "plan_types": plans}
            _store(PracticeStandard(version=version, changed_at=at, **columns), None, at)


def _store(standard: PracticeStandard, by: UUID | None, at: datetime) -> PracticeStandard:
    db.session.add(standard)
    db.session.flush()
    day = date_words(standard.valid_from)
    if standard.version == 1:
        history.record("standard_added", standard, by=by, at=at, number=standard.number, day=day)
    else:
        history.record("standard_changed", standard, by=by, at=at, number=standard.number, day=day)
    return standard


def add(
    number: str, chapter: str, wording: Wording, *, valid_from: date, by: UUID, at: datetime
) -> PracticeStandard:
    """Add a standard under a number that is free.

    `chapter` is the chapter's name; where the library has the chapter, empty or that same name.
    Raises WrongNumber, WrongDay and WrongWords.
    """
    if not is_number(number):
        raise WrongNumber(
            "Enter a number like 4.3: the chapter, a full stop, the standard", "number"
        )
    if _versions(number):
        raise WrongNumber(
            f"There is a standard {number} already. Change it, or take another number", "number"
        )
    _check_words(wording)
    _check_day(valid_from, at, "valid_from")
    standard = PracticeStandard(
        number=number,
        version=1,
        chapter=_chapter(number, chapter),
        valid_from=valid_from,
        changed_by=by,
        changed_at=at,
        **wording.columns(),
    )
    return _store(standard, by, at)


def _chapter(number: str, named: str) -> str:
    """The name of the number's chapter. Raises WrongWords where there is none or another."""
    first = number.partition(".")[0]
    query = select(PracticeStandard.chapter).where(PracticeStandard.number.startswith(f"{first}."))
    known = db.session.scalars(query.order_by(PracticeStandard.number).limit(1)).first()
    if known is None and not named:
        raise WrongWords(f"Enter the name of chapter {first}: it has no standard yet", "chapter")
    if known is not None and named not in ("", known):
        raise WrongWords(f"Chapter {first} is “{known}”. Enter that, or nothing", "chapter")
    return known or named


def revise(
    number: str,
    wording: Wording,
    *,
    valid_from: date,
    change: str,
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> PracticeStandard:
    """Give a standard another wording from a day on; the version before ends the day before.

    `change` says what is different and why; `seen` is the version that whoever changes it was
    shown. Raises WrongNumber, ChangedMeanwhile, WrongWords and WrongDay.
    """
    newest = _newest(number, seen)
    _check_words(wording)
    if not change.strip():
        raise WrongWords("Enter what changes, and why", "change")
    if wording.columns() == Wording.of(newest).columns():
        raise WrongWords("Nothing is different. Change the wording, or go back", "expectation")
    _check_day(valid_from, at, "valid_from")
    if valid_from <= newest.valid_from:
        raise WrongDay(
            f"Version {newest.version} begins on {date_words(newest.valid_from)}. "
            "Enter a day after that",
            "valid_from",
        )
    if newest.valid_until is None or newest.valid_until >= valid_from:
        newest.valid_until = valid_from - _DAY
    standard = PracticeStandard(
        number=number,
        version=newest.version + 1,
        chapter=newest.chapter,
        valid_from=valid_from,
        change=change.strip(),
        changed_by=by,
        changed_at=at,
        **wording.columns(),
    )
    return _store(standard, by, at)


def end(
    number: str, *, last_day: date, by: UUID, at: datetime, seen: int | None = None
) -> PracticeStandard:
    """Take a standard out of force after a day, today at the earliest.

    Raises WrongNumber, ChangedMeanwhile and WrongDay.
    """
    newest = _newest(number, seen)
    _check_day(last_day, at, "last_day")
    if newest.valid_until is not None and newest.valid_until < london_date(at):
        raise WrongDay(
            f"Standard {number} ended on {date_words(newest.valid_until)} already", "last_day"
        )
    if last_day < newest.valid_from:
        raise WrongDay(
            f"Version {newest.version} begins on {date_words(newest.valid_from)}. "
            "Enter that day or a later one",
            "last_day",
        )
    newest.valid_until = last_day
    history.record("standard_ended", newest, by=by, at=at, number=number, day=date_words(last_day))
    return newest


def _versions(number: str) -> list[PracticeStandard]:
    """The versions as they stand, their rows held: whoever comes second sees what the first did."""
    held = select(PracticeStandard.id).where(PracticeStandard.number == number).with_for_update()
    db.session.scalars(held).all()
    return versions_of(number)


def _newest(number: str, seen: int | None) -> PracticeStandard:
    versions = _versions(number) if is_number(number) else []
    if not versions:
        raise WrongNumber(f"There is no standard {number}", "number")
    newest = versions[0]
    db.session.refresh(newest)
    if seen not in (None, newest.version):
        raise ChangedMeanwhile(
            f"Standard {number} was changed while you had this page open: it has a version "
            f"{newest.version} now. Nothing of yours has been saved. Copy your text and reload"
        )
    return newest


def _check_words(wording: Wording) -> None:
    if not wording.title.strip():
        raise WrongWords("Enter a title", "title")
    if not wording.expectation.strip():
        raise WrongWords("Enter the expectation", "expectation")


def _check_day(day: date, at: datetime, field: str) -> None:
    today = london_date(at)
    if day < today:
        raise WrongDay(
            f"Enter today, {date_words(today)}, or a later day: audits already done keep what was "
            "in force in their period",
            field,
        )
