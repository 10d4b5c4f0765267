"""Who may do what: a table of conditions over plain facts.

`PERMISSIONS[p]` is a list of ways; a way is a list of conditions that must all hold. A permission
is held when one way holds. Conditions read an Actor (who asks, with the roles held today) and a
Subject (what the object says of itself), and nothing else.
"""

from qa_app.domain.permissions.actors import Actor, Party, Role, Subject
from qa_app.domain.permissions.conditions import (
    CORPORATE_DIRECTOR,
    HEAD_OF_SERVICE,
    SERVICE_DIRECTOR,
    Condition,
    being,
    holding,
    not_being,
    ranking,
    reaching,
    readable,
    signed_in,
)
from qa_app.domain.permissions.names import Permission
from qa_app.domain.permissions.reports import REPORTS

_WRITING_IT = being(Party.AUDITOR, Party.CO_AUDITOR)
_WORKING_IT = being(Party.AUDITOR, Party.CO_AUDITOR, Party.MODERATOR)
_CHECKS_FACTS = being(Party.SOCIAL_WORKER, Party.TEAM_MANAGER)
_CASE_PEOPLE = being(Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR)
_QA_LEAD = holding(Role.QA_LEAD)
_MODERATOR_OF_SERVICE = reaching(Role.MODERATOR)
_MANAGER_OF_TEAM = reaching(Role.PRACTITIONER)

# M3: a blind moderator reads nothing of the auditor's judgement before their own first grades.
_SIGHTED = not_being(Party.BLIND_MODERATOR)

_READS_AUDIT: list[list[Condition]] = [
    [_WORKING_IT, _SIGHTED],
    [_QA_LEAD, _SIGHTED],
    [_CASE_PEOPLE, readable, _SIGHTED],
    [_MANAGER_OF_TEAM, readable, _SIGHTED],
    [_MODERATOR_OF_SERVICE, readable, _SIGHTED],
]
_NEVER_MODERATES = not_being(
    Party.AUDITOR,
    Party.CO_AUDITOR,
    Party.SOCIAL_WORKER,
    Party.TEAM_MANAGER,
    Party.IRO,
    Party.CHAIR,
)
_PART_OF_ACTION: list[list[Condition]] = [
    [being(Party.OWNER, Party.HELPER, Party.VERIFIER, Party.RAISER, Party.AUDITOR)],
    [_CASE_PEOPLE],
    [_MANAGER_OF_TEAM],
    [_MODERATOR_OF_SERVICE],
    [_QA_LEAD],
]

