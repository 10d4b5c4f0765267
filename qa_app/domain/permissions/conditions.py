"""The conditions of the table of permissions: facts of who asks and of what the object says."""

from collections.abc import Callable

from qa_app.domain.permissions.actors import Actor, Party, Role, Subject

Condition = Callable[[Actor, Subject], bool]

# Ranks of posts from which something may be done (qa_app/standards/shipped/job-titles.toml).
HEAD_OF_SERVICE, SERVICE_DIRECTOR, CORPORATE_DIRECTOR = 60, 70, 80


def signed_in(actor: Actor, subject: Subject) -> bool:
    """Anybody with a session."""
    return True


def holding(role: Role) -> Condition:
    """Holds the role, whatever its scope."""
    return lambda actor, subject: actor.holds(role)


def reaching(role: Role) -> Condition:
    """Holds the role for the object's team."""
    return lambda actor, subject: actor.reaches_team(role, subject.team_id)


def being(*parties: Party) -> Condition:
    """Is one of these parties to the object."""
    return lambda actor, subject: subject.involves(actor.person_id, *parties)


def not_being(*parties: Party) -> Condition:
    """Is none of these parties to the object."""
    return lambda actor, subject: not subject.involves(actor.person_id, *parties)


def ranking(at_least: int) -> Condition:
    """Holds a post of this rank or above."""
    return lambda actor, subject: actor.rank >= at_least


def readable(actor: Actor, subject: Subject) -> bool:
    """The object has left its author's desk."""
    return subject.readable
