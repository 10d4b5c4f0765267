"""Uploading the case system's extract."""

from typing import Any

from wtforms import MultipleFileField

from forms.base import DateField, GovField, GovForm, Needed, SubmitField
from forms.widgets import InputWidget


class UploadsField(GovField, MultipleFileField):  # type: ignore[misc]  # no types
    """Several files; data is the list of those chosen."""

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        widget = InputWidget("file", accept=options.pop("accept", None), multiple=True)
        super().__init__(label, validators, widget=widget, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Leave out what a browser sends for no file at all."""
        self.data = [file for file in valuelist if getattr(file, "filename", "")]


class ExtractForm(GovForm):
    """The files of an extract and its date."""

    files = UploadsField(
        "Files of the extract",
        [Needed("Choose the extract’s CSV files, or a ZIP file of them")],
        description="The CSV files of the Standard Safeguarding Dataset, or one ZIP file of them.",
        accept=".csv,.zip",
    )
    as_at = DateField(
        "Date of the extract",
        [Needed("Enter the date of the extract")],
        description="The day that the extract shows, for example 30 4 2023.",
        thing="The date of the extract",
    )
    save = SubmitField("Read the files")
