"""How many records an import added, changed, ended and left alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Count:
    """Of one kind of record. `ended` are those that the extract no longer names."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0

    @property
    def loaded(self) -> int:
        """Records written: those added and those changed."""
        return self.new + self.changed

    def change(self) -> bool:
        """Count one more changed record; always true."""
        self.changed += 1
        return True

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)


def write_differences(row: object, wanted: Mapping[str, Any]) -> list[str]:
    """Set on the row what differs from what is wanted; the names of those fields."""
    differing = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, wanted[name])
    return differing
