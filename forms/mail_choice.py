"""The form of how somebody wants their e-mail."""

from typing import Final

from forms.base import ChoiceField, GovForm, Needed, SubmitField

EACH: Final = "each"
DAILY: Final = "daily"


class MailChoiceForm(GovForm):
    """Each message as it comes, or one a day."""

    how = ChoiceField(
        "How do you want e-mail about your work here?",
        [Needed("Select how you want e-mail")],
        choices=[
            (EACH, "Each message as it comes"),
            (DAILY, "One a day, at about 8 in the morning, with everything since the last one"),
        ],
        thing="How you want e-mail",
    )
    save = SubmitField("Save")
