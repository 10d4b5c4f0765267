"""What was chosen for moderation: which month is shown, and why a blind one is made sighted."""

from forms.base import GovForm, ListField, LongTextField, Needed, SubmitField

LONGEST = 400


class ChoicesForm(GovForm):
    """The month of the page. It comes in the address."""

    class Meta:
        csrf = False

    month = ListField("Month in which they were sent first", empty=None)


class SightedForm(GovForm):
    """Why an audit is not moderated blind although it was chosen to be (M3)."""

    reason = LongTextField(
        "Why is it to be moderated sighted?",
        [Needed("Enter why it is to be moderated sighted")],
        description="It stays with the choice, for whoever checks it. Write nothing about the "
        "child or about what the audit found.",
        rows=3,
        max_length=LONGEST,
        thing="Why it is to be moderated sighted",
    )
    save = SubmitField("Make it sighted")
