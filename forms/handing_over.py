"""The form that hands several actions over."""

from typing import Any, NamedTuple
from uuid import UUID

from forms.base import LongTextField, ManyField, Needed, SubmitField
from forms.tracker import OwnerFields


class Ticked(NamedTuple):
    """An action that is ticked, and the version of it that the page showed."""

    action_id: UUID
    version: int

    def __str__(self) -> str:
        return f"{self.action_id}:{self.version}"


def read_ticked(text: str) -> Ticked:
    """What a box sends; ValueError for anything else."""
    action_id, _, version = text.partition(":")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise ValueError(text)
    return Ticked(UUID(action_id), int(version))


class ActionsField(ManyField):
    """Boxes that say which version of its action each of them showed.

    One that has changed is refused by the rule, in words, and not as an unknown answer; and its box
    is shown ticked again as it was.
    """

    def pre_validate(self, form: Any) -> None:
        """What is offered is asked of the database again when it is saved."""

    def is_chosen(self, value: str) -> bool:
        """Whether the action is ticked, whatever its version."""
        ticked = {str(each.action_id) for each in self.data or () if isinstance(each, Ticked)}
        return value.partition(":")[0] in ticked


class HandOverForm(OwnerFields):
    """Which actions go to whom, and why (E3)."""

    actions = ActionsField(
        "Which actions go to somebody else?",
        [Needed("Select at least one action")],
        coerce=read_ticked,
        thing="Which actions",
    )
    reason = LongTextField(
        "Why do they go to somebody else?",
        [Needed("Enter why they go to somebody else")],
        description="Kept with each of them, and read by whoever has it next. "
        "Do not name a child or a family.",
        rows=3,
        max_length=2_000,
        thing="Why they go to somebody else",
    )
    save = SubmitField("Hand over")
