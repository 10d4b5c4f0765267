"""What a public version prints of each measure of the catalogue, and what adds up to what (R5).

A measure that is not here is never printed. Parts and wholes are named by what is counted, so that
the same count has one name whichever measure or report prints it: MTM-2 of a service and C-1s are
both “done” of “due”.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Printed(StrEnum):
    """What a public version makes of a measure."""

    IN_FULL = "in full"
    """In full for the whole authority; any narrower report hides its small counts."""
    BREAKDOWN = "breakdown"
    """Counts of 1 to 5 are hidden, and what would give them away."""
    NEVER = "never"


@dataclass(frozen=True)
class Rule:
    """How the figures of one measure are counted.

    `part` names what a numerator counts, `whole` a denominator (none for a plain count), with
    {group} and {item} for the two sides of the category at `split` (without it both are all of
    it). `total` is the category that is the whole itself. The items of `parts` divide the whole.
    `adds` says that months add up to a quarter; `why` why a measure is never printed.
    """

    printed: Printed
    part: str = ""
    whole: str = ""
    total: str = ""
    split: str = ""
    parts: bool = False
    adds: bool = True
    why: str = ""


@dataclass(frozen=True)
class Link:
    """Counts of the same audits: `parts`, which do not overlap, are some or all of the `totals`
    taken together; where they are `exact`, all of them. {group} stands for each category.

    Where it `covers`, what is left is only how many audits the figure does not count (the section
    was not applicable, the case was chosen otherwise): no count of practice, and not protected.
    """

    totals: tuple[str, ...]
    parts: tuple[str, ...]
    covers: bool = False
    exact: bool = False


_FULL, _BROKEN_DOWN, _NEVER = Printed.IN_FULL, Printed.BREAKDOWN, Printed.NEVER

_PEOPLE: Final = "It would tell of single children and of those who work with them."
_FINE: Final = "Nearly all of its counts are so small that it would say nothing but “c”."
_ACROSS: Final = "Its months lie across those of other tables, which would give small counts away."
_ALL: Final = "All outstanding"

RULES: Final[Mapping[str, Rule]] = {
    "MTM-1": Rule(_FULL, "final, {item}", "final", total="Total audits", parts=True),
    "MTM-2": Rule(_FULL, "done", "due"),
    "MTM-3": Rule(_FULL, "moderated", "done"),
    "MTM-4": Rule(_FULL, "outstanding", adds=False),
    "MTM-1b": Rule(_BROKEN_DOWN, "beside the grades, {item}"),
    "MTM-2b": Rule(_BROKEN_DOWN, "of the cycle, {item}"),
    "MTM-4b": Rule(_BROKEN_DOWN, "beside the stock, {item}", adds=False),
    "Q-1": Rule(_BROKEN_DOWN, "rated, good", "rated"),
    "Q-1b": Rule(_BROKEN_DOWN, "random, good", "random"),
    "Q-1s": Rule(_BROKEN_DOWN, "rated, good", "rated"),
    "Q-1p": Rule(_BROKEN_DOWN, "rated, good", "rated"),
    "Q-1t": Rule(_BROKEN_DOWN, "rated, good", "rated"),
    "C-1": Rule(_BROKEN_DOWN, "done", "due"),
    "C-1o": Rule(
        _BROKEN_DOWN, "of the cycle, Completed by other auditors",
        "of the cycle, Due from other auditors",
    ),
    "C-1s": Rule(_BROKEN_DOWN, "done", "due"),
    "C-2": Rule(_BROKEN_DOWN, "moderated", "done"),
    "C-2r": Rule(_BROKEN_DOWN, "moderated", "done"),
    "C-1b": Rule(_BROKEN_DOWN, "of the cycle, {item}"),
    "C-1sb": Rule(_BROKEN_DOWN, "of the cycle, {item}"),
    "C-3": Rule(_BROKEN_DOWN, "waivers, {item}"),
    "C-3s": Rule(_BROKEN_DOWN, "waivers, {item}"),
    "Q-2g": Rule(
        _BROKEN_DOWN, "section {group}, {item}", "section {group}", split=": ", parts=True
    ),
    "Q-2": Rule(_BROKEN_DOWN, "section {group}, good", "section {group}"),
    "Q-2s": Rule(_BROKEN_DOWN, "section {group}, good", "section {group}"),
    "Q-2gs": Rule(_NEVER, why=_FINE),
    "Q-2gt": Rule(_NEVER, why=_FINE),
    "Q-3": Rule(_BROKEN_DOWN, "standard {group}, met", "standard {group}"),
    "Q-3s": Rule(_BROKEN_DOWN, "standard {group}, met", "standard {group}"),
    "Q-3b": Rule(_BROKEN_DOWN, "standard {group}, exceptions"),
    "T-2": Rule(_BROKEN_DOWN, "strength {group}", "findings known"),
    "T-1": Rule(_BROKEN_DOWN, "area {group}", "findings known"),
    "T-3": Rule(_BROKEN_DOWN, "recording {group}", "area {group}"),
    "T-2s": Rule(_BROKEN_DOWN, "strength {group}", "findings known"),
    "T-1s": Rule(_BROKEN_DOWN, "area {group}", "findings known"),
    "T-2p": Rule(_BROKEN_DOWN, "strength {group}", "findings known"),
    "T-1p": Rule(_BROKEN_DOWN, "area {group}", "findings known"),
    "Q-7": Rule(_BROKEN_DOWN, "voice {group}", "asked for voice {group}"),
    "Q-7s": Rule(_BROKEN_DOWN, "voice {group}", "asked for voice {group}"),
    "Q-7b": Rule(_BROKEN_DOWN, "voice {group}, {item}", split=": "),
    "Q-4": Rule(_BROKEN_DOWN, "agreed, {item}", "pairs", total="Pairs of grades"),
    "Q-4m": Rule(_NEVER, why=_FINE),
    "Q-5": Rule(_BROKEN_DOWN, "first due, {item}", "first due", parts=True),
    "Q-6": Rule(
        _BROKEN_DOWN, "re-audits, {item}", "re-audits", total="Re-audits finished", parts=True
    ),
    "Q-6g": Rule(_NEVER, why=_FINE),
    "A-1": Rule(_BROKEN_DOWN, "actions of the period, {item}"),
    "A-2": Rule(_BROKEN_DOWN, "actions, {item}", "actions", total=_ALL, parts=True, adds=False),
    "A-2s": Rule(_BROKEN_DOWN, "actions, {item}", "actions", total=_ALL, parts=True, adds=False),
    "A-4": Rule(
        _BROKEN_DOWN, "priority, {item}", "priority", total=_ALL, parts=True, adds=False
    ),
    "A-5": Rule(_BROKEN_DOWN, "under {item}", "actions", parts=True, adds=False),
    "A-3": Rule(_NEVER, why=_PEOPLE),
    "L-1": Rule(_NEVER, why=_ACROSS),
    "L-2": Rule(_NEVER, why=_ACROSS),
}  # fmt: skip
"""By measure, the ones that matter most first: what comes first is hidden least."""

STAGES: Final = (
    ("MTM-1", "MTM-2", "MTM-3", "MTM-4"),
    ("MTM-1b", "MTM-2b", "MTM-4b"),
    ("Q-1", "Q-1b", "Q-1s", "Q-1p"),
    ("C-1", "C-1o", "C-1b", "C-2r"),
    ("C-1s", "C-1sb", "C-2"),
    ("C-3", "C-3s"),
    ("Q-2g", "Q-2", "Q-2s"),
    ("Q-3", "Q-3s", "Q-3b"),
    ("T-2", "T-2s"),
    ("T-1", "T-1s", "T-3"),
    ("T-2p",),
    ("T-1p",),
    ("Q-7", "Q-7s", "Q-7b"),
    ("Q-4",),
    ("Q-5",),
    ("Q-6",),
    ("A-1",),
    ("A-2", "A-2s", "A-4", "A-5"),
    ("Q-1t",),
)
"""Measures that are worked out together, in their order: what is printed by an earlier stage is
settled for the later ones, which hide their own counts where the two together would tell."""

_GOOD: Final = ("section {group}, Good", "section {group}, Outstanding")

LINKS: Final = (
    Link(("final",), ("rated",), covers=True),
    Link(("final, Good", "final, Outstanding"), ("rated, good",)),
    Link(("final, Inadequate", "final, Requires improvement"), ("rated, good, not",)),
    Link(("rated",), ("random",), covers=True),
    Link(("rated, good",), ("random, good",)),
    Link(("rated, good, not",), ("random, good, not",)),
    Link(("of the cycle, Expected",), ("due", "of the cycle, Exempted"), exact=True),
    Link(("final",), ("section {group}",), covers=True),
    Link(_GOOD, ("section {group}, good",), exact=True),
    Link(("final",), ("findings known",), covers=True),
    Link(("area {group}",), ("recording {group}",)),
    Link(("final",), ("asked for voice {group}",), covers=True),
    Link(
        ("asked for voice {group}",),
        ("voice {group}", "voice {group}, asked, not obtained", "voice {group}, not asked"),
        exact=True,
    ),
    Link(("final",), ("pairs",), covers=True),
    Link(
        ("pairs",),
        ("agreed, Same grade", "agreed, Auditor more lenient", "agreed, Auditor more severe"),
        exact=True,
    ),
    Link(("agreed, Within one grade",), ("agreed, Same grade",)),
    Link(("actions",), ("priority",)),
    Link(("actions, {group}",), ("priority, {group}",)),
    Link(("actions of the period, Outstanding at the end of the period",), ("outstanding",)),
)
