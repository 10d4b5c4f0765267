"""Who owns an action next when people change, and who covers for an owner who is away (E3, E6).

Nothing is ever owned by nobody: an action whose owner is gone goes to the manager of its team, then
up the line, and at the very end to a QA lead. Gone wins over away: what is passed on needs no cover
of the old owner.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from qa_app.domain.late import Away


class Gone(StrEnum):
    """Why an owner does not own an action any more."""

    LEFT = "left"
    NO_ACCOUNT = "no_account"
    KEPT = "kept"
    POST_ENDED = "post_ended"

    @property
    def words(self) -> str:
        """The reason as the history says it; that a concern is about somebody is not said (E1)."""
        return _GONE_WORDS[self]


_GONE_WORDS: Final[Mapping[Gone, str]] = {
    Gone.LEFT: "its owner has left",
    Gone.NO_ACCOUNT: "its owner cannot sign in any more",
    Gone.KEPT: "it could not stay with its owner",
    Gone.POST_ENDED: "its owner does not hold the post any more",
}


@dataclass(frozen=True)
class Staff:
    """Everybody as they stand on a day.

    `here` are those who have not left, and `living` those of them who can sign in; `posts` the
    posts that each holds. `away` are those away, each with who stands in for them. `leads` are the
    QA leads, in the order in which they are asked, and `beyond` the heads and directors of all
    services: for where there is nobody else at all.
    """

    here: Collection[UUID]
    living: Collection[UUID]
    posts: Mapping[UUID, Collection[UUID]] = field(default_factory=dict)
    away: Away = field(default_factory=dict)
    leads: Sequence[UUID] = ()
    beyond: Sequence[UUID] = ()


@dataclass(frozen=True)
class Owned:
    """An action, as far as its owner goes.

    `post` is the post for which the owner has it, None where it was given for none. `line` are the
    line posts above its team, the lowest first, and then those above the owner's former team.
    `implicated` are those whom a concern on its audit is about, `kept` they and its blind
    moderator: nobody kept from it is given it. `waits` is whether it is done: nobody has anything
    to do then but to verify it.
    """

    owner: UUID
    post: UUID | None = None
    cover: UUID | None = None
    line: Sequence[UUID] = ()
    kept: frozenset[UUID] = frozenset()
    implicated: frozenset[UUID] = frozenset()
    waits: bool = False


@dataclass(frozen=True)
class Standing:
    """Who has an action from now on: its owner and who covers; `gone` is why the last one went."""

    owner: UUID
    cover: UUID | None = None
    gone: Gone | None = None


def why_gone(owned: Owned, staff: Staff) -> Gone | None:
    """Why the owner cannot own the action any more; None where they can.

    A QA lead needs no post: with them it ends where nobody else is left.
    """
    owner = owned.owner
    if owner not in staff.here:
        return Gone.LEFT
    if owner not in staff.living:
        return Gone.NO_ACCOUNT
    if owner in owned.implicated:
        return Gone.KEPT
    held = staff.posts.get(owner, ())
    if owned.post is not None:
        return None if owned.post in held else Gone.POST_ENDED
    return None if held or owner in staff.leads else Gone.POST_ENDED


def stand(owned: Owned, staff: Staff) -> Standing | None:
    """Who has the action from now on; None where its owner is gone and nobody at all is left."""
    gone = why_gone(owned, staff)
    owner = owned.owner if gone is None else next_owner(owned, staff)
    if owner is None:
        return None
    return Standing(owner, _cover(owner, owned, staff), gone)


def next_owner(owned: Owned, staff: Staff) -> UUID | None:
    """The lowest of the line who may have it and is there, or has a deputy who may; else a QA lead;
    else a head or director of another service.

    Where all of them are away it is the first of them all the same. None where nobody works here.
    """
    everybody = (*owned.line, *staff.leads, *staff.beyond)
    people = [each for each in everybody if _may(each, owned, staff)]
    there = (each for each in people if _there(each, owned, staff) is not None)
    return next(there, next(iter(people), None))


def _cover(owner: UUID, owned: Owned, staff: Staff) -> UUID | None:
    """Who covers for the owner today, where they are away: their deputy, or else the next one up.

    What is done already stays with whoever covers it, and is given to nobody new: they could not
    verify it then (E4).
    """
    if owner not in staff.away:
        return None
    if owned.waits:
        return owned.cover if owner == owned.owner else None
    above = (each for each in (*owned.line, *staff.leads) if _may(each, owned, staff))
    found = (_there(each, owned, staff) for each in (owner, *above))
    return next((each for each in found if each not in (None, owner)), None)


def _there(person: UUID, owned: Owned, staff: Staff) -> UUID | None:
    """This person, or whoever may stand in for them while they are away."""
    found = staff.away.get(person, person)
    return found if found == person or (found and _may(found, owned, staff)) else None


def _may(person: UUID, owned: Owned, staff: Staff) -> bool:
    return person in staff.living and person not in owned.kept
