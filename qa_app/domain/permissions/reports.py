"""Who may do what with reports, themes, learning and data for others: a part of the table."""

from qa_app.domain.permissions.actors import Role
from qa_app.domain.permissions.conditions import (
    HEAD_OF_SERVICE,
    SERVICE_DIRECTOR,
    Condition,
    holding,
    ranking,
    reaching,
    readable,
)
from qa_app.domain.permissions.names import Permission

_READERS = (Role.AUDITOR, Role.MODERATOR, Role.PRACTITIONER, Role.QA_LEAD, Role.VIEWER)
_QA_LEAD = holding(Role.QA_LEAD)
_MANAGER_OF_TEAM = reaching(Role.PRACTITIONER)
_MODERATOR_OF_SERVICE = reaching(Role.MODERATOR)

REPORTS: dict[Permission, list[list[Condition]]] = {
    # Briefings and Quality Matters are for those who do the work. A published version is read by
    # everybody with a role, in its public form; in full by those who answer for services (I2).
    Permission.REPORTS_READ: [[holding(role)] for role in _READERS],
    Permission.REPORT_READ: [
        *([holding(role), readable] for role in _READERS),
        [_QA_LEAD],
        [holding(Role.MODERATOR)],
    ],
    Permission.REPORT_READ_IN_FULL: [[_QA_LEAD], [holding(Role.MODERATOR)]],
    Permission.REPORTS_DRAFT: [[_QA_LEAD]],
    # R3: by a head of service or above; that it is another than its writer is the service's to see.
    Permission.REPORT_APPROVE: [[holding(Role.MODERATOR), ranking(HEAD_OF_SERVICE)]],
    Permission.REPORT_WITHDRAW: [
        [_QA_LEAD],
        [holding(Role.MODERATOR), ranking(SERVICE_DIRECTOR)],
    ],
    Permission.BOARDS_MANAGE: [[_QA_LEAD]],
    # T2: counts for those who lead; each finding opens for whoever may read its audit.
    Permission.ISSUES_LOG_READ: [[_QA_LEAD], [holding(Role.MODERATOR)]],
    Permission.THEMES_MANAGE: [[_QA_LEAD]],
    # T3, T4: learning is for everybody who has a role here.
    Permission.LEARNING_READ: [[holding(role)] for role in _READERS],
    Permission.LEARNING_MANAGE: [[_QA_LEAD]],
    Permission.EXAMPLE_READ: [
        *([holding(role), readable] for role in _READERS),
        [_QA_LEAD],
        [_MANAGER_OF_TEAM],
        [_MODERATOR_OF_SERVICE],
    ],
    # T4: the team's own manager says yes or no, or who leads the service.
    Permission.EXAMPLE_CONSENT: [[_MANAGER_OF_TEAM], [_MODERATOR_OF_SERVICE]],
    # An inspector asks for the audits of the last six months.
    Permission.INSPECTION_LIST: [
        [_QA_LEAD],
        [holding(Role.MODERATOR), ranking(SERVICE_DIRECTOR)],
    ],
    Permission.TOKENS_MANAGE: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
}
