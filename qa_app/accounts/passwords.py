"""Passwords: how they are hashed, and which are refused (AU-7, AU-8).

Length is what counts: 15 to 128 characters, any of them, nothing else asked. Refused are those
that are tried first: made of common words, repetitions, runs of the keyboard, or the person's own
name and the service's.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from qa_app.domain.errors import DomainError

SHORTEST: Final = 15
LONGEST: Final = 128
# What is left of a password without its common words has to be worth guessing by itself.
MOST_LEFT_OF_A_WEAK_ONE: Final = 5
FEWEST_DIFFERENT: Final = 5
SHORTEST_WORD_OF_ONES_OWN: Final = 3

# argon2id, RFC 9106's second recommendation: 3 passes, 64 MiB, 4 lanes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
# Each hash takes 64 MiB: a rush of sign-ins must queue, not take the machine's memory.
_AT_ONCE: Final = BoundedSemaphore(2)

_MARKS_AS_LETTERS: Final = str.maketrans("01345789@$!", "oieastbgasi")
_RUNS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHORTEST_RUN: Final = 4


class PasswordRefused(DomainError):
    """A password that would be guessed, or cannot be one; says how to choose another."""

    def __init__(self, message: str, field: str = "password") -> None:
        super().__init__(message, field)


def hash_password(password: str) -> str:
    """The argon2id hash with its salt and costs. Takes about a tenth of a second and 64 MiB."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was hashed.

    Without a stored hash a stand-in is tried, so that "no such account" and "no password yet" take
    as long as a wrong password (AU-6).
    """
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or _stand_in(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


@cache
def _stand_in() -> str:
    return _HASHER.hash("the hash of nobody's password")


def prepare() -> None:
    """Make the stand-in before the first sign-in, which would otherwise take twice as long."""
    with _AT_ONCE:
        _stand_in()


def check_password(password: str, *, own_words: Iterable[str]) -> None:
    """Raise PasswordRefused unless the password may be used.

    `own_words` are what anyone would try for this person here: their name, their address, the
    council's and the service's names.
    """
    if len(password) < SHORTEST:
        raise PasswordRefused(
            f"Enter a password of at least {SHORTEST} characters; "
            "three or four words that do not belong together are easy to remember"
        )
    if len(password) > LONGEST:
        raise PasswordRefused(f"Enter a password of at most {LONGEST} characters")
    plain = _letters_and_digits(password)
    if len(set(plain)) < FEWEST_DIFFERENT or _repeats(plain):
        raise PasswordRefused("Choose a password that does not repeat itself")
    if _left_of(password, _own(own_words)) <= MOST_LEFT_OF_A_WEAK_ONE:
        raise PasswordRefused(
            "Choose a password that is not made of common words, runs of the keyboard, "
            "or the name of you, your council or this service"
        )


def _letters_and_digits(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _repeats(plain: str) -> bool:
    return bool(re.fullmatch(r"(.{1,64})\1+.{0,3}", plain))


def _own(own_words: Iterable[str]) -> set[str]:
    words = {part for text in own_words for part in re.split(r"[\W_]+", text.casefold())}
    return {word for word in words if len(word) >= SHORTEST_WORD_OF_ONES_OWN}


def _left_of(password: str, own: set[str]) -> int:
    """Letters left when weak parts are taken out, as typed and with marks read as letters."""
    weak = _common() | own
    typed = _cut(_cut(_letters_and_digits(password), _runs()), weak)
    meant = _cut(_letters_and_digits(password.casefold().translate(_MARKS_AS_LETTERS)), weak)
    return min(len(re.sub(r"\d", "", typed)), len(meant))


def _cut(text: str, words: Iterable[str]) -> str:
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(pattern, "", text)


@cache
def _runs() -> frozenset[str]:
    """Every stretch of an alphabet or a row of the keyboard, either way."""
    return frozenset(
        row[start:end]
        for line in _RUNS
        for row in (line, line[::-1])
        for start in range(len(row))
        for end in range(start + _SHORTEST_RUN, len(row) + 1)
    )


@cache
def _common() -> frozenset[str]:
    text = (files("qa_app.accounts") / "shipped" / "common-passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
