"""Dates of birth in free text (A11).

An audit is full of dates, nearly all of visits and meetings. A whole date is taken to be one of
birth only where "born", "DOB", "birthday" and their like stand beside it, with nothing between them
but words that join the two ("born in Leeds on", "is given as"). A list of words that may stand
between is narrow on purpose: "DOB was corrected on 3 May 2023" says nothing of a birth.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from qa_app.domain.identifiers.kinds import Span
from qa_app.domain.identifiers.words import set_of

_DAY: Final = r"[0-3]?[0-9]"
_YEAR: Final = r"(?:(?:19|20)[0-9]{2}|[’']?[0-9]{2})"
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_BETWEEN: Final = r"(?P<between>\s?[/.\-\u2010-\u2015\\]\s?|[ \u00a0]{1,2})"
_GAP: Final = r"[\s.,\-\u2010-\u2015/]{0,3}"
_BREAK: Final = _GAP.replace("{0,3}", "{1,3}")
_TH: Final = r"(?:\s?(?:st|nd|rd|th))?"
_DATE: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][./\-])(?:"
    rf"(?:19|20)[0-9]{{2}}[\-/.][01]?[0-9][\-/.][0-3]?[0-9]"
    rf"|{_DAY}{_BETWEEN}{_DAY}(?P=between){_YEAR}"
    rf"|{_DAY}{_TH}{_GAP}(?:day )?(?:of )?{_MONTH}{_GAP}{_YEAR}"
    rf"|{_MONTH}{_GAP}(?:the )?{_DAY}{_TH}{_BREAK}{_YEAR}"
    rf"|(?P<packed>[0-3][0-9][01][0-9](?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})"
    rf"|(?:19|20)[0-9]{{2}}[01][0-9][0-3][0-9])"
    rf")(?![0-9A-Za-z]|[/.\-][0-9])",
    re.IGNORECASE,
)
_CUE: Final = re.compile(
    r"(?<![A-Za-z])(?:d\.? ?o\.? ?b(?:\.?s?\b|(?=[0-9]))\.?|dates? of births?|birth[ \-]?dates?"
    r"|birth ?days?|b[ \-]?days?|born\b|e\.?d\.?d\b\.?|expected date of delivery"
    r"|g[ai]v(?:e|en|ing) birth)",
    re.IGNORECASE,
)
_JOINING: Final = set_of(
    "a about actual actually afternoon again also and approximately are around as at baby be"
    " being between both boy brother brothers but by caesarean child children correct"
    " correctly court dad date day delivered delivery doctor due early elder eldest emergency"
    " evening expected falls father fell female first for form friday front full gender"
    " general gestation girl given gp has have he her his home hospital hours i in infirmary"
    " is it its later listed male maternity midnight minutes monday morning mother mum natural"
    " night noted nursery of off older oldest on one only or other panel parent person police"
    " prematurely previously put real recorded s saturday school second section sex she sheet"
    " shown sibling sister sisters so stated sunday system term that the their them then they"
    " third this thursday to true tuesday twin twins unit us was way wednesday week weeks"
    " weight were when which written wrongly year years you young younger youngest"
)
_WROTE_THEN: Final = re.compile(
    r"\b(?:recorded|noted|listed|given|stated|shown|written|put)\s+(?:in|on)\b", re.IGNORECASE
)
"""The day of writing, not of birth: "the DOB was recorded on 3 May 2023"."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_BROKEN: Final = re.compile(r"[;!?|]|\.\s|\n\s*\n")
_UNKNOWN: Final = re.compile(
    r"[\s:,\-]{0,3}(?:is |was |has |still |been )*"
    r"(?:not|missing|unknown|blank|wrong|incorrect|unclear|absent|differs?|checks?|checked)\b",
    re.IGNORECASE,
)
_OCCASION: Final = set_of(
    "assessment conference contact core discussion enquiry group hearing incident meeting note"
    " planning panel review strategy supervision update visit"
)
_FAR, _LIST_GAP, _MOST_WORDS = 70, 30, 9


def dates_of_birth(text: str) -> Iterator[Span]:
    """Whole dates beside a word of birth; a list of dates after such a word, each of them."""
    cues = [match.span() for match in _CUE.finditer(text)]
    previous: Span | None = None
    for date in _DATE.finditer(text) if cues else ():
        told = _is_told(text, date, cues) or _goes_on(text, previous, date)
        if told and _is_a_date(date):
            previous = date.span()
            yield previous


def _is_told(text: str, date: re.Match[str], cues: Sequence[Span]) -> bool:
    """Whether the word of birth before the date, or the one after it, speaks of it."""
    at = bisect_left(cues, date.span())
    before = cues[at - 1] if at else None
    if before and date.start() - before[1] <= _FAR and _is_told_before(text, date, before):
        return True
    after = cues[at] if at < len(cues) else None
    return after is not None and after[0] - date.end() <= _FAR and _is_told_after(text, date, after)


def _is_a_date(date: re.Match[str]) -> bool:
    """Whether the day and the month can be such, in either order; a month in words always can."""
    text = date.group()
    if date["packed"]:
        numbers = [int(text[at : at + 2]) for at in range(0, len(text), 2)]
    else:
        numbers = [int(part) for part in re.findall("[0-9]+", text)]
    if len(numbers) == 2:
        return 1 <= min(numbers) <= 31
    day, month = sorted(numbers[-2:] if _has_year_first(text) else numbers[:2], reverse=True)
    return 1 <= month <= 12 and day <= 31


def _has_year_first(text: str) -> bool:
    return bool(re.match("(?:19|20)[0-9]{2}[^0-9]|(?:19|20)[0-9]{6}$", text))


def _is_told_before(text: str, date: re.Match[str], cue: Span) -> bool:
    between = text[cue[1] : date.start()].lstrip(" ;|")
    if date["packed"]:
        return not _WORD.search(between)
    return _joins(between)


def _goes_on(text: str, previous: Span | None, date: re.Match[str]) -> bool:
    """The next of a list: "born 2.3.11, 4.5.13 and his sister on 6.7.15"."""
    if previous is None or date.start() - previous[1] > _LIST_GAP:
        return False
    return _joins(text[previous[1] : date.start()])


def _is_told_after(text: str, date: re.Match[str], cue: Span) -> bool:
    """ "3 May 2014 is his birthday", unless that has a date of its own or is said to be unknown."""
    if date["packed"] or not _joins(text[date.end() : cue[0]]) or _UNKNOWN.match(text, cue[1]):
        return False
    following = _DATE.search(text, cue[1], cue[1] + _FAR)
    return following is None or not _joins(text[cue[1] : following.start()])


def _joins(between: str) -> bool:
    """Whether nothing but joining words, numbers and names of places stands between the two."""
    if _BROKEN.search(between) or _WROTE_THEN.search(between):
        return False
    words = _WORD.findall(between)
    return len(words) <= _MOST_WORDS and all(
        word.lower() in _JOINING or (word.istitle() and word.lower() not in _OCCASION)
        for word in words
    )
