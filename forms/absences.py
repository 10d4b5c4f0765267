"""Forms of absences: noting one, ending one, and finding whose it is."""

from typing import Any, Final

from forms.base import ChoiceField, DateField, GovForm, Needed, NeededIf, SubmitField, TextField

SOONER: Final = "sooner"
NOT_AT_ALL: Final = "not_at_all"


class AbsenceForm(GovForm):
    """From when until when, and who stands in. Why is not asked."""

    first_on = DateField(
        "First day away",
        [Needed("Enter the first day away")],
        description="For example, 27 3 2027",
    )
    last_on = DateField(
        "Last day away",
        [Needed("Enter the last day away")],
        description="That day is included. Up to 12 months ahead.",
    )
    deputy = TextField(
        "Who stands in?",
        description="Their e-mail address, staff id or full name. Leave it empty if nobody does.",
        autocomplete="off",
        thing="Who stands in",
    )
    save = SubmitField("Save")


class EndAbsenceForm(GovForm):
    """Back sooner, and when; or not away at all."""

    how = ChoiceField(
        "What has changed?",
        [Needed("Select what has changed")],
        thing="What has changed",
    )
    back_on = DateField(
        "First day back",
        [NeededIf(lambda form: form.how.data == SOONER, "Enter the first day back")],
        description="For example, 27 3 2027",
    )
    save = SubmitField("Save")

    @property
    def reveal(self) -> dict[str, Any]:
        """What is asked with an answer, for the radios."""
        return {SOONER: self.back_on}


class FindPersonForm(GovForm):
    """Whose absence is to be noted; it is sent by GET and changes nothing."""

    class Meta:
        csrf = False

    q = TextField("Name, e-mail address or staff id", autocomplete="off")
