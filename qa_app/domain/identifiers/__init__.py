"""What in free text may identify a child or a family (A11): a hint, never a bar.

The auditor is shown each and removes it or confirms that it identifies nobody. Nothing is refused
because of what is found here, and finding nothing is no promise.

**Not found**: a first name alone ("Kayden was seen"), a surname alone, initials, a name in small
letters after a title other than Mr or Mrs, an address without its postcode, half a postcode, a date
of birth without a word such as "born" or "DOB" beside it or without its year, an age, a school or a
street, an NHS number with a digit mistyped, a number written in words.

How much is found of what should be: `python -m bench.identifiers`, over
tests/data/identifiers.csv.

Every pattern takes time proportional to the text, whatever the text.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from qa_app.domain.identifiers.addresses import emails, postcodes
from qa_app.domain.identifiers.birth import dates_of_birth
from qa_app.domain.identifiers.kinds import Found, IdentifierKind, Span
from qa_app.domain.identifiers.names import titled_names
from qa_app.domain.identifiers.numbers import nhs_numbers, telephones

__all__ = ["Found", "IdentifierKind", "find_identifiers"]

FINDERS: Final[Mapping[IdentifierKind, Callable[[str], Iterator[Span]]]] = {
    IdentifierKind.EMAIL: emails,
    IdentifierKind.NHS_NUMBER: nhs_numbers,
    IdentifierKind.POSTCODE: postcodes,
    IdentifierKind.DATE_OF_BIRTH: dates_of_birth,
    IdentifierKind.TELEPHONE: telephones,
}
"""The most certain first: where two claim the same characters the earlier has them. Names are the
least certain, and come after all of these."""


def find_identifiers(text: str, *, known_names: Collection[str] = ()) -> list[Found]:
    """All that may identify somebody, in order of place, none overlapping another (A11).

    `known_names` are the full names of staff who are part of this audit ("Wendy Worker"): "Ms
    Worker" is then not reported. "Mrs Sally Worker" is, since her first name is another.
    """
    taken = bytearray(len(text))
    found: list[Found] = []

    def take(kind: IdentifierKind, spans: Iterator[Span]) -> None:
        for start, end in spans:
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Found(kind, start, end, text[start:end]))

    for kind, finder in FINDERS.items():
        take(kind, finder(text))
    take(IdentifierKind.TITLED_NAME, titled_names(text, known_names))
    return sorted(found, key=lambda each: each.start)
