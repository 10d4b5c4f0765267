"""Allowing a moderation in spite of a conflict."""

from uuid import UUID

from forms.base import ChoiceField, GovForm, LongTextField, Needed, SubmitField


class ModerationWaiverForm(GovForm):
    """Who may moderate the audit in spite of what, and why (M2, S6)."""

    moderator = ChoiceField(
        "Who may moderate it in spite of a conflict?",
        [Needed("Select who may moderate it")],
        coerce=UUID,
        thing="Who may moderate it",
    )
    reason = LongTextField(
        "Why is the conflict waived?",
        [Needed("Enter the reason for the waiver")],
        description="Say why nobody else can moderate it. It stays listed with your name. No names "
        "of children or family.",
        thing="The reason for the waiver",
        rows=4,
        max_length=1_000,
        count=True,
    )
    save = SubmitField("Grant this waiver")
