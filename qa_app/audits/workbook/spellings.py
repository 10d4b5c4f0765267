"""The spellings met in old workbooks, and what each stands for.

Each is in lower case, its punctuation turned into single spaces (`values.plain`).
"""

from typing import Any, Final

from qa_app.accounts.models import PostKind
from qa_app.domain.grades import Grade


def _spelt(table: dict[Any, str]) -> dict[str, Any]:
    return {
        spelling.strip(): meaning
        for meaning, spellings in table.items()
        for spelling in spellings.split(",")
    }


GRADES: Final[dict[str, Grade]] = _spelt(
    {
        Grade.OUTSTANDING: "outstanding, o, outstanding o, outst, outstand, oustanding, outsanding",
        Grade.GOOD: "good, g, gd, good g",
        Grade.REQUIRES_IMPROVEMENT: (
            "requires improvement, requires improvement to be good, ri, r i, req imp, reqs imp,"
            "req improvement, reqs improvement, requires imp, requires improv, req improv,"
            "require improvement, requiring improvement, requires improvements,"
            "requires improvment, requries improvement, ritbg, ri tbg, req imp to be good,"
            "ri to be good, r improvement, requires improve, req improve, reqimp, reqs improve,"
            "requires improvement ri, ri requires improvement, req imp ri"
        ),
        Grade.INADEQUATE: (
            "inadequate, i, inad, inadeq, inadequate i, inadequete, inadaquate, inadequat"
        ),
    }
)

# What people write in a log's narrow column. A title in full is looked up in the authority's own
# table first; a plain "manager" is a team manager unless the person is known to be another.
POSTS: Final[dict[str, PostKind]] = _spelt(
    {
        PostKind.TEAM_MANAGER: (
            "tm, team manager, manager, team mgr, mgr, t m, team leader, interim team manager,"
            "acting team manager, practice manager, atm, assistant team manager, asst team manager,"
            "deputy team manager, dtm, assistant manager, deputy manager"
        ),
        PostKind.SERVICE_MANAGER: (
            "service manager, sm, svc manager, service mgr, interim service manager,"
            "acting service manager, group manager, gm"
        ),
        PostKind.HEAD_OF_SERVICE: (
            "hos, head of service, h o s, service head, interim head of service,"
            "acting head of service, heads of service"
        ),
        PostKind.SERVICE_DIRECTOR: (
            "service director, assistant director, ad, interim service director"
        ),
        PostKind.CORPORATE_DIRECTOR: "corporate director, dcs, director of children s services",
        PostKind.IRO: (
            "iro, independent reviewing officer, independent review officer, i r o,"
            "reviewing officer, independant reviewing officer, senior iro, iro cp chair,"
            "ind reviewing officer, independent reviewing officer iro"
        ),
        PostKind.CONFERENCE_CHAIR: (
            "child protection conference chair, cp chair, conference chair, cpc, cpcc, cpc chair,"
            "child protection chair, cp conference chair, chair, icpc chair, independent chair,"
            "conf chair, cp conf chair, ind chair, chairperson, cp chairperson,"
            "conference chairperson, child protection conference chairperson"
        ),
        PostKind.QA_OFFICER: (
            "qa, qa officer, quality assurance, quality assurance officer, qao, qa auditor"
        ),
        PostKind.QA_LEAD: "qa lead, qa manager, quality assurance lead, quality assurance manager",
        PostKind.PRACTICE_LEAD: (
            "psw, principal social worker, ap, advanced practitioner,"
            "advanced social work practitioner, practice lead"
        ),
        PostKind.SENIOR_SOCIAL_WORKER: "ssw, senior social worker, senior practitioner, snr sw",
        PostKind.SOCIAL_WORKER: "sw, social worker",
        PostKind.EARLY_HELP_PRACTITIONER: "early help practitioner, ehp, early help worker",
    }
)

YES: Final = frozenset(("y", "yes", "true", "1", "✓", "✔"))
NO: Final = frozenset(("", "n", "no", "false", "0", "none", "na", "n a", "not applicable"))
STILL_OPEN: Final = frozenset(
    (
        "", "ongoing", "on going", "tbc", "tba", "tbd", "open", "in progress", "outstanding",
        "not yet", "not completed", "not complete", "incomplete", "to be confirmed", "no", "n",
        "pending", "na", "n a", "not started", "awaited",
    )
)  # fmt: skip
NO_DUE_DATE: Final = frozenset(
    (
        "", "ongoing", "on going", "tbc", "tba", "tbd", "to be confirmed", "asap", "immediate",
        "immediately", "na", "n a", "none",
    )
)  # fmt: skip
NOTHING_WRITTEN: Final = frozenset(("", "na", "n a", "nil", "none", "tbc", "not applicable"))
NO_ACTION: Final = NOTHING_WRITTEN | {"no action", "no actions", "nfa", "no further action", "no"}
