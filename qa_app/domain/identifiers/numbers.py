"""NHS numbers and telephone numbers in free text (A11)."""

import re
from collections.abc import Iterator
from typing import Final

from qa_app.domain.identifiers.kinds import Span

BREAK: Final = r"[ .\-\u00a0\u2009\u202f\u2010-\u2015]"
"""One character that people put inside a number; text pasted from Word brings the later ones."""

_LONG: Final = re.compile("[0-9](?:[^0-9]{0,2}[0-9]){8}")
"""Nine digits, two other characters between them at most. Without them there is no number of either
kind, and that is seen far sooner: texts come here every few seconds."""

_NHS: Final = re.compile(
    rf"(?<![0-9])(?<!\+44)(?<!\+44{BREAK})(?<!0044{BREAK})(?<!\(0\))(?<!\(0\) )"
    rf"(?:[0-9]{{3}}{BREAK}?[0-9]{{3}}{BREAK}?[0-9]{{4}}"
    rf"|[0-9]{{3}}{BREAK}[0-9]{{4}}{BREAK}[0-9]{{3}}"
    rf"|[0-9]{{4}}{BREAK}[0-9]{{3}}{BREAK}[0-9]{{3}})(?![0-9])"
)


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number.

    Modulus 11, as the NHS Data Dictionary has it under "NHS NUMBER": weights 10 down to 2 for the
    first nine digits, 11 less the remainder is the tenth; 11 counts as 0, and 10 is never issued.
    Ten equal digits pass that sum and are what people type into a box that will not stay empty.
    """
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)
    )
    check = (11 - total % 11) % 11
    return check == int(digits[9]) and len(set(digits)) > 1


def nhs_numbers(text: str) -> Iterator[Span]:
    """Ten digits, together or in groups of three and four, whose check digit is right."""
    for match in _NHS.finditer(text) if _LONG.search(text) else ():
        if is_nhs_number(_digits(match.group())):
            yield match.span()


_EXTENSION: Final = r"(?:[ ,(]{0,3}(?:extension|extn|ext|x)[ .:]{0,2}[0-9]{1,6})?"
_ABROAD: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:\+|00){BREAK}?\(?44\)?{BREAK}?(?:\(0\){BREAK}?)?"
    rf"[1-35789](?:[)]?{BREAK}?[0-9]){{8,9}}(?![0-9]){_EXTENSION}",
    re.IGNORECASE,
)
_AT_HOME: Final = re.compile(
    rf"(?<![0-9A-Za-z£])(?<![0-9][.,:\-])"
    rf"(?P<number>(?:\((?=[0-9]{{3,6}}\)))?0[1-35789](?:[)]?{BREAK}?[0-9]){{8,9}})(?![0-9]){_EXTENSION}",
    re.IGNORECASE,
)
_NO_NOUGHT: Final = re.compile(
    rf"(?<![0-9A-Za-z£])7[0-9]{{3}}{BREAK}?[0-9]{{3}}{BREAK}?[0-9]{{3}}(?![0-9])"
)
_RINGING: Final = re.compile(
    r"\b(?:tel|telephone|mob|mobile|phone|phoned|ring|rang|rung|call|called|text|texts|texted"
    r"|whatsapp|number|no)\b[^.;!?]*\Z",
    re.IGNORECASE,
)


def telephones(text: str) -> Iterator[Span]:
    """Numbers of the United Kingdom, mobile or not, with their extension.

    After 0, +44 or 0044. Without the 0, which spreadsheets eat, only a mobile number that follows a
    word such as "mobile" or "rang" within 30 characters.
    """
    if not _LONG.search(text):
        return
    for match in _ABROAD.finditer(text):
        yield match.span()
    for match in _AT_HOME.finditer(text):
        if _is_grouped_like_a_telephone(match["number"]):
            yield match.span()
    for match in _NO_NOUGHT.finditer(text):
        if _RINGING.search(text, max(0, match.start() - 30), match.start()):
            yield match.span()


def _is_grouped_like_a_telephone(number: str) -> bool:
    """An area code of 3 digits or more, then groups of 2 or more: dates and scores are not so.

    Ten digits are few, and like a reference: only 01 and 08 have them, after a code of 4 to 6.
    """
    first, *others = re.findall("[0-9]+", number)
    if len(_digits(number)) == 10 and not (re.match("0[18]", first) and 4 <= len(first) <= 6):
        return False
    return len(first) >= 3 and all(len(group) >= 2 for group in others)


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)
