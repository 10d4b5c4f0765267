"""Facts of teams and services, by name as they were at the cut."""

from uuid import UUID

from qa_app.reports.facts import Unit
from qa_app.reports.facts.rows import NOWHERE
from qa_app.reports.queries.factual.onestatement import Rows


class Units:
    """The units of a cut."""

    def __init__(self, rows: Rows) -> None:
        self._names: dict[UUID, str] = {row.id: row.name for row in rows["team"]}
        self._services: dict[UUID, UUID | None] = {row.id: row.service_id for row in rows["team"]}

    def name(self, unit: UUID | None) -> str:
        """The unit's name, "" for none."""
        return NOWHERE if unit is None else self._names.get(unit, NOWHERE)

    def service(self, unit: UUID | None) -> str:
        """The name of the unit's service, "" for none."""
        return NOWHERE if unit is None else self.name(self._services.get(unit))

    def facts(self) -> tuple[Unit, ...]:
        """Every unit, by id."""
        return tuple(
            Unit(unit, self._names[unit], self._services[unit], self.service(unit))
            for unit in sorted(self._names)
        )