PERMISSIONS: dict[Permission, list[list[Condition]]] = {
    Permission.HOME_READ: [[signed_in]],
    Permission.OWN_ACCOUNT: [[signed_in]],
    Permission.PEOPLE_MANAGE: [[holding(Role.ADMINISTRATOR)]],
    Permission.SETTINGS_MANAGE: [[holding(Role.ADMINISTRATOR)]],
    Permission.TITLES_MANAGE: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.CASES_IMPORT: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.CASES_READ: [[_QA_LEAD]],
    Permission.IMPORT_READ: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.AUDITS_IMPORT: [[_QA_LEAD]],
    Permission.AUDITS_LIST: [
        [holding(Role.AUDITOR)],
        [holding(Role.MODERATOR)],
        [holding(Role.PRACTITIONER)],
        [_QA_LEAD],
    ],
    Permission.AUDIT_GIVE: [[_QA_LEAD]],
    # I2: case content is for those who work on the case or the audit, and those who answer for it.
    # To see that an audit exists is wider than to read it, by its waiting for a moderator.
    Permission.AUDIT_SEE: [*_READS_AUDIT, [holding(Role.MODERATOR), readable]],
    Permission.AUDIT_READ: _READS_AUDIT,
    # A5: what a child or family said in confidence, for those who work on the audit.
    Permission.AUDIT_READ_CONFIDENCE: [[_WORKING_IT], [_QA_LEAD]],
    Permission.AUDIT_WRITE: [[_WRITING_IT]],
    Permission.AUDIT_SUBMIT: [[being(Party.AUDITOR)]],
    Permission.AUDIT_WITHDRAW: [[_QA_LEAD]],
    Permission.AUDIT_UNSTART: [[being(Party.AUDITOR)], [_QA_LEAD]],
    # A second auditor, perhaps of a partner agency, is asked for by the QA lead.
    Permission.AUDIT_SHARE: [[_QA_LEAD]],
    Permission.AUDIT_INVITE: [[_WRITING_IT]],
    # A5, A12: the child's social worker and their manager; what they write before it can be read
    # needs nothing of the audit to be in the page.
    Permission.AUDIT_CONTRIBUTE: [[_CHECKS_FACTS]],
    Permission.AUDIT_ANSWER: [[_CHECKS_FACTS, readable]],
    Permission.AUDIT_THANK: [[_WORKING_IT], [_QA_LEAD]],
    Permission.AUDIT_NOTE_RECORD: [[being(Party.AUDITOR)]],
    # A9: raised at any moment by whoever is reading the file.
    Permission.CONCERN_RAISE: [[_WORKING_IT], [being(Party.BLIND_MODERATOR)], [_QA_LEAD]],
    Permission.CONCERN_READ: [
        [being(Party.TOLD, Party.RAISER)],
        [_QA_LEAD],
        [_MODERATOR_OF_SERVICE],
    ],
    Permission.CONCERN_ACKNOWLEDGE: [[being(Party.TOLD)]],
    # E1: the safety decision is a manager's.
    Permission.CONCERN_DECIDE: [
        [being(Party.TOLD), holding(Role.MODERATOR)],
        [being(Party.TOLD), _MANAGER_OF_TEAM],
    ],
    # E7: a head of service or above, of the child's service.
    Permission.CONCERN_WITHDRAW: [[_MODERATOR_OF_SERVICE]],
    # The children somebody is worried about today: those of one's own services.
    Permission.CONCERNS_LIST: [[holding(Role.MODERATOR)], [_QA_LEAD]],
    Permission.MODERATION_QUEUE: [[holding(Role.MODERATOR)]],
    # M2: never the auditor nor the case's own people; line management is checked by the service.
    Permission.MODERATION_START: [[holding(Role.MODERATOR), readable, _NEVER_MODERATES]],
    Permission.MODERATION_READ: _READS_AUDIT,
    Permission.MODERATE: [[being(Party.MODERATOR, Party.BLIND_MODERATOR)]],
    # M5: nobody decides about a moderation of their own; rank is checked by the service.
    Permission.MODERATION_SECOND: [
        [
            holding(Role.MODERATOR),
            readable,
            _NEVER_MODERATES,
            not_being(Party.MODERATOR, Party.BLIND_MODERATOR),
        ]
    ],
    Permission.MODERATION_ANSWER: [[being(Party.AUDITOR)]],
    Permission.MODERATION_TALK: [[_WORKING_IT, readable]],
    Permission.MODERATION_MANAGE: [[_QA_LEAD]],
    Permission.MODERATION_WAIVE: [[holding(Role.MODERATOR), ranking(CORPORATE_DIRECTOR)]],
    # M8: a final audit is read-only; a correction is the QA lead's.
    Permission.AUDIT_AMEND: [[_QA_LEAD]],
    # M10: whoever is invited; a gold-standard file is there for everybody who audits or moderates.
    Permission.CALIBRATION_LIST: [[holding(Role.AUDITOR)], [holding(Role.MODERATOR)], [_QA_LEAD]],
    Permission.CALIBRATION_READ: [
        [being(Party.INVITED)],
        [_QA_LEAD],
        [holding(Role.AUDITOR), readable],
        [holding(Role.MODERATOR), readable],
    ],
    Permission.CALIBRATION_GRADE: [
        [being(Party.INVITED)],
        [holding(Role.AUDITOR), readable],
        [holding(Role.MODERATOR), readable],
    ],
    Permission.CALIBRATION_MANAGE: [[_QA_LEAD]],
    # One's own absence is noted with one's own account.
    Permission.ABSENCE_NOTE: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.ACTIONS_LIST: [
        [holding(Role.PRACTITIONER)],
        [holding(Role.AUDITOR)],
        [holding(Role.MODERATOR)],
        [_QA_LEAD],
    ],
    # E4, E5: those outside the service see what waits for one of them: a priority action to be
    # verified, a withdrawal to be decided. What came of an audit is part of its judgement, and kept
    # from its blind moderator (M3).
    Permission.ACTION_READ: [
        [*way, _SIGHTED] for way in (*_PART_OF_ACTION, [holding(Role.MODERATOR), readable])
    ],
    # E2: a head of service plans what follows an audit of their service.
    Permission.ACTION_RAISE: [
        [_WORKING_IT],
        [_QA_LEAD],
        [_MODERATOR_OF_SERVICE, readable, _SIGHTED],
    ],
    Permission.ACTION_WORK: [[being(Party.OWNER)]],
    # E4: never one's own; rank and service are checked by the tracker's service.
    Permission.ACTION_VERIFY: [
        [holding(Role.MODERATOR), not_being(Party.OWNER), _SIGHTED],
        [_MANAGER_OF_TEAM, not_being(Party.OWNER)],
        [_QA_LEAD, not_being(Party.OWNER)],
    ],
    Permission.ACTION_CHANGE_DUE: [[_MODERATOR_OF_SERVICE], [_MANAGER_OF_TEAM], [_QA_LEAD]],
    # E5: by a head of service who sees it; that they are of another service than the owner is
    # checked by the tracker's service.
    Permission.ACTION_WITHDRAW: [
        [_MODERATOR_OF_SERVICE, not_being(Party.OWNER)],
        [holding(Role.MODERATOR), readable, not_being(Party.OWNER), _SIGHTED],
        [holding(Role.MODERATOR), being(Party.RAISER, Party.AUDITOR), not_being(Party.OWNER)],
    ],
    # E5: asked for by whoever works on it or answers for it; a head outside the service decides.
    Permission.ACTION_ASK_WITHDRAWAL: [
        [being(Party.OWNER, Party.RAISER)],
        [_MANAGER_OF_TEAM],
        [_MODERATOR_OF_SERVICE, _SIGHTED],
        [_QA_LEAD, _SIGHTED],
    ],
    # E5: the auditor is heard before an action of their audit is withdrawn.
    Permission.ACTION_SAY: [[being(Party.AUDITOR)]],
    Permission.ACTION_NOTE: [
        [being(Party.OWNER, Party.HELPER, Party.RAISER)],
        [_MANAGER_OF_TEAM],
        [_MODERATOR_OF_SERVICE, _SIGHTED],
        [_QA_LEAD, _SIGHTED],
    ],
    # E3: others who help; the owner leads.
    Permission.ACTION_SHARE: [
        [being(Party.OWNER)],
        [_MANAGER_OF_TEAM],
        [_MODERATOR_OF_SERVICE, _SIGHTED],
        [_QA_LEAD, _SIGHTED],
    ],
    # E9: never by those who did it.
    Permission.ACTION_RATE: [
        [_MANAGER_OF_TEAM, not_being(Party.OWNER, Party.HELPER)],
        [_MODERATOR_OF_SERVICE, not_being(Party.OWNER, Party.HELPER), _SIGHTED],
        [_QA_LEAD, not_being(Party.OWNER, Party.HELPER), _SIGHTED],
    ],
    Permission.ACTION_LINK: [
        [being(Party.OWNER, Party.RAISER, Party.IRO, Party.CHAIR)],
        [_MODERATOR_OF_SERVICE, _SIGHTED],
        [_QA_LEAD, _SIGHTED],
    ],
    # Which of the listed ones may move is decided for each of them (E3).
    Permission.ACTIONS_HAND_OVER: [
        [holding(Role.PRACTITIONER)],
        [holding(Role.MODERATOR)],
        [_QA_LEAD],
    ],
    Permission.SERVICE_ACTION_RAISE: [[holding(Role.MODERATOR)], [_QA_LEAD]],
    # E2: the plan after an Inadequate is the head of service's; whoever reads the audit reads it.
    Permission.PLAN_SEE: _READS_AUDIT,
    Permission.PLAN_AGREE: [[_MODERATOR_OF_SERVICE, readable, _SIGHTED]],
    Permission.PLANS_LIST: [[holding(Role.MODERATOR)], [_QA_LEAD]],
    # E8: what became of what the first audit found, said by whoever audits the case again.
    Permission.RE_AUDIT_ANSWER: [[_WRITING_IT]],
    # E6: how far the ladder has been climbed, over all services.
    Permission.ASSURANCE_READ: [
        [holding(Role.MODERATOR), ranking(SERVICE_DIRECTOR)],
        [_QA_LEAD],
    ],
    Permission.PROGRAMME_MANAGE: [[_QA_LEAD]],
    # Who has what: all of it for the QA lead, one's own services for those who lead them.
    Permission.PROGRAMME_READ: [[_QA_LEAD], [holding(Role.MODERATOR)]],
    # A draw lists cases of every service: for the QA lead, and directors above all services.
    Permission.DRAW_READ: [[_QA_LEAD], [_MODERATOR_OF_SERVICE]],
    # S4: decided by a second person; that it is another one is checked by the service.
    Permission.SUBSTITUTION_SEE: [[_QA_LEAD], [_MODERATOR_OF_SERVICE]],
    Permission.SUBSTITUTION_DECIDE: [
        [_QA_LEAD, not_being(Party.RAISER)],
        [_MODERATOR_OF_SERVICE, not_being(Party.RAISER)],
    ],
    # P3: anybody who audits may ask; line management and rank are checked by the service.
    Permission.TIME_REQUEST_ASK: [[holding(Role.AUDITOR)], [_QA_LEAD]],
    Permission.TIME_REQUEST_SEE: [
        [being(Party.OWNER, Party.RAISER)],
        [_QA_LEAD],
        [_MANAGER_OF_TEAM],
        [_MODERATOR_OF_SERVICE],
    ],
    Permission.TIME_REQUEST_DECIDE: [
        [_MANAGER_OF_TEAM, not_being(Party.OWNER)],
        [_MODERATOR_OF_SERVICE, not_being(Party.OWNER)],
    ],
    Permission.EXEMPTION_GRANT: [[holding(Role.MODERATOR), ranking(HEAD_OF_SERVICE)]],
    Permission.INTEREST_DECLARE: [[holding(Role.AUDITOR)], [_QA_LEAD]],
    # S6: the head of QA, or a service director.
    Permission.WAIVER_GRANT: [[_QA_LEAD], [holding(Role.MODERATOR), ranking(SERVICE_DIRECTOR)]],
    Permission.TOOLS_READ: [[signed_in]],
    Permission.TOOLS_MANAGE: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.STANDARDS_MANAGE: [[_QA_LEAD]],
    Permission.MEASURES_READ: [[_QA_LEAD], [holding(Role.MODERATOR)]],
    **REPORTS,
}

NOTHING = Subject()


def allowed(permission: Permission, actor: Actor, subject: Subject = NOTHING) -> bool:
    """Whether the actor holds the permission on the subject. Unknown permissions are refused."""
    if subject.named is not None and actor.person_id not in subject.named:
        return False
    # E1: an adult whom a concern is about sees nothing of it, whatever their role.
    if subject.involves(actor.person_id, Party.IMPLICATED):
        return False
    return any(
        all(condition(actor, subject) for condition in way)
        for way in PERMISSIONS.get(permission, [])
    )
