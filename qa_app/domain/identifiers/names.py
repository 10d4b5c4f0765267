"""Names with a title in free text: "Mrs J. Smith", "Aunt Sarah", "the Smith family" (A11).

A first name or a surname alone is not found: too many are words, streets, schools and teams.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from qa_app.domain.identifiers.kinds import Span
from qa_app.domain.identifiers.words import (
    AFTER_A_HOUSEHOLD,
    CERTAIN,
    FAMILY,
    FUNCTION_WORDS,
    KIN,
    NOT_A_HOUSEHOLD,
    NOT_A_NAME,
    NOT_AFTER_SMALL,
    PARTICLES,
    SURNAMES_TOO,
    TITLES,
)

_WORD: Final = re.compile(r"(?<![\w'’])[A-Za-z]{2,12}(?!\w)")
_SECOND_TITLE: Final = re.compile(r"\.?[ ]?(?:and|&|/|\+)[ ]?(?P<second>[A-Za-z]{2,9})\b\.?")
_NAME_WORD: Final = re.compile(
    r"[ \t\u00a0]{0,3}(?P<word>[^\W\d_]{1,40}(?:['’\-\u2010\u2011][^\W\d_]{1,40}){0,3})(?P<dot>\.?)"
)
_HOUSEHOLD: Final = re.compile(
    r"\b[Tt]he (?P<name>[^\W\d_]{1,40}(?:['’\-][^\W\d_]{2,40}){0,2})"
    rf" (?:{FAMILY})\b(?!['’]s services?\b| (?:{AFTER_A_HOUSEHOLD})\b)"
)
_MOST_WORDS: Final = 6
_OWNERS_S: Final = re.compile("['’]s$", re.IGNORECASE)
_SMALL_TITLES: Final = frozenset({"mr", "mrs"})


class _Title(NamedTuple):
    """A title, or two ("Mr and Mrs"), or a word for a relative, and where it ends."""

    word: str
    start: int
    end: int
    two: bool = False
    small: bool = False

    @property
    def is_kin(self) -> bool:
        return self.word in KIN


def titled_names(text: str, known_names: Collection[str] = ()) -> Iterator[Span]:
    """A title, or a word for a relative, with the name that follows it; overlapping none.

    Not one whose surname is that of a known person, unless the first name or initial is another.
    """
    known = [words for name in known_names if (words := _plain(name).split())]
    names = frozenset(word for words in known for word in words)
    read_up_to = 0
    for title in _titles(text):
        name = _name_after(text, title, names) if title.start >= read_up_to else None
        if name is None:
            continue
        read_up_to = name[1]
        if title.two or title.is_kin or not _is_known(text[slice(*name)], known):
            yield title.start, name[1]
    for match in _HOUSEHOLD.finditer(text):
        if _is_household(match["name"]):
            yield match.start("name"), match.end()


def _titles(text: str) -> Iterator[_Title]:
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in KIN or word in TITLES:
            title = _Title(word, *match.span(), small=match.group().islower())
            yield title if word in KIN else _with_second(text, title)


def _with_second(text: str, title: _Title) -> _Title:
    """ "Mr and Mrs", or the title as it is; the full stop of "Mr." belongs to it."""
    match = _SECOND_TITLE.match(text, title.end)
    if match and match["second"].lower() in TITLES:
        second = match["second"]
        return _Title(second.lower(), title.start, match.end(), True, second.islower())
    return title._replace(end=title.end + text.startswith(".", title.end))


def _is_household(word: str) -> bool:
    small = word.lower()
    is_word = small in NOT_A_NAME or small in NOT_A_HOUSEHOLD
    return len(word) > 1 and word[0].isupper() and not is_word


def _plain(name: str) -> str:
    return re.sub(r"[.\s]+", " ", name).strip().casefold()


def _is_known(name: str, known: Sequence[Sequence[str]]) -> bool:
    """Whether the surname is a known person's, with no first name that is somebody else's."""
    words = _plain(name).split()
    return any(
        words == person[-len(words) :]
        or (words[-1] == person[-1] and person[0].startswith(words[0]))
        for person in known
    )


def _name_after(text: str, title: _Title, sure: Collection[str]) -> Span | None:
    """Where the name that follows a title stands; nothing where none does.

    `sure` are words that are names here, whatever else they mean ("Wendy Worker").

    "J. Smith", "van der Berg", "Ada Quist-Lowe": initials and particles belong to a name only with
    a surname after them, so that "Mrs J" (which says less) is nothing.
    """
    start = end = None
    names: list[str] = []
    for match in _words_from(text, title.end):
        word = _OWNERS_S.sub("", match["word"])
        if _is_surname_particle(word):
            end = match.start("word") + len(word)
        elif not _leads_to_a_name(word):
            if not (word.casefold() in sure or _is_name(word, names, title)):
                break
            names.append(word)
            end = match.start("word") + len(word)
        start = match.start("word") if start is None else start
    return None if start is None or end is None else (start, end)


def _words_from(text: str, at: int) -> Iterator[re.Match[str]]:
    """The words from here on that may make one name: none after a full stop or an owner's s."""
    for _ in range(_MOST_WORDS):
        match = _NAME_WORD.match(text, at)
        if match is None:
            return
        yield match
        ends = match["dot"] and len(match["word"]) > 1 and match["word"] != "St"
        if ends or _OWNERS_S.search(match["word"]):
            return
        at = match.end()


def _is_surname_particle(word: str) -> bool:
    """ "Le" and "Van" are surnames by themselves; "le" and "van" are not."""
    return word[0].isupper() and word.lower() in PARTICLES


def _leads_to_a_name(word: str) -> bool:
    return word in PARTICLES or (len(word) == 1 and word.isupper())


def _is_name(word: str, names: Sequence[str], title: _Title) -> bool:
    small = word.lower()
    if not word[0].isupper():
        return not names and title.word in _SMALL_TITLES and _is_small_surname(word)
    if names:
        return small not in NOT_A_NAME and word.isupper() == names[0].isupper()
    if title.is_kin:
        return small not in NOT_A_NAME and not word.isupper()
    no_names = FUNCTION_WORDS if title.word in CERTAIN else NOT_A_NAME
    return small not in no_names or (small in SURNAMES_TOO and not title.small)


def _is_small_surname(word: str) -> bool:
    return len(word) > 2 and word not in NOT_AFTER_SMALL
