"""Writing one part of a report."""

from forms.base import GovForm, HiddenField, LongTextField, SubmitField


class WriteForm(GovForm):
    """The text of one part. `revision` is that of the text which the page showed."""

    revision = HiddenField()
    text = LongTextField("Your text", rows=14)
    save = SubmitField("Save and continue")

    @property
    def seen(self) -> int:
        """The revision that the page showed; 0 where it showed no text."""
        text = str(self.revision.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
