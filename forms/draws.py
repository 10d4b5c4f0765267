"""Drawing cases for audit, discarding a draw, and asking for another case."""

import re
from typing import Any, Final

from wtforms.validators import StopValidation

from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    ListField,
    LongTextField,
    Needed,
    NeededIf,
    NumberField,
    SubmitField,
    TextField,
)
from qa_app.domain.sampling import ReplacedBecause, StratumBy

_NO_NAMES: Final = "Do not name the child or the family."


def read_sizes(text: str | None) -> dict[str, int]:
    """Numbers by stratum, one to a line: "CIN Team North = 3". StopValidation where unreadable."""
    found: dict[str, int] = {}
    for line in filter(None, map(str.strip, (text or "").splitlines())):
        name, _, number = line.rpartition("=")
        name, number = name.strip(), number.strip()
        if not name or not re.fullmatch("[0-9]{1,4}", number):
            raise StopValidation(f"Write each line as a name, = and a number, not “{line[:60]}”")
        if name in found:
            raise StopValidation(f"“{name}” stands there twice")
        found[name] = int(number)
    return found


class DrawForm(GovForm):
    """What to draw: for which month or batch, with which tool, how many, and from which list."""

    of = ListField("Month or batch", [Needed("Select the month or batch")])
    tool = ChoiceField("Audit tool", [Needed("Select the audit tool")])
    size = NumberField(
        "How many cases?",
        [
            NeededIf(
                lambda form: not form.sizes.data,
                "Enter how many cases, or numbers for each stratum",
            )
        ],
        description="Shared out in proportion to the cases in the list.",
        thing="The number of cases",
    )
    by = ChoiceField(
        "Stratified by",
        [Needed("Select what the draw is stratified by")],
        description="Each of these gets its share, so that none is left to chance.",
        choices=[(each.value, each.words) for each in StratumBy],
        coerce=StratumBy,
    )
    sizes = LongTextField(
        "Fixed numbers (optional)",
        description="In place of the number above. One to a line, for example: CIN Team North = 3",
        rows=4,
        max_length=4_000,
        thing="The fixed numbers",
    )
    as_at = DateField(
        "List of cases as at (optional)",
        description="Left empty, the date of the newest list. An earlier date is possible.",
        thing="The list’s date",
    )
    seed = TextField(
        "Seed (optional)",
        description="Leave it empty: the tool then takes a random one and records it, so that "
        "nobody can say that it was chosen for what it draws. A seed that you enter is shown as "
        "chosen by you.",
        max_length=40,
        width=10,
        autocomplete="off",
        spellcheck="false",
    )
    save = SubmitField("Draw the cases")

    def validate_sizes(self, field: Any) -> None:
        """Each line has a name and a number."""
        read_sizes(field.data)


class DiscardForm(GovForm):
    """Why a draw is not used."""

    reason = LongTextField(
        "Why is this draw not used?",
        [Needed("Enter why the draw is discarded")],
        description="It stays in the list with this reason, for whoever inspects it.",
        rows=3,
        max_length=400,
        thing="Why it is not used",
    )
    save = SubmitField("Discard this draw", look="warning")


class ReplaceForm(GovForm):
    """Why another case is needed in place of a drawn one (S4)."""

    reason = ChoiceField(
        "Why is another case needed?",
        [Needed("Select why another case is needed")],
        choices=[(each.value, each.words) for each in ReplacedBecause],
        coerce=ReplacedBecause,
    )
    note = LongTextField(
        "What should the second person know?",
        [
            NeededIf(
                lambda form: form.reason.data is ReplacedBecause.OTHER,
                "Enter why another case is needed",
            )
        ],
        description=f"Needed for another reason. {_NO_NAMES}",
        rows=3,
        max_length=400,
        thing="What the second person should know",
    )
    save = SubmitField("Ask for another case")


class DecideForm(GovForm):
    """The second person's decision (S4)."""

    APPROVED: Final = "approved"
    REFUSED: Final = "refused"

    decision = ChoiceField(
        "Should the next reserve be taken in place of this case?",
        [Needed("Select whether the next reserve is taken")],
        choices=[
            (APPROVED, "Yes, take the next reserve", "The case that it replaces stays visible."),
            (REFUSED, "No, the case stays in the draw"),
        ],
    )
    answer = LongTextField(
        "Your answer",
        [
            NeededIf(
                lambda form: form.decision.data == DecideForm.REFUSED,
                "Enter why the case stays in the draw",
            )
        ],
        description=f"Needed where the case stays. {_NO_NAMES}",
        rows=3,
        max_length=400,
        thing="Your answer",
    )
    save = SubmitField("Save the decision")
