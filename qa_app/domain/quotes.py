"""Whether somebody's own words would show who said them (A5).

A child's or parent's words are read by people who know the family. These hints point at what gives
a speaker away; they are never more than a question to the auditor, who knows what was asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_KIN: Final = (
    r"(?:step|foster|half|grand|great)?-?"
    r"(?:mum|mummy|mam|mom|mother|dad|daddy|father|brother|sister|sibling|twin|nan|nana|nanny|gran"
    r"|granny|grandma|grandad|grandpa|grandparent|grandmother|grandfather|auntie|aunty|aunt|uncle"
    r"|cousin|son|daughter|baby|partner|husband|wife|boyfriend|girlfriend|ex|carer)"
)
# What a child calls somebody to their face, and so says without “my”.
_NAMED_KIN: Final = (
    r"(?:step)?(?:mum|mummy|mam|dad|daddy|nan|nana|nanny|gran|granny|grandma|grandad|grandpa)"
)
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY: Final = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_PLACE: Final = (
    r"(?:school|academy|college|nursery|primary|juniors?|infants?|high|grammar|youth club|club"
    r"|brownies|cubs|scouts|guides|church|mosque|temple|united|rovers|rangers|fc)"
)
_FIRST: Final = re.compile(r"\b(?:i|i['’]m|i['’]ve|i['’]d|i['’]ll|me|my|us|we|our)\b", re.I)
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?\n]*")

_FAMILY: Final = re.compile(rf"\b(?:my|our)\s+(?:\w+\s+)?{_KIN}s?\b(?!-)", re.I)
_CALLED: Final = re.compile(
    rf"(?<!\bthe )(?<!\bhis )(?<!\bher )(?<!\btheir )(?<!['’]s )(?<!\ba )(?<!-)\b{_NAMED_KIN}\b"
    r"(?!-)",
    re.I,
)
# A name before the place: “St Anne’s Primary”, “Oakfield School”, but not “The school”.
_NAMED_PLACE: Final = re.compile(
    rf"\b(?!(?:I|The|A|An|My|Our|His|Her|Their|At|In|Primary|High|School)\b)[A-Z][\w'’]*\.?"
    rf"(?:\s+(?:of\s+|and\s+)?[A-Z][\w'’]*){{0,4}}?\s+(?i:{_PLACE})\b"
)
_ABOUT: Final = re.compile(
    r"\b(?:he|she|they)\b[^.!?\n]{0,80}?\b(?:me|us)\b"
    r"|\bi\b[^.!?\n]{0,80}?\b(?:him|her|them)\b",
    re.I,
)
_DAY: Final = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b(?:\s+\d{{4}})?"
    rf"|\b\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b"
    rf"|\b(?:on|last|every|this|each|next)\s+(?:other\s+)?(?:{_WEEKDAY}|weekend)\b"
    r"|\b(?:at|last|this)\s+(?:christmas|easter|eid|diwali)\b",
    re.I,
)


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    hint: str


def _matches(pattern: re.Pattern[str], text: str, says: str) -> Iterator[_Found]:
    for match in pattern.finditer(text):
        words = " ".join(match.group().split())
        yield _Found(match.start(), match.end(), f"“{words}” {says}")


def _in_first_person(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence in which somebody speaks of themselves, with its place in the text."""
    for match in _SENTENCE.finditer(text):
        if _FIRST.search(match.group()):
            yield match.start(), match.group()


def _of_family(text: str) -> Iterator[_Found]:
    says = "says who in the family is meant"
    yield from _matches(_FAMILY, text, says)
    for start, sentence in _in_first_person(text):
        for found in _matches(_CALLED, sentence, says):
            yield _Found(start + found.start, start + found.end, found.hint)


def _of_others(text: str) -> Iterator[_Found]:
    for start, sentence in _in_first_person(text):
        for found in _matches(
            _ABOUT, sentence, "is about somebody who would know that it was said"
        ):
            yield _Found(start + found.start, start + found.end, found.hint)


def shows_who_said_it(text: str) -> list[str]:
    """What in a quotation may give its speaker away, one sentence without its stop for each.

    In the order of the text: a member of the family by their place in it, a school or club by its
    name, first-person words about another person, a day. Empty where nothing was noticed, which is
    no promise. Words that are part of something noticed before are not named again.
    """
    noticed = [
        *_of_family(text),
        *_matches(_NAMED_PLACE, text, "names a place that few children go to"),
        *_matches(_DAY, text, "says when it was"),
        *_of_others(text),
    ]
    kept: list[_Found] = []
    for each in sorted(noticed, key=lambda found: (found.start, -found.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return list(dict.fromkeys(each.hint for each in kept))
