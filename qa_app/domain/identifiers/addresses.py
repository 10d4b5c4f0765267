"""Postcodes and e-mail addresses in free text (A11)."""

import re
from collections.abc import Iterator
from typing import Final

from qa_app.domain.identifiers.kinds import Span
from qa_app.domain.identifiers.words import set_of

AREAS: Final = set_of(
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT"
    " DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD"
    " LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK"
    " SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO"
    " ZE"
)
"""The letters that a postcode can begin with. Districts come and go and are not checked."""

_POSTCODE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:(?P<area>[A-Z]{1,2})(?P<district>[0-9][0-9A-Z]?)|(?P<giro>GIR))"
    r"(?:[ \u00a0]{0,2}|[.\-\u2010\u2011])"
    r"(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_INWARD: Final = re.compile("[0-9][A-Z]{2}", re.IGNORECASE)
"""Without it there is none, and that is seen far sooner: texts come here every few seconds."""

_AFTER_DIGIT: Final = ("", "ABCDEFGHJKPSTUW", "ABEHMNPRVWXY")
"""The letters that may end a district (W1A, EC1A), by how many letters the area has."""

_OTHER_THINGS: Final = re.compile("1st|2nd|3rd|[04-9]th|[0-9](?:hr|yr|wd|ft|lb)", re.IGNORECASE)
"""What may follow a section's or a floor's number and have the shape of a postcode's second half:
"s20 4th", "s47 2hr"."""


def postcodes(text: str) -> Iterator[Span]:
    """Whole postcodes of the United Kingdom and its islands, in capitals or not, spaced or not."""
    for match in _POSTCODE.finditer(text) if _INWARD.search(text) else ():
        if _may_be_postcode(match):
            yield match.span()


def _may_be_postcode(match: re.Match[str]) -> bool:
    if match["giro"]:
        return match["inward"].upper() == "0AA"
    area, district, inward = match["area"], match["district"].upper(), match["inward"]
    if area.upper() not in AREAS:
        return False
    if district[-1].isalpha() and district[-1] not in _AFTER_DIGIT[len(area)]:
        return False
    may_be_other = inward != inward.upper() or len(area) == 1
    return not (may_be_other and _OTHER_THINGS.fullmatch(inward))


_EMAIL: Final = re.compile(
    r"(?<![\w.%+&'’\-])[.\-'’]{0,3}(?P<address>[\w%+&][\w.%+&'’\-]{0,63}"
    r"@ ?(?:[^\W_](?:[\w\-]{0,62})\.){1,8}[^\W\d_]{2,24})(?![\w\-])"
)


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses as they are usually written, letters of any alphabet."""
    for match in _EMAIL.finditer(text) if "@" in text else ():
        yield match.span("address")
