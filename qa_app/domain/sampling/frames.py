"""The frame: the list of cases that may be drawn from, and what went before (S1, S3)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from qa_app.domain.sampling.reasons import StratumBy

NO_STRATUM: Final = "Not recorded"


class FrameCase(NamedTuple):
    """One case of a frame. Empty text where something is not known; never a name of a child.

    `worker` is the case system's number of the social worker, `team` and `service` are names.
    """

    reference: str
    plan_type: str
    family: str
    team: str
    service: str
    worker: str

    def stratum(self, by: StratumBy) -> str:
        """The stratum that the case is of; "Not recorded" where that is not known."""
        return self[_COLUMN[by]] or NO_STRATUM


_COLUMN: Final = {
    StratumBy.TEAM: FrameCase._fields.index("team"),
    StratumBy.SERVICE: FrameCase._fields.index("service"),
    StratumBy.PLAN: FrameCase._fields.index("plan_type"),
}
_row = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def frame_hash(as_at: date, cases: Iterable[FrameCase]) -> str:
    """SHA-256 (64 hexadecimal digits) of a frame: its date and its sorted rows (S1).

    Each row is a JSON list of text on a line of its own, after the line with the date.
    """
    rows = map(_row, sorted(cases))
    return hashlib.sha256("\n".join([as_at.isoformat(), *rows]).encode()).hexdigest()


@dataclass(frozen=True)
class DrawFacts:
    """What went before the draw, as case references, families and workers of its frame.

    `closed` are cases that the tool is for and that were closed on the list's date, `not_in_list`
    those that the case system's newest list no longer names: neither is in the frame.
    `workers_in_cycle` counts the cases that each worker already has in the cycle.
    """

    closed: frozenset[str] = frozenset()
    not_in_list: frozenset[str] = frozenset()
    audited_lately: frozenset[str] = frozenset()
    cases_in_cycle: frozenset[str] = frozenset()
    families_in_cycle: frozenset[str] = frozenset()
    workers_in_cycle: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Lists in order, to be stored with the draw."""
        sets = {name: sorted(getattr(self, name)) for name in _SETS}
        return {**sets, "workers_in_cycle": dict(sorted(self.workers_in_cycle.items()))}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DrawFacts":
        """The facts as they were stored."""
        sets = {name: frozenset(stored[name]) for name in _SETS}
        return cls(**sets, workers_in_cycle=dict(stored["workers_in_cycle"]))


_SETS: Final = (
    "closed", "not_in_list", "audited_lately", "cases_in_cycle", "families_in_cycle",
)  # fmt: skip
