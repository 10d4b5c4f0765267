"""The rows behind each list of the API, a page at a time, in an order that stays."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import load_only

from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.measures import MEASURES
from qa_app.domain.permissions import Actor
from qa_app.formatting import datetime_words
from qa_app.reports import services
from qa_app.reports.api.schemas import (
    ActionsAsked,
    Asking,
    AuditsAsked,
    MeasuresAsked,
    MonthsAsked,
    ThemesAsked,
)
from qa_app.reports.asked import LONGEST, Asked, Part, PartKind
from qa_app.reports.queries.flat import action_rows, audit_rows, theme_counts
from qa_app.standards.queries.themes import merged_into
from qa_app.tracker.models import Action
from qa_app.tracker.queries import brag_of

NOBODY: Final = Actor(UUID(int=0), ())
"""A program is nobody: what is kept from those who may be blind moderators is kept from it (M3)."""
_USUAL_MONTHS: Final = 12
_KEY: Final = "_key"

T = TypeVar("T")
Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows, what they are in words, and the mark after which the next begin."""

    rows: list[Row]
    basis: str
    next_after: str | None = None


def measures_page(asked: MeasuresAsked, at: datetime) -> Page:
    """MTM-1 to MTM-4 by month, in print order. DomainError where the question makes no sense."""
    first, last = _months(asked, at)
    question = Asked(first, last, at, asked.grades, asked.selection, _part(asked), NOBODY)
    found = services.answer(question)
    rows = [figure.to_row() for figure in found.figures]
    basis = (
        f"{', '.join(MEASURES)}: {question.scope}, {found.months_words}, {question.grades.words}, "
        f"{question.selection.words}, as at {datetime_words(at)}"
    )
    return _cut([row | {_KEY: [place]} for place, row in enumerate(rows)], asked, basis)


def audits_page(asked: AuditsAsked, at: datetime) -> Page:
    """Completed audits, in the order in which they were given or imported."""
    query = audit_rows().add_columns(Audit.id.label(_KEY))
    query = query.where(*_within(asked))
    if asked.plan_type is not None:
        query = query.where(Audit.plan_type == asked.plan_type)
    basis = f"Completed audits, without narrative, as at {datetime_words(at)}"
    return _rows(query, Audit.id, asked, basis, lambda row: _day(row, "final_on"))


def actions_page(asked: ActionsAsked, at: datetime) -> Page:
    """Actions, in the order in which they were raised or imported."""
    today = london_date(at)
    query = action_rows().add_columns(Action.id.label(_KEY), Action)
    query = query.options(
        load_only(Action.status, Action.due_on, Action.kind, Action.done_at, raiseload=True)
    )
    if asked.kind is not None:
        query = query.where(Action.kind == asked.kind)
    if asked.outstanding is not None:
        settled = Action.settled_on
        query = query.where(settled.is_(None) if asked.outstanding else settled.is_not(None))

    def finish(row: Row) -> Row:
        action = row.pop("Action")
        return _day(row, "done_on") | {"brag": brag_of(action, today)}

    basis = f"Actions, without their words, as at {datetime_words(at)}"
    return _rows(query, Action.id, asked, basis, finish)


def themes_page(asked: ThemesAsked, at: datetime) -> Page:
    """Counts of themes by month, theme and what else tells them apart (T2)."""
    first, last = _months(asked, at)
    if last < first:
        raise DomainError("The first month is after the last. Give the earlier one first", "from")
    if len(Month.range(first, last)) > LONGEST:
        raise DomainError(f"Ask for at most {LONGEST} months", "to")
    query = theme_counts(_read_as()).where(Audit.completed_month.between(first.first, last.first))
    found = [dict(row._mapping) for row in db.session.execute(query)]
    keyed = [row | {_KEY: _theme_key(row)} for row in found]
    basis = f"Findings of final audits by theme, {first} to {last}, as at {datetime_words(at)}"
    return _cut(sorted(keyed, key=lambda row: row[_KEY]), asked, basis)


def _theme_key(row: Row) -> list[str]:
    apart = [value for name, value in row.items() if name not in ("findings", "audits")]
    return ["" if value is None else str(value) for value in apart]


def _read_as() -> Any:
    """The merged themes as a table of (theme_id, into_id); None where none was merged."""
    pairs = merged_into()
    if not pairs:
        return None
    kind = Audit.id.type
    rows = [
        select(literal(theme, kind).label("theme_id"), literal(into, kind).label("into_id"))
        for theme, into in pairs.items()
    ]
    return union_all(*rows).subquery("read_as")


def _months(asked: MonthsAsked, at: datetime) -> tuple[Month, Month]:
    last = Month.parse(asked.last) if asked.last else Month.of(london_date(at))
    if asked.first:
        return Month.parse(asked.first), last
    return Month.of(add_months(last.first, 1 - _USUAL_MONTHS)), last


def _within(asked: MonthsAsked) -> list[Any]:
    conditions = []
    if asked.first:
        conditions.append(Audit.completed_month >= Month.parse(asked.first).first)
    if asked.last:
        conditions.append(Audit.completed_month <= Month.parse(asked.last).first)
    return conditions


def _part(asked: MeasuresAsked) -> Part | None:
    given = [
        (kind, str(value))
        for kind in (PartKind.SERVICE, PartKind.TEAM, PartKind.PLAN_TYPE)
        if (value := getattr(asked, kind.value)) is not None
    ]
    if len(given) > 1:
        raise DomainError("Ask for a service, a team or a plan type, not several", given[1][0])
    return services.find_part(*given[0]) if given else None


def _day(row: Row, name: str) -> Row:
    moment = row[name]
    return row | {name: None if moment is None else london_date(moment)}


def _rows(
    query: Select[Any], key: Any, asked: Asking, basis: str, finish: Callable[[Row], Row]
) -> Page:
    """A page of a statement, by keyset: as many rows as asked for after the mark."""
    if asked.after is not None:
        query = query.where(key > _mark(asked.after, lambda found: UUID(found[0])))
    found = [
        dict(row._mapping) for row in db.session.execute(query.order_by(key).limit(asked.limit + 1))
    ]
    shown = [finish(row) for row in found[: asked.limit]]
    return _page(shown, len(found) > asked.limit, basis)


def _cut(keyed: Sequence[Row], asked: Asking, basis: str) -> Page:
    """The same of rows that are all at hand, each with its own key, in their order."""
    rest: Iterable[Row] = keyed
    if asked.after is not None:
        mark = _mark(asked.after, list)
        try:
            rest = [row for row in keyed if row[_KEY] > mark]
        except TypeError as error:
            raise _unknown_mark() from error
    found = list(rest)
    return _page(found[: asked.limit], len(found) > asked.limit, basis)


def _page(shown: list[Row], more: bool, basis: str) -> Page:
    after = _written(shown[-1][_KEY]) if more else None
    rows = [{name: value for name, value in row.items() if name != _KEY} for row in shown]
    return Page(rows, basis, after)


def _written(key: Any) -> str:
    plain = key if isinstance(key, list) else [str(key)]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _mark(text: str, read: Callable[[list[Any]], T]) -> T:
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return read(found)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError,
            binascii.Error) as error:  # fmt: skip
        raise _unknown_mark() from error


def _unknown_mark() -> DomainError:
    return DomainError("“after” is not the mark of a page. Take it from “next” as it is", "after")
