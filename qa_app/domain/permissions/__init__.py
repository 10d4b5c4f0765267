"""Who may do what: roles and scopes, the permissions' names, and the table of conditions."""

from qa_app.domain.permissions.actors import (
    ROLE_WORDS,
    Actor,
    Party,
    Reach,
    Role,
    Scope,
    Subject,
)
from qa_app.domain.permissions.names import Permission
from qa_app.domain.permissions.table import NOTHING, PERMISSIONS, allowed

__all__ = [
    "NOTHING",
    "PERMISSIONS",
    "ROLE_WORDS",
    "Actor",
    "Party",
    "Permission",
    "Reach",
    "Role",
    "Scope",
    "Subject",
    "allowed",
]
