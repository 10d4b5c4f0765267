"""What forms of words outside an audit's boxes share: a word on why something that may identify a
child or family does not (A11)."""

from collections.abc import Iterable
from typing import Final

from forms.base import GovForm, TextField

_REASON: Final = 400


def harmless_field() -> TextField:
    """The field, which the page shows once such words were found."""
    return TextField(
        "Why do these words identify no child or family?",
        description="For example: it is the telephone number of a service.",
        max_length=_REASON,
        thing="Why these words identify nobody",
    )


class HarmlessForm(GovForm):
    """A form with the field `harmless`; `asks_harmless` says whether the page shows it."""

    found_words = False

    @property
    def asks_harmless(self) -> bool:
        """Whether such words were found, or a reason was given already."""
        return self.found_words or bool(self["harmless"].data)

    def refuse_words(self, found: Iterable[tuple[str, str]]) -> None:
        """Say of each of the words (what to do, and the field that they are in) to look again."""
        self.found_words = True
        for message, field in found:
            self.refuse(message, field)
