"""What a post is, whatever its title says, and which posts MTM-2 counts."""

from enum import StrEnum


class PostKind(StrEnum):
    """What a post is, whatever its title says."""

    SOCIAL_WORKER = "social_worker"
    SENIOR_SOCIAL_WORKER = "senior_social_worker"
    EARLY_HELP_PRACTITIONER = "early_help_practitioner"
    PERSONAL_ADVISER = "personal_adviser"
    PRACTICE_LEAD = "practice_lead"
    TEAM_MANAGER = "team_manager"
    IRO = "iro"
    CONFERENCE_CHAIR = "conference_chair"
    SERVICE_MANAGER = "service_manager"
    QA_OFFICER = "qa_officer"
    QA_LEAD = "qa_lead"
    HEAD_OF_SERVICE = "head_of_service"
    SERVICE_DIRECTOR = "service_director"
    CORPORATE_DIRECTOR = "corporate_director"
    ADMINISTRATOR = "administrator"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The post as a page and the workbook's clean content say it."""
        return POST_WORDS[self]


POST_WORDS = {
    PostKind.SOCIAL_WORKER: "Social Worker",
    PostKind.SENIOR_SOCIAL_WORKER: "Senior Social Worker",
    PostKind.EARLY_HELP_PRACTITIONER: "Early Help Practitioner",
    PostKind.PERSONAL_ADVISER: "Personal Adviser",
    PostKind.PRACTICE_LEAD: "Principal Social Worker",
    PostKind.TEAM_MANAGER: "Team Manager",
    PostKind.IRO: "Independent Reviewing Officer",
    PostKind.CONFERENCE_CHAIR: "Child Protection Conference Chair",
    PostKind.SERVICE_MANAGER: "Service Manager",
    PostKind.QA_OFFICER: "Quality Assurance Officer",
    PostKind.QA_LEAD: "Quality Assurance Lead",
    PostKind.HEAD_OF_SERVICE: "Head of Service",
    PostKind.SERVICE_DIRECTOR: "Service Director",
    PostKind.CORPORATE_DIRECTOR: "Corporate Director",
    PostKind.ADMINISTRATOR: "Systems Administrator",
    PostKind.OTHER: "Other",
}

# MTM-2 counts managers, conference chairs and IROs; other auditors are printed beside.
COUNTED_AUDITORS = frozenset(
    {
        PostKind.TEAM_MANAGER,
        PostKind.SERVICE_MANAGER,
        PostKind.IRO,
        PostKind.CONFERENCE_CHAIR,
        PostKind.HEAD_OF_SERVICE,
    }
)
