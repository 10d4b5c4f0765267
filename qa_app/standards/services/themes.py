"""Looking after the list of themes: added, renamed, merged, split, ended, used again (T1).

Nothing here touches a finding. A finding keeps the theme under which it was filed; what a merged
theme is read as is worked out from the rows of ThemeChange, which are only ever added.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.learning import ThemeChangeKind
from qa_app.standards.models import Theme, ThemeChange
from qa_app.standards.queries.themes import all_themes, merged_into

SHORTEST_SYNONYM: Final = 4
LONGEST_CODE: Final = 40
_NOT_IN_A_CODE: Final = re.compile(r"[^a-z0-9]+")


class ThemeRefused(DomainError):
    """A name or a phrase that is taken or too short, or a change that this theme does not allow."""


class ThemeChanged(DomainError):
    """Somebody else changed the theme after the page was shown."""


@dataclass(frozen=True)
class ThemeWords:
    """What a theme says of itself."""

    name: str
    description: str = ""
    synonyms: tuple[str, ...] = ()

    @classmethod
    def of(cls, theme: Theme) -> "ThemeWords":
        """What a theme says as it stands."""
        return cls(theme.name, theme.description, tuple(theme.synonyms))

    @property
    def seen(self) -> str:
        """A fingerprint of it, by which a page says what it showed."""
        return history.fingerprint("\n".join([self.name, self.description, *self.synonyms]), "")


def add_theme(words: ThemeWords, *, by: UUID, at: datetime) -> Theme:
    """Add a theme to the list. ThemeRefused where its name or a phrase of it is taken."""
    every = _locked()
    words = _checked(words, every)
    return _add(words, every, by, at)


def change_theme(
    theme: Theme, words: ThemeWords, *, seen: str, by: UUID, at: datetime
) -> list[str]:
    """Rename or describe a theme anew; which parts changed, none where it said so already.

    Its findings stay under it, and past reports keep the name that they were published with (R4).
    ThemeChanged where it is not what the page `seen` showed.
    """
    every = _locked()
    if ThemeWords.of(theme).seen != seen:
        raise ThemeChanged(
            "Somebody else changed this theme meanwhile. Read it again, then make your change",
            "name",
        )
    words = _checked(words, [each for each in every if each.id != theme.id])
    changed = [
        part
        for part in ("name", "description", "synonyms")
        if tuple(getattr(theme, part)) != tuple(getattr(words, part))
    ]
    if changed:
        theme.name, theme.description = words.name, words.description
        theme.synonyms = list(words.synonyms)
        history.record("theme_changed", theme, by=by, at=at, fields=", ".join(changed))
    return changed


def merge_theme(theme: Theme, into: Theme, *, why: str, by: UUID, at: datetime) -> None:
    """Let a theme be read as another one from now on. Earlier data cuts stand (R4)."""
    _locked()
    _refuse_ended(theme, "theme")
    if into.id == theme.id:
        raise ThemeRefused("Select another theme: this is the one that you merge", "into")
    _refuse_ended(into, "into")
    _note(theme, ThemeChangeKind.MERGED, into, why, by, at)
    theme.ended_at = at
    history.record("theme_merged", theme, by=by, at=at, into=into.name)


def split_theme(
    theme: Theme, parts: Sequence[ThemeWords], *, why: str, by: UUID, at: datetime
) -> list[Theme]:
    """Let new themes come of one, which takes no new findings from then on.

    Its findings stay under it until a person files each anew. Two parts at least.
    """
    every = _locked()
    _refuse_ended(theme, "parts")
    if len({each.name.casefold() for each in parts}) < 2:
        raise ThemeRefused("Enter the names of at least two new themes, one on each line", "parts")
    made: list[Theme] = []
    for words in parts:
        checked = _checked(words, [*every, *made], "parts")
        made.append(_add(checked, [*every, *made], by, at))
    for each in made:
        _note(theme, ThemeChangeKind.SPLIT, each, why, by, at)
    theme.ended_at = at
    told = " and ".join(f"“{each.name}”" for each in made)
    history.record("theme_split", theme, by=by, at=at, into=told)
    return made


def end_theme(theme: Theme, *, why: str, by: UUID, at: datetime) -> None:
    """Take a theme out of use: no new findings; what was found under it is still counted."""
    _locked()
    _refuse_ended(theme, "why")
    _note(theme, ThemeChangeKind.ENDED, None, why, by, at)
    theme.ended_at = at
    history.record("theme_ended", theme, by=by, at=at)


def reopen_theme(theme: Theme, *, why: str, by: UUID, at: datetime) -> None:
    """Take a theme into use again; one that was merged is read as itself from now on."""
    _locked()
    if theme.ended_at is None:
        raise ThemeRefused("This theme is in use already. There is nothing to do", "why")
    _note(theme, ThemeChangeKind.REOPENED, None, why, by, at)
    theme.ended_at = None
    history.record("theme_reopened", theme, by=by, at=at)


def _locked() -> list[Theme]:
    """Every theme, locked in one order: two changes of the list happen one after the other."""
    query = select(Theme).order_by(Theme.id).with_for_update()
    list(db.session.scalars(query.execution_options(populate_existing=True)))
    return all_themes()


def _refuse_ended(theme: Theme, field: str) -> None:
    if theme.ended_at is None:
        return
    if theme.id in merged_into():
        raise ThemeRefused(
            f"“{theme.name}” was merged into another theme. Choose one that is in use", field
        )
    raise ThemeRefused(f"“{theme.name}” is no longer in use. Choose one that is", field)


def _checked(words: ThemeWords, others: Collection[Theme], field: str = "name") -> ThemeWords:
    """The words with each phrase once, in small letters. ThemeRefused where one cannot be."""
    taken = {each.name.casefold(): each for each in others}
    if words.name.casefold() in taken:
        raise ThemeRefused(f"There is a theme “{words.name}” already. Choose another name", field)
    phrases = list(dict.fromkeys(" ".join(each.lower().split()) for each in words.synonyms))
    phrases = [each for each in phrases if each]
    known = {phrase: each.name for each in others for phrase in each.synonyms}
    for phrase in phrases:
        if len(phrase) < SHORTEST_SYNONYM:
            raise ThemeRefused(
                f"“{phrase}” is too short: it would turn up inside other words. Enter phrases of "
                f"at least {SHORTEST_SYNONYM} letters",
                "synonyms",
            )
        if phrase in known:
            raise ThemeRefused(
                f"“{phrase}” belongs to “{known[phrase]}” already. A phrase points to one theme",
                "synonyms",
            )
    return ThemeWords(words.name, words.description, tuple(phrases))


def _add(words: ThemeWords, others: Collection[Theme], by: UUID, at: datetime) -> Theme:
    theme = Theme(
        code=_code(words.name, {each.code for each in others}),
        name=words.name,
        description=words.description,
        synonyms=list(words.synonyms),
    )
    db.session.add(theme)
    db.session.flush()
    history.record("theme_added", theme, by=by, at=at, name=theme.name)
    return theme


def _code(name: str, taken: Collection[str]) -> str:
    """A code of the name's letters that no theme has; it stays, whatever the name becomes."""
    plain = _NOT_IN_A_CODE.sub("-", name.casefold()).strip("-")[: LONGEST_CODE - 4].strip("-")
    code, number = plain or "theme", 2
    while code in taken:
        code, number = f"{plain or 'theme'}-{number}", number + 1
    return code


def _note(
    theme: Theme, kind: ThemeChangeKind, into: Theme | None, why: str, by: UUID, at: datetime
) -> None:
    into_id = into.id if into is not None else None
    db.session.add(
        ThemeChange(theme_id=theme.id, kind=kind, into_id=into_id, why=why, by=by, at=at)
    )
    db.session.flush()
