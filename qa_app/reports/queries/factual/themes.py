"""Facts of themes: as what each was read at the cut (T1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from qa_app.domain.learning import ThemeChangeKind, heirs
from qa_app.reports.facts import ThemeFact
from qa_app.reports.queries.factual.onestatement import Rows


class Themes:
    """The themes of a cut."""

    def __init__(self, rows: Rows, at: datetime) -> None:
        self._at = at
        self._themes = sorted(rows["theme"], key=lambda row: row.code)
        self._changes = sorted(rows["change"], key=lambda row: (row.at, row.id))
        self._codes: dict[UUID, str] = {row.id: row.code for row in self._themes}
        self._into = heirs((row.theme_id, row.kind, row.into_id) for row in self._changes)

    def code_of(self, theme_id: UUID | None) -> str:
        """The code of the theme as which this one was read; "" for none."""
        if theme_id is None:
            return ""
        return self._codes.get(self._into.get(theme_id, theme_id), "")

    def facts(self) -> tuple[ThemeFact, ...]:
        """Every theme, by code."""
        return tuple(self._fact(row) for row in self._themes)

    def _fact(self, row: Any) -> ThemeFact:
        merged = tuple(
            self._codes[theme]
            for theme in sorted(self._into, key=lambda each: self._codes[each])
            if self._into[theme] == row.id
        )
        return ThemeFact(row.code, row.name, self._ended(row), merged)

    def _ended(self, row: Any) -> bool:
        kinds = [each.kind for each in self._changes if each.theme_id == row.id]
        if kinds:
            return kinds[-1] is not ThemeChangeKind.REOPENED
        # What was ended before the programme kept what became of themes.
        return row.ended_at is not None and row.ended_at <= self._at
