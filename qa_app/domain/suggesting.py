"""Which themes the words of a finding point to (T1). It suggests; a person decides.

Texts are compared by their overlapping runs of four characters, so that "visited", "visits" and
"visit" are alike, each run weighted by how few texts hold it (TF-IDF), with the cosine between.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from math import log, sqrt
from typing import Final, TypeVar

T = TypeVar("T", bound=Hashable)

MOST: Final = 3
RUN: Final = 4
_NEAREST: Final = (1.0, 0.5, 0.25)
"""What the nearest, second and third nearest example of a theme count: a theme with many examples
must not win by their number."""
_LEAST: Final = 0.06
"""A likeness below this is chance: better no suggestion than a wrong one."""
_NOT_WORDS: Final = re.compile(r"[^a-z0-9]+")


def suggest(text: str, examples: Mapping[T, Iterable[str]], most: int = MOST) -> list[T]:
    """The themes whose examples are most like the text, best first, at most `most` of them.

    `examples` holds what each theme is known by: its name, its synonyms, and findings that people
    filed under it. Themes that are equally near come in the order of `examples`.
    """
    wanted = _runs(text)
    known = [
        (theme, wanted & runs, len(runs))
        for theme, texts in examples.items()
        for runs in map(_runs, texts)
    ]
    held_by = Counter(run for _, shared, _ in known for run in shared)
    rare = {run: log(1 + len(known) / count) ** 2 for run, count in held_by.items()}
    likenesses: dict[T, list[float]] = {}
    for theme, shared, size in known:
        if shared:
            weight = sum(rare[run] for run in shared)
            likenesses.setdefault(theme, []).append(weight / sqrt(size))
    usual = sqrt(sum(rare.values()) * (sum(rare.values()) / len(rare))) if rare else 1.0
    scores = {theme: _score(found) / usual for theme, found in likenesses.items()}
    order = {theme: place for place, theme in enumerate(examples)}
    near = [theme for theme, score in scores.items() if score >= _LEAST]
    return sorted(near, key=lambda theme: (-scores[theme], order[theme]))[:most]


def _score(likenesses: list[float]) -> float:
    nearest = sorted(likenesses, reverse=True)
    return sum(
        weight * likeness for weight, likeness in zip(_NEAREST, nearest, strict=False)
    ) / sum(_NEAREST)


def _runs(text: str) -> frozenset[str]:
    """The runs of four characters, with a space at each end: a word's beginning is a run too."""
    plain = f" {_NOT_WORDS.sub(' ', text.casefold()).strip()} "
    return frozenset(plain[at : at + RUN] for at in range(len(plain) - RUN + 1))
