"""What changed between two texts, word by word, in a time that grows with their length alone.

Words or phrases that are once in each text are set against each other first: the longest line of
them that is in the same order in both. What lies between two of them is compared in the same way,
and a short stretch by its longest common subsequence. A long one without such a phrase, in texts
that repeat themselves, is told as taken away and written anew.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

_WORD: Final = re.compile(r"\S+\s*")
_DEEPEST: Final = 8
_PHRASES: Final = (1, 2, 4)
"""The words of the phrases that are looked for, one after the other."""
_CELLS: Final = 10_000
"""The product of two stretches' lengths up to which they are compared word against word."""


class Since(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Run(NamedTuple):
    """Words that follow each other and share their fate; `text` with the spaces between them."""

    since: Since
    text: str

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


class _Stretch(NamedTuple):
    """Words `start` to `end` of the earlier text, against `new_start` to `new_end` of the later."""

    start: int
    end: int
    new_start: int
    new_end: int


def changes(earlier: str, later: str) -> list[Run]:
    """The earlier text and the later one, woven together: runs that are the same, gone or new.

    The runs other than the new ones make up the earlier text, each word with the spaces after it (a
    space after the last), and those other than the gone ones the words of the later one. Spaces and
    line breaks alone make no difference.
    """
    old, new = _WORD.findall(f"{earlier} "), _WORD.findall(f"{later} ")
    pairs = _pairs([each.split()[0] for each in old], [each.split()[0] for each in new])
    woven = groupby(_weave(old, new, pairs), key=lambda each: each[0])
    return [Run(since, "".join(text for _, text in words)) for since, words in woven]


def _weave(
    old: Sequence[str], new: Sequence[str], pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[Since, str]]:
    at, new_at = 0, 0
    for place, new_place in [*pairs, (len(old), len(new))]:
        yield from ((Since.GONE, word) for word in old[at:place])
        yield from ((Since.NEW, word) for word in new[new_at:new_place])
        yield from ((Since.SAME, word) for word in old[place : place + 1])
        at, new_at = place + 1, new_place + 1


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The words that are held to be the same, as places in both, rising in both."""
    found: list[tuple[int, int]] = []
    waiting = [(_Stretch(0, len(old), 0, len(new)), _DEEPEST)]
    while waiting:
        stretch, depth = waiting.pop()
        stretch, edges = _without_edges(old, new, stretch)
        found += edges
        if _is_short(stretch):
            found += _common(old, new, stretch)
        elif depth and (anchors := _anchors(old, new, stretch)):
            found += anchors
            waiting += [(each, depth - 1) for each in _between(stretch, anchors)]
    return sorted(found)


def _without_edges(
    old: Sequence[str], new: Sequence[str], stretch: _Stretch
) -> tuple[_Stretch, list[tuple[int, int]]]:
    """The stretch without the words that both begin and end with, and those words."""
    start, end, new_start, new_end = stretch
    edges = []
    while start < end and new_start < new_end and old[start] == new[new_start]:
        edges.append((start, new_start))
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
        edges.append((end, new_end))
    return _Stretch(start, end, new_start, new_end), edges


def _is_short(stretch: _Stretch) -> bool:
    lengths = stretch.end - stretch.start, stretch.new_end - stretch.new_start
    return lengths[0] * lengths[1] <= _CELLS


def _anchors(old: Sequence[str], new: Sequence[str], stretch: _Stretch) -> list[tuple[int, int]]:
    """The longest line of words that are once in both, in the order of both (patience); where there
    is no such word, of phrases."""
    for size in _PHRASES:
        mine = _once(old, stretch.start, stretch.end, size)
        theirs = _once(new, stretch.new_start, stretch.new_end, size)
        line = _rising([(at, theirs[said]) for said, at in mine.items() if said in theirs])
        if line:
            return line
    return []


def _once(words: Sequence[str], start: int, end: int, size: int) -> dict[tuple[str, ...], int]:
    """What is said once in a stretch, in so many words, and where it begins."""
    said = [tuple(words[at : at + size]) for at in range(start, end - size + 1)]
    counted = Counter(said)
    return {each: at for at, each in enumerate(said, start) if counted[each] == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest of the lines of pairs, given in the order of their first, whose second rises."""
    ends: list[int] = []  # the lowest second with which a line of each length can end
    last: list[int] = []  # and the pair that it ends with
    before: list[int | None] = []
    for number, (_, second) in enumerate(pairs):
        length = bisect_left(ends, second)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1], last[length : length + 1] = [second], [number]
    line: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        line.append(pairs[at])
        at = before[at]
    return line[::-1]


def _between(stretch: _Stretch, anchors: Sequence[tuple[int, int]]) -> Iterator[_Stretch]:
    at, new_at = stretch.start, stretch.new_start
    for place, new_place in [*anchors, (stretch.end, stretch.new_end)]:
        if at < place and new_at < new_place:
            yield _Stretch(at, place, new_at, new_place)
        at, new_at = place + 1, new_place + 1


def _common(old: Sequence[str], new: Sequence[str], stretch: _Stretch) -> list[tuple[int, int]]:
    """The longest common subsequence of a short stretch."""
    mine, theirs = old[stretch.start : stretch.end], new[stretch.new_start : stretch.new_end]
    lengths = [[0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
    for i in range(len(mine) - 1, -1, -1):
        for j in range(len(theirs) - 1, -1, -1):
            longer = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if mine[i] == theirs[j] else longer
    return list(_walk(stretch, mine, theirs, lengths))


def _walk(
    stretch: _Stretch, mine: Sequence[str], theirs: Sequence[str], lengths: list[list[int]]
) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(mine) and j < len(theirs):
        if mine[i] == theirs[j]:
            yield stretch.start + i, stretch.new_start + j
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1


_SHOWN: Final = 25
_WORTH_FOLDING: Final = 20


class Excerpt(NamedTuple):
    """A run, or the beginning or end of one; `left_out` words follow that are not shown."""

    since: Since
    text: str
    left_out: int = 0


def excerpts(runs: Sequence[Run]) -> list[Excerpt]:
    """The changes with 25 words on each side of them, the rest of a long text left out."""
    found: list[Excerpt] = []
    for number, run in enumerate(runs):
        head, tail = _SHOWN * (number > 0), _SHOWN * (number < len(runs) - 1)
        left_out = run.words - head - tail
        if run.since is not Since.SAME or left_out < _WORTH_FOLDING:
            found.append(Excerpt(run.since, run.text))
            continue
        words = _WORD.findall(run.text)
        found.append(Excerpt(Since.SAME, "".join(words[:head]), left_out))
        found.append(Excerpt(Since.SAME, "".join(words[len(words) - tail :])))
    return [each for each in found if each.text or each.left_out]
