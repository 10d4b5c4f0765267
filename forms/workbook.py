"""Uploading the old audit workbook, and saying what its columns are."""

from collections.abc import Mapping, Sequence
from typing import Any

from forms.base import CheckField, GovForm, ListField, Needed, SubmitField, UploadField


class WorkbookForm(GovForm):
    """The file, and whether teams that are not known are added."""

    file = UploadField(
        "The workbook",
        [Needed("Choose the workbook, as an Excel workbook (.xlsx) or a CSV file")],
        description="An Excel workbook (.xlsx) or a CSV file (.csv) of at most 10 MB.",
        accept=".xlsx,.csv",
    )
    create_teams = CheckField("Add teams that are not known here")
    save = SubmitField("Read the workbook")


class ColumnsForm(GovForm):
    """A list box for each column; made by `columns_form`."""

    names: Mapping[str, str] = {}

    def field_of(self, heading: str) -> str:
        """The field chosen for a heading; empty where the column is not used."""
        return str(self[self.names[heading]].data or "")


def columns_form(taken_for: Mapping[str, str], fields: Sequence[tuple[str, str]]) -> ColumnsForm:
    """A form with a list box for each heading of `taken_for`, showing the field it has there."""
    names = {heading: f"column_{number}" for number, heading in enumerate(taken_for, start=1)}
    members: dict[str, Any] = {
        name: ListField(heading, choices=fields, empty="Not used", thing=heading)
        for heading, name in names.items()
    }
    members |= {"save": SubmitField("Read the workbook again"), "names": names}
    made = type("ColumnsForm", (ColumnsForm,), members)
    form: ColumnsForm = made(data={names[heading]: field for heading, field in taken_for.items()})
    return form
