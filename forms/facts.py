"""Forms of those whose work is audited: the check of the facts and the reply; and the auditor's
answers to what they said (A12)."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, NamedTuple

from forms.base import (
    ChoiceField,
    GovForm,
    ListField,
    LongTextField,
    Needed,
    NeededIf,
    SubmitField,
)
from forms.moderation import Together
from qa_app.domain.answers import FactAnswer
from qa_app.domain.facts import MOST_POINTS

AGREE: Final = "agree"
DISPUTE: Final = "dispute"
_LONGEST: Final = 4_000


class Said(NamedTuple):
    """Something that is not right: the section's code ("": the audit as a whole), and what."""

    section: str
    says: str


class FactsForm(GovForm):
    """Whether everything is right; `facts_form` adds as many places for points as are shown."""

    shown: ClassVar[int] = 1

    right: ChoiceField
    send: SubmitField
    add: SubmitField

    @property
    def disputing(self) -> dict[str, Together]:
        """What is asked where something is not right, for the radios' `reveal`."""
        names = [f"{part}_{place}" for place in range(self.shown) for part in ("section", "says")]
        fields = [self[name] for name in names]
        return {DISPUTE: Together([*fields, self.add] if self.shown < MOST_POINTS else fields)}

    def points(self) -> list[Said]:
        """What was said not to be right, after validation; none where nothing was."""
        if self.right.data == AGREE:
            return []
        rows = ((self[f"section_{n}"].data, self[f"says_{n}"].data) for n in range(self.shown))
        return [Said(section or "", says) for section, says in rows if says]


def facts_form(sections: Sequence[tuple[str, str]], shown: int) -> type[FactsForm]:
    """A form with `shown` places (1 to 20) for points about these (code, title) sections."""
    shown = min(max(shown, 1), MOST_POINTS)
    fields: dict[str, Any] = {
        "shown": shown,
        "right": ChoiceField(
            "Is everything in it right?",
            [Needed("Select whether everything in the audit is right")],
            choices=[(AGREE, "Yes, there is nothing to correct"), (DISPUTE, "No")],
            thing="Whether everything is right",
        ),
    }
    for place in range(shown):
        fields |= _point(place, sections)
    fields["add"] = SubmitField("Add another point", look="secondary")
    fields["send"] = SubmitField("Send my answer")
    return type("FullFactsForm", (FactsForm,), fields)


def _point(place: int, sections: Sequence[tuple[str, str]]) -> dict[str, Any]:
    where, what = "Where is it?", "What is not right, and what is so instead?"
    if place:
        where, what = f"Point {place + 1}: where is it?", f"Point {place + 1}: what is not right?"
    return {
        f"section_{place}": ListField(where, choices=sections, empty="The audit as a whole"),
        f"says_{place}": LongTextField(
            what,
            [NeededIf(_is_missing(place), "Enter what is not right, and what is so instead")],
            description=""
            if place
            else "Say where it can be seen on the child’s record. Do not name the child or the "
            "family.",
            rows=4,
            max_length=_LONGEST,
            thing=f"Point {place + 1}",
        ),
    }


def _is_missing(place: int) -> Any:
    """The first point is needed where no other is there; a further one where its section is."""

    def missing(form: FactsForm) -> bool:
        if form.right.data != DISPUTE:
            return False
        if place:
            return bool(form[f"section_{place}"].data)
        return not any(form[f"says_{n}"].data for n in range(1, form.shown))

    return missing


class StandsForm(GovForm):
    """The auditor's answer to a point while the audit waits: it stands as it was written."""

    text = LongTextField(
        "Why does it stand as it is written?",
        [Needed("Enter why it stands as it is written")],
        description="Whoever said it reads this, and so does everybody who reads the audit.",
        rows=4,
        max_length=_LONGEST,
        thing="Why it stands",
    )
    save = SubmitField("Send this answer")

    @property
    def chosen(self) -> FactAnswer:
        """What the auditor did about it."""
        return FactAnswer.STANDS


class CorrectedForm(GovForm):
    """The auditor's answer to a point while the audit is back on their desk."""

    answer = ChoiceField(
        "What did you do about it?",
        [Needed("Select what you did about it")],
        choices=[
            (FactAnswer.CORRECTED.value, "I corrected it in the audit"),
            (FactAnswer.STANDS.value, "It stands as it was written"),
        ],
        coerce=FactAnswer,
        thing="What you did about it",
    )
    text = LongTextField(
        "What did you change, or why does it stand?",
        [Needed("Enter what you changed, or why it stands")],
        description="Whoever said it reads this, and so does everybody who reads the audit.",
        rows=4,
        max_length=_LONGEST,
        thing="What you changed, or why it stands",
    )
    save = SubmitField("Save this answer")

    @property
    def chosen(self) -> FactAnswer:
        """What the auditor did about it, after validation."""
        return FactAnswer(str(self.answer.data))


class ReplyForm(GovForm):
    """What somebody whose work was audited says of the audit, in their own words."""

    text = LongTextField(
        "What do you want to say about this audit?",
        [Needed("Enter what you want to say about this audit")],
        description="What you agree with, what you see differently, and what the audit could not "
        "know. Do not name the child or the family.",
        rows=12,
        thing="Your reply",
    )
    send = SubmitField("Sign and send")
    save = SubmitField("Save and come back later", look="secondary")
