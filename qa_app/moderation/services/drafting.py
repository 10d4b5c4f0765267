"""Keeping what a moderator types before they finish: box by box, none over a newer one (A8).

A draft is its moderator's alone. It is case content, so it stands in no event, and nothing of it is
left once the moderation has ended. To keep it changes nothing of the audit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import event

from qa_app.audits.services.fields import fingerprint_version
from qa_app.domain.errors import DomainError
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.services.taking import held

LONGEST: Final = 20_000
"""Characters of one box. A draft may be longer than what is taken in the end: nothing is cut."""


class UnknownBox(DomainError):
    """A box that this moderation does not have."""


class TooLong(DomainError):
    """More than a box holds."""


class Typed(NamedTuple):
    """What a box holds now, and the version of what its writer was shown in it."""

    name: str
    value: str
    version: int


class Overtaken(NamedTuple):
    """A box that was saved somewhere else meanwhile: both values, and the version that stands."""

    name: str
    mine: str
    theirs: str
    version: int


@dataclass
class Kept:
    """The version of each box as its writer sees it now, and what was not saved."""

    versions: dict[str, int] = field(default_factory=dict)
    overtaken: list[Overtaken] = field(default_factory=list)


def version_of(value: str) -> int:
    """Which value of a box somebody is shown: a fingerprint of it, 0 for none."""
    return fingerprint_version(value)


def keep(
    moderation: Moderation,
    typed: Iterable[Typed],
    *,
    known: Collection[str],
    whole: bool = False,
    by: UUID,
    at: datetime,
) -> Kept:
    """Save each box that is still as its writer was shown it; the others come back as overtaken.

    `known` are the boxes that this moderation has. A box that was not touched is no change,
    whatever was saved in it meanwhile, unless the `whole` form is about to be used up: then every
    box that holds something else than what is stored is asked about. Raises NotYours, UnknownBox
    and TooLong.
    """
    moderation = held(moderation, by)
    draft, outcome = dict(moderation.draft), Kept()
    for each in typed:
        _check(each, known)
        if _may_be_written(each, draft.get(each.name), whole, outcome):
            draft[each.name] = each.value
        # Of what its writer sees, which is not what stands where they left it as it was.
        outcome.versions[each.name] = version_of(each.value)
    if draft != moderation.draft:
        moderation.draft = draft
        moderation.draft_version += 1
        moderation.draft_saved_at = at
    return outcome


def _check(each: Typed, known: Collection[str]) -> None:
    if each.name not in known:
        raise UnknownBox("This page is out of date. Copy your text and reload it.")
    if len(each.value) > LONGEST:
        raise TooLong(f"A text can have up to {LONGEST:,} characters.", each.name)


def _may_be_written(each: Typed, stored: str | None, whole: bool, outcome: Kept) -> bool:
    if each.value == stored:
        return False
    standing = version_of(stored or "")
    untouched = each.version == version_of(each.value)
    if stored is None:  # what a page shows before anything was typed is not stored
        return not untouched
    if standing == each.version:
        return True
    if whole or not untouched:
        outcome.overtaken.append(Overtaken(each.name, each.value, stored, standing))
    return False


def _forget(moderation: Moderation, _value: Any, _before: Any, _initiator: Any) -> None:
    moderation.draft = {}


@event.listens_for(Moderation.state, "set")
def _ends(moderation: Moderation, state: ModerationState, before: Any, initiator: Any) -> None:
    """However it ends (finished, given back, taken off, returned), its draft ends with it."""
    if state is not ModerationState.OPEN:
        _forget(moderation, state, before, initiator)


# The first grades of a blind moderation are committed: what was typed for them is used up (M3).
event.listen(Moderation.revealed_at, "set", _forget)
