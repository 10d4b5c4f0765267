"""Professionals of the extract into people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person, PersonSource, name_key
from qa_app.cases.ssd.counts import Count, write_differences
from qa_app.cases.ssd.extract import Extract
from qa_app.cases.ssd.rows import ProfessionalRow
from qa_app.database import db, new_id


def load_people(
    extract: Extract, *, by: UUID | None, at: datetime
) -> tuple[dict[str, Person], list[Person], Count]:
    """Bring people to what the extract says: people by professional id, those who left, the counts.

    Somebody whom another list brought first is known by the staff number. Who is no longer in the
    extract is marked as having left, if an extract brought them; nobody is deleted.
    """
    people = _People(extract, by, at)
    for row in extract.professionals:
        people.bring(row)
    left = people.mark_leavers() if extract.has_professionals else []
    db.session.flush()
    return people.by_external, left, people.count


class _People:
    def __init__(self, extract: Extract, by: UUID | None, at: datetime) -> None:
        self.extract = extract
        self.by = by
        self.at = at
        self.count = Count()
        everything = list(db.session.scalars(select(Person)))
        self.by_external = {p.external_id: p for p in everything if p.external_id is not None}
        self.by_staff = {p.staff_id: p for p in everything if p.staff_id is not None}
        self.present = {row.id for row in extract.professionals} | extract.held_professionals

    def bring(self, row: ProfessionalRow) -> None:
        person = self.by_external.get(row.id) or self._known_by_staff_number(row)
        if person is None:
            self._add(row)
            return
        self.by_external[row.id] = person
        wanted = {
            "external_id": row.id,
            "name": row.name,
            "name_key": name_key(row.name),
            "staff_id": self._free_staff_id(row, person) or person.staff_id,
            "left_on": None,
        }
        fields = [field for field in write_differences(person, wanted) if field != "name_key"]
        if not fields:
            self.count.unchanged += 1
            return
        self.count.change()
        # One at a time, so that a number that passes from one to another never stands twice.
        db.session.flush()
        history.record("person_changed", person, by=self.by, at=self.at, fields=", ".join(fields))

    def _known_by_staff_number(self, row: ProfessionalRow) -> Person | None:
        person = self.by_staff.get(row.staff_id or "")
        if person is None or person.external_id in self.present:
            return None
        if person.external_id is not None:
            del self.by_external[person.external_id]
        return person

    def _free_staff_id(self, row: ProfessionalRow, person: Person | None) -> str | None:
        """The staff number, unless somebody else (whose row is refused, say) holds it."""
        if row.staff_id is None:
            return None
        holder = self.by_staff.setdefault(row.staff_id, person) if person else None
        holder = holder or self.by_staff.get(row.staff_id)
        return row.staff_id if holder is person or holder is None else None

    def _add(self, row: ProfessionalRow) -> None:
        person = Person(
            id=new_id(),
            external_id=row.id,
            staff_id=self._free_staff_id(row, None),
            name=row.name,
            name_key=name_key(row.name),
            source=PersonSource.EXTRACT,
        )
        db.session.add(person)
        self.by_external[row.id] = person
        if person.staff_id is not None:
            self.by_staff[person.staff_id] = person
        self.count.new += 1
        history.record("person_added", person, by=self.by, at=self.at)

    def mark_leavers(self) -> list[Person]:
        """Those whom an extract brought and this one no longer names."""
        left = [
            person
            for external_id, person in self.by_external.items()
            if external_id not in self.present and person.source is PersonSource.EXTRACT
        ]
        for person in left:
            if person.left_on is None:
                person.left_on = self.extract.as_at
                self.count.ended += 1
                fields = "no longer in the case system"
                history.record("person_changed", person, by=self.by, at=self.at, fields=fields)
        return left
