"""Reading themes: those in use, and what became of the others (T1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.domain.learning import ThemeChangeKind, heirs
from qa_app.history import Event
from qa_app.standards.models import Theme, ThemeChange


def themes() -> list[Theme]:
    """Every theme that takes new findings, by name."""
    query = select(Theme).where(Theme.ended_at.is_(None)).order_by(Theme.name)
    return list(db.session.scalars(query))


def all_themes() -> list[Theme]:
    """Every theme, those ended and merged too, by name."""
    return list(db.session.scalars(select(Theme).order_by(Theme.name)))


def theme_named(code: str) -> Theme | None:
    """The theme of this code, whatever became of it."""
    return db.session.scalars(select(Theme).where(Theme.code == code)).one_or_none()


def changes(until: datetime | None = None) -> list[ThemeChange]:
    """What became of themes, the oldest first; what happened later than `until` left out (R4)."""
    query = select(ThemeChange).order_by(ThemeChange.at, ThemeChange.id)
    if until is not None:
        query = query.where(ThemeChange.at <= until)
    return list(db.session.scalars(query))


def merged_into(until: datetime | None = None) -> dict[UUID, UUID]:
    """For each theme that stands merged, the theme as which its findings are read (T1)."""
    return heirs((each.theme_id, each.kind, each.into_id) for each in changes(until))


def themes_and_merged() -> tuple[list[Theme], dict[UUID, UUID]]:
    """What `themes` and `merged_into` say, in one query."""
    query = (
        select(Theme, ThemeChange)
        .outerjoin(ThemeChange, ThemeChange.theme_id == Theme.id)
        .order_by(Theme.name, Theme.id, ThemeChange.at, ThemeChange.id)
    )
    found: list[tuple[Theme, ThemeChange | None]] = [
        (row[0], row[1]) for row in db.session.execute(query)
    ]
    happened = sorted(
        (change for _, change in found if change is not None), key=lambda each: (each.at, each.id)
    )
    into = heirs((each.theme_id, each.kind, each.into_id) for each in happened)
    return list(dict.fromkeys(theme for theme, _ in found if theme.ended_at is None)), into


@dataclass(frozen=True)
class ThemeRow:
    """A theme with what became of it: `into` is where its findings are counted now, `parts` the
    themes that it was split into."""

    theme: Theme
    into: Theme | None = None
    parts: tuple[Theme, ...] = ()
    merged: tuple[Theme, ...] = ()

    @property
    def is_merged(self) -> bool:
        """Whether its findings are counted under another."""
        return self.into is not None


def rows(found: Iterable[Theme] | None = None) -> list[ThemeRow]:
    """Every theme, or these, with what became of each (two queries)."""
    every = all_themes()
    known = {each.id: each for each in every}
    happened = changes()
    into = heirs((each.theme_id, each.kind, each.into_id) for each in happened)
    parts: dict[UUID, list[Theme]] = {}
    for change in happened:
        if change.kind is ThemeChangeKind.SPLIT and change.into_id is not None:
            parts.setdefault(change.theme_id, []).append(known[change.into_id])
    return [
        ThemeRow(
            each,
            known[into[each.id]] if each.id in into else None,
            tuple(dict.fromkeys(parts.get(each.id, ()))),
            tuple(other for other in every if into.get(other.id) == each.id),
        )
        for each in (every if found is None else found)
    ]


@dataclass(frozen=True)
class Happened:
    """One line of a theme's history."""

    sentence: str
    who: str
    at: datetime
    why: str = ""


def history_of(theme: Theme) -> list[Happened]:
    """What happened to a theme, the newest first, with the reasons given."""
    query = (
        select(Event)
        .where(Event.subject_id == theme.id, Event.subject_type == "theme")
        .order_by(Event.sequence.desc())
    )
    events = list(db.session.scalars(query))
    who = names({each.actor_id for each in events})
    reasons = {
        each.at: each.why
        for each in db.session.scalars(select(ThemeChange).where(ThemeChange.theme_id == theme.id))
    }
    return [
        Happened(
            each.sentence,
            who.get(each.actor_id, "") if each.actor_id else "",
            each.at,
            reasons.get(each.at, ""),
        )
        for each in events
    ]
