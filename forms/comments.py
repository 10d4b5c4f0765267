"""The auditor's answer to something that the moderator asks to be corrected (M6)."""

from forms.base import LongTextField, Needed, SubmitField
from forms.harmless import HarmlessForm, harmless_field

_LONGEST = 4_000


class AnswerCommentForm(HarmlessForm):
    """What was changed, or why not."""

    text = LongTextField(
        "What did you change, or why not?",
        [Needed("Enter what you changed, or why not")],
        description="The moderator reads this when you send the audit again.",
        rows=4,
        max_length=_LONGEST,
        thing="What you changed, or why not",
    )
    harmless = harmless_field()
    save = SubmitField("Save this answer")
