"""Forms of what is done about a theme (T3)."""

from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    Needed,
    NumberField,
    SubmitField,
    TextField,
)
from forms.tracker import OwnerFields
from qa_app.domain.learning import JudgedBy, ResponseKind, ResponseState


class LearningFilterForm(GovForm):
    """What the list of responses shows; every part may be left empty."""

    class Meta:
        csrf = False

    state = ListField(
        "State", empty="Every state", choices=[(each.value, each.words) for each in ResponseState]
    )
    theme = ListField("Theme", empty="Every theme")


class ResponseForm(OwnerFields):
    """A response: who does what by when, and by which measure it will be judged.

    The view hands in themes, services, sections and standards.
    """

    seen = HiddenField()
    theme = ListField("Theme", [Needed("Select the theme that it answers")])
    kind = ChoiceField(
        "What kind of response is it?",
        [Needed("Select what kind of response it is")],
        choices=[(kind.value, kind.words) for kind in ResponseKind],
        coerce=ResponseKind,
    )
    title = TextField(
        "Title", [Needed("Enter a title")], max_length=200,
        description="For example: Planning with families, half a day for every team",
    )  # fmt: skip
    what = LongTextField(
        "What is done? (optional)", rows=4, max_length=2_000, thing="What is done",
        description="Do not name a child or a family.",
    )  # fmt: skip
    service = ListField("For which service?", empty="All of them")
    due_on = DateField("When is it due?", [Needed("Enter the due date")], thing="The due date")
    judged_by = ChoiceField(
        "By which measure will it be judged?",
        [Needed("Select the measure by which it will be judged")],
        choices=[(each.value, each.words) for each in JudgedBy],
        coerce=JudgedBy,
    )
    section = ListField("Which section? (where a section judges it)", empty="None")
    standard = ListField("Which practice standard? (where a standard judges it)", empty="None")
    months_before = NumberField("Months counted before it", [Needed("Enter a number of months")])
    months_after = NumberField("Months counted after it", [Needed("Enter a number of months")])
    save = SubmitField("Save this response")

    @property
    def revision(self) -> int:
        """The revision that the page showed; 0, which none has, where the form did not say."""
        text = str(self.seen.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    @property
    def judged_code(self) -> str:
        """The section or standard that goes with the measure."""
        if self.judged_by.data is JudgedBy.SECTION:
            return str(self.section.data or "")
        return str(self.standard.data or "") if self.judged_by.data is JudgedBy.STANDARD else ""


class DoneForm(GovForm):
    """The day on which it was done."""

    on = DateField("When was it done?", [Needed("Enter the day")], thing="The day")
    save = SubmitField("Mark it as done")


class ConcludeForm(GovForm):
    """What came of it."""

    conclusion = LongTextField(
        "What came of it?",
        [Needed("Enter what came of it")],
        description="Say what the figures say, and what you will do next. They do not say what "
        "brought a difference about.",
        rows=5,
        max_length=2_000,
        thing="What came of it",
    )
    save = SubmitField("Conclude it")


class DropForm(GovForm):
    """Giving it up."""

    why = LongTextField(
        "Why is it given up?", [Needed("Enter why it is given up")], rows=3, max_length=1_000,
        thing="The reason",
    )  # fmt: skip
    save = SubmitField("Give it up", look="warning")
