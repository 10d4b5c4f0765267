"""Forms of the improvement plan after an Inadequate audit (E2, E9)."""

from typing import Final

from forms.base import GovForm, HiddenField, ListField, LongTextField, Needed, SubmitField
from forms.harmless import HarmlessForm, harmless_field
from qa_app.domain.plans import PlanStanding

_LONGEST: Final = 4_000
_NO_NAMES: Final = "Do not name the child or the family."


class PlanForm(HarmlessForm):
    """What the plan is to achieve; `shown` says what stood when the page was made, "" for none."""

    aims = LongTextField(
        "What is to be better for the child, and how will you know?",
        [Needed("Enter what is to be better for the child")],
        description="In a few sentences. What is done, by whom and by when, are the actions. "
        + _NO_NAMES,
        rows=6,
        max_length=_LONGEST,
        thing="What is to be better",
        count=True,
    )
    harmless = harmless_field()
    shown = HiddenField()
    save = SubmitField("Agree the plan")


class ChangePlanForm(PlanForm):
    """The same once a plan stands."""

    save = SubmitField("Change the plan")


class ClosePlanForm(HarmlessForm):
    """What changed, once the plan's actions have ended."""

    outcome = LongTextField(
        "What has changed for the child?",
        [Needed("Enter what has changed for the child")],
        description="Say how it is known, and what has not changed. " + _NO_NAMES,
        rows=6,
        max_length=_LONGEST,
        thing="What has changed",
        count=True,
    )
    harmless = harmless_field()
    save = SubmitField("Close the plan")


class PlanFilterForm(GovForm):
    """What the list shows. It comes in the address, so that the list can be sent as a link."""

    class Meta:
        csrf = False

    standing = ListField(
        "Plans",
        choices=[
            (PlanStanding.OWED.value, "To be agreed, late ones too"),
            *((each.value, each.words) for each in PlanStanding if each is not PlanStanding.OWED),
        ],
        empty="Every plan",
    )
    team = ListField("Team", empty="Every team")
