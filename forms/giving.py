"""Giving an audit to a moderator, naming one from outside, and covering for an absence."""

from uuid import UUID

from forms.base import ChoiceField, GovForm, LongTextField, Needed, SubmitField

BACK = "back"
"""The answer that puts an audit back in the queue; any other is the deputy's id."""


class GiveModeratorForm(GovForm):
    """Who moderates the audit. The view hands in those whom nothing keeps from it."""

    person = ChoiceField(
        "Who moderates it?", [Needed("Select who moderates it")], coerce=UUID, thing="The moderator"
    )
    save = SubmitField("Give it to them")


class OutsiderForm(GovForm):
    """Who decides where nobody is senior to the first moderator (M5)."""

    person = ChoiceField(
        "Who is the second moderator?",
        [Needed("Select the second moderator")],
        coerce=UUID,
        thing="The second moderator",
    )
    reason = LongTextField(
        "Why this person?",
        [Needed("Enter why this person is named")],
        description="It is kept with the audit. No names of children or family.",
        thing="The reason",
        rows=3,
        max_length=400,
        count=True,
    )
    save = SubmitField("Name them")


class CoverForm(GovForm):
    """What becomes of an audit whose moderator is away."""

    what = ChoiceField(
        "What happens with this audit?",
        [Needed("Select what happens with this audit")],
        thing="What happens with this audit",
    )
    save = SubmitField("Move it")

    @property
    def to(self) -> UUID | None:
        """The deputy who gets it; None where it goes back to the queue."""
        return None if self.what.data in (None, BACK) else UUID(self.what.data)
