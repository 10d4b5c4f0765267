"""The tables of people: who they are, their posts and roles, sign-in, settings, absences."""

from qa_app.accounts.models.absences import Absence
from qa_app.accounts.models.people import (
    COUNTED_AUDITORS,
    POST_WORDS,
    Account,
    JobTitle,
    OneTimeLink,
    Person,
    PersonSource,
    Post,
    PostHolding,
    PostKind,
    RoleGrant,
    Setting,
    SignInAttempt,
    SignInSession,
    Team,
    WorkingDayClosure,
    name_key,
)

__all__ = [
    "COUNTED_AUDITORS",
    "POST_WORDS",
    "Absence",
    "Account",
    "JobTitle",
    "OneTimeLink",
    "Person",
    "PersonSource",
    "Post",
    "PostHolding",
    "PostKind",
    "RoleGrant",
    "Setting",
    "SignInAttempt",
    "SignInSession",
    "Team",
    "WorkingDayClosure",
    "name_key",
]
