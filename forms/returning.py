"""The form with which a moderator returns an audit: each thing asked is pinned to a place (M6)."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from forms.base import (
    ListField,
    LongTextField,
    Needed,
    NeededIf,
    SubmitField,
    TextField,
)
from forms.harmless import HarmlessForm, harmless_field
from qa_app.domain.correcting import MOST_COMMENTS

AT_FIRST: Final = 3
"""Places for comments on a fresh page; “Add another” adds one."""
_LONGEST: Final = 4_000


class Asked(NamedTuple):
    """What was typed in one place of the form: the place's number, where it is pinned ("": the
    audit as a whole), and what is asked."""

    place: int
    where: str
    says: str


class ReturnForm(HarmlessForm):
    """What the auditor is asked to correct; `return_form` adds as many places as are shown."""

    shown: ClassVar[int] = AT_FIRST

    feedback: LongTextField
    harmless: TextField
    add: SubmitField
    save: SubmitField

    @property
    def places(self) -> list[tuple[Any, Any]]:
        """The fields of each place: where it is, and what is to be corrected."""
        return [(self[f"where_{n}"], self[f"says_{n}"]) for n in range(self.shown)]

    @property
    def may_add(self) -> bool:
        """Whether there is room for another place."""
        return self.shown < MOST_COMMENTS

    def asked(self) -> list[Asked]:
        """The places that were filled in."""
        return [
            Asked(place, where.data or "", says.data)
            for place, (where, says) in enumerate(self.places)
            if says.data
        ]


def return_form(places: Sequence[tuple[str, str]], shown: int) -> type[ReturnForm]:
    """A form with `shown` places (1 to 20) to pin comments to one of these (value, words)."""
    shown = min(max(shown, 1), MOST_COMMENTS)
    fields: dict[str, Any] = {"shown": shown}
    for place in range(shown):
        fields |= _place(place, places)
    fields["add"] = SubmitField("Add another", look="secondary")
    fields["feedback"] = LongTextField(
        "Is there anything else that you want to say? (optional)",
        description="A general word to the auditor. Begin with what was done well.",
        rows=3,
        max_length=_LONGEST,
        thing="What else you want to say",
    )
    fields["harmless"] = harmless_field()
    fields["save"] = SubmitField("Return it to the auditor")
    return type("FullReturnForm", (ReturnForm,), fields)


def _place(place: int, places: Sequence[tuple[str, str]]) -> dict[str, Any]:
    number = place + 1
    return {
        f"where_{place}": ListField(
            f"Comment {number}: where is it?", choices=places, empty="The audit as a whole"
        ),
        f"says_{place}": LongTextField(
            f"Comment {number}: what is to be corrected?",
            [_needed(place)],
            description=""
            if place
            else "Say what you would like to see changed, and why. Do not name the child or the "
            "family.",
            rows=4,
            max_length=_LONGEST,
            thing=f"Comment {number}",
        ),
    }


def _needed(place: int) -> Needed:
    return NeededIf(_is_missing(place), "Enter what is to be corrected")


def _is_missing(place: int) -> Callable[[Any], bool]:
    """The first comment is needed where there is no other; each one where its place is chosen."""

    def missing(form: ReturnForm) -> bool:
        if form.add.data:
            return False
        chosen = bool(form[f"where_{place}"].data)
        return chosen or (not place and not any(says.data for _, says in form.places))

    return missing
