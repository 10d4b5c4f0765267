"""Raising a significant-harm concern, and the steps that follow (E1, E7)."""

import re
from typing import Any, Final

from wtforms.validators import StopValidation

from forms.base import (
    CheckField,
    ChoiceField,
    DateField,
    GovForm,
    LongTextField,
    Needed,
    NeededIf,
    SubmitField,
    TextField,
)

# A case reference has a figure in it; a name has not.
_REFERENCE: Final = re.compile(r"(?=.*\d)[\w/.-]{1,40}", re.ASCII)
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)


def case_references(text: str | None) -> list[str]:
    """The case references in a line, separated by commas or spaces, each once."""
    return list(dict.fromkeys((text or "").replace(",", " ").split()))


def _only_references(form: Any, field: Any) -> None:
    if any(not _REFERENCE.fullmatch(each) for each in case_references(field.data)):
        raise StopValidation(
            "Enter brothers and sisters by case reference, like 100234, and never by name"
        )


def _a_time(form: Any, field: Any) -> None:
    if field.data and not _TIME.fullmatch(field.data):
        raise StopValidation(f"{_ENTER_TIME[field.name]} as hours and minutes, like 14:35")


_ENTER_TIME: Final = {
    "call_time": "Enter the time of the call",
    "told_time": "Enter when they were told",
    "held_time": "Enter the time of the strategy discussion",
}


def lines(text: str | None) -> list[str]:
    """What stands on each line, without the empty ones."""
    return [each.strip() for each in (text or "").splitlines() if each.strip()]


def clock_time(text: str | None) -> tuple[int, int] | None:
    """Hours and minutes of “14:35”; None for anything else."""
    match = _TIME.fullmatch(text or "")
    return (int(match[1]), int(match[2])) if match else None


def _got_through(form: Any) -> bool:
    return bool(form.answered.data == "yes")


def _a_time_if_discussed(form: Any, field: Any) -> None:
    # What stands in a box that is not asked for does not hold up a decision.
    if _discussed(form):
        _a_time(form, field)


def _lives_elsewhere(form: Any) -> bool:
    return bool(form.elsewhere.data)


def _discussed(form: Any) -> bool:
    return bool(form.decision.data == "strategy_discussion")


def _not_discussed(form: Any) -> bool:
    return not _discussed(form)


class _CallParts(GovForm):
    """Who answered the telephone, and when."""

    call_whom = TextField(
        "Who answered?",
        [NeededIf(_got_through, "Enter who answered the telephone")],
        description="Their name and post, or the team.",
    )
    call_on = DateField("On what day?", [NeededIf(_got_through, "Enter the day of the call")])
    call_time = TextField(
        "At what time?",
        [NeededIf(_got_through, "Enter the time of the call"), _a_time],
        description="Like 14:35",
        width=5,
        thing="The time of the call",
    )


class ConcernForm(_CallParts):
    """A concern; the call may be added later, the worry may not."""

    answered = ChoiceField(
        "Have you spoken to somebody by telephone?",
        [Needed("Select whether you have spoken to somebody")],
        choices=[
            ("yes", "Yes, somebody answered"),
            ("no", "I have not got through yet"),
        ],
    )
    worry = LongTextField(
        "What are you worried about?",
        [Needed("Enter what you are worried about")],
        description="What you read, what may happen to the child, and how soon. No names of "
        "children or family.",
    )
    siblings = TextField(
        "Brothers and sisters in the household",
        [_only_references],
        description="By case reference, with commas between. Those that the case system knows "
        "are filled in: check them.",
        max_length=400,
    )
    about_adult = CheckField("An adult who works with children is part of the worry")
    implicated = LongTextField(
        "Is somebody who works for this council part of the worry?",
        description="Their name, e-mail address or staff id, one on each line, at most three. They "
        "will see and be told nothing of it: not the concern, not the audit, no action. Leave it "
        "empty if there is nobody.",
        rows=3,
        max_length=600,
        thing="The names",
    )
    elsewhere = CheckField("The child lives in another authority")
    authority = TextField(
        "Which authority?",
        [NeededIf(_lives_elsewhere, "Enter the authority in which the child lives")],
    )
    send = SubmitField("Raise the concern and tell these people", look="warning")


class CallForm(_CallParts):
    """The call, recorded after the concern was raised."""

    answered = ChoiceField("", choices=[("yes", "Yes")])
    record = SubmitField("Record the call")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answered.data = "yes"


class DecisionForm(GovForm):
    """The safety decision of a manager."""

    decision = ChoiceField("What is the safety decision?", [Needed("Select the safety decision")])
    held_on = DateField(
        "On what day was it held?",
        [NeededIf(_discussed, "Enter the day of the strategy discussion")],
        thing="The day of the strategy discussion",
    )
    held_time = TextField(
        "At what time?",
        [
            NeededIf(_discussed, "Enter the time of the strategy discussion"),
            _a_time_if_discussed,
        ],
        description="Like 14:35",
        width=5,
        thing="The time of the strategy discussion",
    )
    outcome = LongTextField(
        "What came of it?",
        [NeededIf(_discussed, "Enter what came of the strategy discussion")],
        rows=4,
        thing="The outcome",
    )
    note = LongTextField(
        "Say how, or why",
        [
            NeededIf(
                _not_discussed,
                "Enter how the child is known to be safe, or why there is no decision yet",
            )
        ],
        description="Who saw the child, when and where, or how else the child is known to be safe; "
        "or why neither has happened yet. After a strategy discussion it may stay empty.",
        rows=4,
    )
    decide = SubmitField("Record the safety decision")


class ReferralForm(GovForm):
    """Who outside was told of the concern, and when."""

    told_to = ChoiceField("Who has been told?", [Needed("Select who has been told")])
    told_whom = TextField(
        "Who did you speak to?",
        [Needed("Enter who was told")],
        description="Their name and post, or the team.",
        thing="Who was told",
    )
    told_on = DateField(
        "On what day?", [Needed("Enter the day on which they were told")], thing="The day"
    )
    told_time = TextField(
        "At what time?",
        [Needed("Enter when they were told"), _a_time],
        description="Like 14:35",
        width=5,
        thing="The time",
    )
    refer = SubmitField("Record that they were told")


class WithdrawConcernForm(GovForm):
    """Why the concern is withdrawn."""

    reason = LongTextField(
        "Why is the concern withdrawn?",
        [Needed("Enter why the concern is withdrawn")],
        rows=4,
    )
    withdraw = SubmitField("Withdraw the concern", look="warning")
