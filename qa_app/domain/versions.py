"""Which of the texts that a save replaces are kept, so that they can be restored (A8).

A text that saves itself is replaced every few seconds while it grows. Not each of those is worth a
version, but nothing that was ever saved may become unreachable: a replaced text is kept

1. when the new text does not say all of it any more: a word was taken away or changed, by the
   writer's own hand, by choosing one's own version in a conflict, or by restoring an older one;
2. when somebody else wrote it, so that it can be told who said what;
3. when it had stood for `STOOD`, so that there is a text for each sitting.

Otherwise it is a step of the same writer's typing, and the text that follows holds all of it. By
the first rule alone each letter that was saved is, in its order, in the text that stands or in one
that is kept. All of it is decided from the two texts and from who wrote the old one when: no
earlier version is read. Only narrative has versions: choices, dates and grades have none.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

STOOD: Final = timedelta(minutes=5)
SHORTEST_COPY: Final = 12
"""Words: below that, two auditors may well have written the same."""

_SPACE: Final = re.compile(r"\s")
_NOT_SAID: Final = re.compile(r"[^\w\s]|_")


_COMMON: Final = 0x3000
"""Code points below it are those of alphabets."""


class _Said(dict[int, str | None]):
    """What is left of a character (by its code point): nothing of punctuation. The common ones
    are asked of the pattern once, because every save of a text comes through here."""

    def __missing__(self, code: int) -> str | None:
        said = None if _NOT_SAID.match(chr(code)) else chr(code)
        if code < _COMMON:
            self[code] = said
        return said


_SAID: Final = _Said()


class Written(NamedTuple):
    """When a text was last saved (aware), and by whom; None where its box does not say."""

    at: datetime
    by: UUID | None


def is_worth_keeping(old: str, new: str, written: Written, by: UUID, at: datetime) -> bool:
    """Whether the text `old` is kept when `by` replaces it with `new` at the moment `at`."""
    if not old or old == new:
        return False
    if written.by not in (None, by) or at - written.at >= STOOD:
        return True
    return not says_all_of(new, old)


def says_all_of(new: str, old: str) -> bool:
    """Whether everything in `old` is still there, in its order.

    That is: characters were only added in one place, as by typing; or each word of `old` is a word
    of `new`, and they follow each other in the same order. Linear in the length of the texts.
    """
    if _was_typed_into(old, new):
        return True
    words = iter(new.split())
    return all(word in words for word in old.split())


def _was_typed_into(old: str, new: str) -> bool:
    """Whether `new` is `old` with something added in one place: after a word, which may have been
    half written; words before the first one; or letters or a space at any place.

    Where other words would come to stand within a word, that one was replaced by some whose first
    letters begin and whose last letters end it ("hat", "ham sat").
    """
    added = len(new) - len(old)
    latest, earliest = _same(old, new), len(old) - _same(old[::-1], new[::-1])
    if added < 0 or earliest > latest:
        return False
    if latest == len(old) or _SPACE.search(old[earliest : latest + 1]):
        return True
    typed = new[earliest : earliest + added]
    if earliest == 0 and typed != typed.rstrip():
        return True
    return not typed.strip() or not _SPACE.search(typed)


def _same(one: str, other: str) -> int:
    """How many characters two texts begin with in common.

    By halves, because comparing slices costs far less than comparing characters one by one.
    """
    known, possible = 0, min(len(one), len(other))
    if one.startswith(other[:possible]):
        return possible
    while known < possible:
        middle = (known + possible + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            possible = middle - 1
    return known


def word_count(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def likeness(text: str) -> str | None:
    """What texts have in common that say the same in any case, spacing and punctuation: SHA-256 as
    64 hex digits (R8). None for one of fewer than 12 words, too short to be a copy."""
    words = text.casefold().translate(_SAID).split()
    if len(words) < SHORTEST_COPY:
        return None
    return hashlib.sha256("".join(words).encode()).hexdigest()
