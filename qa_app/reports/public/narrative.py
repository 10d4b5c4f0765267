"""What people wrote that could give a hidden count away (R5): found for them to look at.

A program cannot know what a sentence means. It lists what may tell; whoever publishes rewrites it
or says that it tells nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from qa_app.domain.measures import AUTHORITY, percentage_text
from qa_app.reports.disclosure import Limits
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.catalogue import CATALOGUE, Whose
from qa_app.reports.public.counts import words_of

QUOTED: Final = "It has quotation marks: a public version holds nobody’s words."
SMALL: Final = "It says a count of 1 to {most}, which a public version hides."
HIDDEN: Final = "It says a number that is hidden: {words}."
SHARE: Final = "It says a percentage that is hidden: {words}."
FEW: Final = "It names a team with fewer than {fewest} audits."

_FURTHER: Final = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        (
            ("one", "single"),
            ("two", "both", "couple", "pair"),
            *((word,) for word in _FURTHER),
        ),
        1,
    )
    for word in words
}
_COUNTED: Final = (
    "audit|child|children|boy|girl|baby|babies|case|file|famil|sibling|brother|sister|parent|"
    "mother|father|carer|action|concern|re-audit|pair|plan|visit|record|worker|practitioner|"
    "manager|auditor|team|service|standard|section|young|people|person|inadequate|outstanding|"
    "good|required|were|was"
)
_WORDS: Final = "|".join(_NUMBERS)
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?](?=\d)[^.!?\n]+)*[.!?]?")
_QUOTES: Final = re.compile(r"[“”\"«»„]|(?<!\w)[‘'](?=\w[^‘’']*\s[^‘’']*[’'](?!\w))")
_DATE: Final = re.compile(
    r"\b\d{4}/\d{2}(?:-Q[1-4])?|\bQ[1-4]\b|\b(?:19|20)\d{2}\b|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:Jan|Feb|"
    r"Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|\b(?:section|standard|rule|version|page)\s+"
    r"\d[\d.]*|\b\d+(?:\.\d+)+\b(?!\s*%)",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|per\s?cent)", re.IGNORECASE)
_OF: Final = re.compile(
    rf"\b(\d+|{_WORDS})\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?(\d+|{_WORDS})\b", re.IGNORECASE
)
_COUNT: Final = re.compile(
    rf"\b(\d[\d,]*|{_WORDS})\s+(?:of\s+|other\s+|more\s+|single\s+|[\w-]+\s+){{0,2}}?"
    rf"(?:{_COUNTED})\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Risk:
    """Something in a text that may tell what is hidden: in which place it was written, the words,
    and why they may tell."""

    slot: str
    words: str
    why: str

    @cached_property
    def id(self) -> str:
        """The risk's name in a form: another text gives another one, to be looked at anew."""
        said = "\n".join((self.slot, self.words, self.why))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def narrative_risks(texts: Mapping[str, str], figures: Figures, public: Figures) -> list[Risk]:
    """What may give something away in the texts of each place, in the order of the texts.

    `figures` are the report's, `public` what its public version prints of them.
    """
    known = _Hidden(figures, public)
    found = [
        Risk(slot, sentence, why)
        for slot, text in texts.items()
        for sentence in (match.group().strip() for match in _SENTENCE.finditer(text))
        for why in dict.fromkeys(known.told_by(sentence))
        if sentence
    ]
    quoted = [Risk(slot, words, QUOTED) for slot, text in texts.items() for words in _quoted(text)]
    order = list(texts)
    return sorted([*quoted, *found], key=lambda risk: order.index(risk.slot))


def _quoted(text: str) -> Iterator[str]:
    """The line in which quotation marks stand, each once."""
    for line in text.splitlines():
        if _QUOTES.search(line):
            yield line.strip()


class _Hidden:
    """What a public version does not print, looked up by what a sentence could say."""

    def __init__(self, figures: Figures, public: Figures) -> None:
        limits = Limits()
        self.most, self.fewest = limits.hidden_up_to, limits.shown_from
        self.hidden = [each for each in figures if _is_hidden(each, public)]
        self.shown = {each.numerator for each in public if each.numerator is not None}
        self.small_teams = sorted(_small_teams(figures, self.fewest))

    def told_by(self, sentence: str) -> Iterator[str]:
        for team in self.small_teams:
            if re.search(rf"(?<!\w){re.escape(team)}(?!\w)", sentence, re.IGNORECASE):
                yield FEW.format(fewest=self.fewest)
        # Dates and numbers of rules are no counts.
        bare = _DATE.sub(" ", sentence)
        yield from self._percentages(bare)
        yield from self._shares(bare)
        yield from self._counts(_OF.sub(" ", _PERCENT.sub(" ", bare)))

    def _percentages(self, bare: str) -> Iterator[str]:
        for match in _PERCENT.finditer(bare):
            said = match.group(1)
            decimals = len(said.partition(".")[2])
            for figure in self.hidden:
                if _percentage(figure, decimals) == f"{float(said):g}%":
                    yield SHARE.format(words=words_of(figure.key))

    def _shares(self, bare: str) -> Iterator[str]:
        for match in _OF.finditer(bare):
            part, whole = (_number(each) for each in match.groups())
            for figure in self.hidden:
                if (figure.numerator, figure.denominator) == (part, whole):
                    yield HIDDEN.format(words=words_of(figure.key))
            if 1 <= part <= self.most or 1 <= whole - part <= self.most:
                yield SMALL.format(most=self.most)

    def _counts(self, bare: str) -> Iterator[str]:
        for match in _COUNT.finditer(bare):
            number = _number(match.group(1))
            if 1 <= number <= self.most:
                yield SMALL.format(most=self.most)
            elif number not in self.shown:
                yield from self._named(number)

    def _named(self, number: int) -> Iterator[str]:
        for figure in self.hidden:
            if number and number in (figure.numerator, figure.denominator):
                yield HIDDEN.format(words=words_of(figure.key))
                return


def _is_hidden(figure: ReportFigure, public: Figures) -> bool:
    printed = public.by_key.get(figure.key)
    return bool(figure.numerator) and (printed is None or printed.numerator is None)


def _percentage(figure: ReportFigure, decimals: int) -> str:
    part, whole = figure.numerator, figure.denominator
    if part is None or not whole or part > whole:
        return ""
    return percentage_text(part, whole, decimals)


def _number(said: str) -> int:
    plain = said.replace(",", "").casefold()
    return _NUMBERS.get(plain) or int(plain)


def _small_teams(figures: Iterable[ReportFigure], fewest: int) -> set[str]:
    """Teams none of whose figures is out of enough audits."""
    largest: dict[str, int] = {}
    for figure in figures:
        defined, scope = CATALOGUE.get(figure.key.measure), figure.key.scope
        if defined and defined.whose is Whose.TEAM and scope != AUTHORITY:
            largest[scope] = max(largest.get(scope, 0), figure.denominator or 0)
    return {team for team, audits in largest.items() if audits < fewest}
