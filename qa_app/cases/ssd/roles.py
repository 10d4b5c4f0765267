"""What the case systems call a professional's part in a case, as one of ours."""

from functools import lru_cache
from typing import Final

from qa_app.cases.ssd.rows import Involved

# The first pattern found in the text decides, so the narrower stand above the wider.
_PATTERNS: Final = (
    ("independent reviewing", Involved.IRO),
    ("reviewing officer", Involved.IRO),
    ("conference chair", Involved.CHAIR),
    ("cp chair", Involved.CHAIR),
    ("personal advis", Involved.PERSONAL_ADVISER),
    ("manager", Involved.TEAM_MANAGER),
    ("supervisor", Involved.TEAM_MANAGER),
    ("decision", Involved.DECISION_MAKER),
    ("gateway", Involved.DECISION_MAKER),
    ("threshold", Involved.DECISION_MAKER),
    ("panel", Involved.DECISION_MAKER),
    ("case worker", Involved.WORKER),
    ("caseworker", Involved.WORKER),
    ("allocated", Involved.WORKER),
    ("social worker", Involved.WORKER),
    ("key worker", Involved.WORKER),
    ("lead practitioner", Involved.WORKER),
    ("lead professional", Involved.WORKER),
    ("early help", Involved.WORKER),
    ("family support", Involved.WORKER),
)
_WHOLE: Final = {
    "iro": Involved.IRO,
    "cpc": Involved.CHAIR,
    "pa": Involved.PERSONAL_ADVISER,
    "sw": Involved.WORKER,
    "worker": Involved.WORKER,
    "acw": Involved.WORKER,
}


@lru_cache(maxsize=4_096)
def role_of(text: str) -> Involved:
    """The part that the text names; `OTHER` where it names none. The text itself is not kept."""
    words = " ".join(text.lower().replace("_", " ").replace("-", " ").split())
    if words in _WHOLE:
        return _WHOLE[words]
    return next((role for pattern, role in _PATTERNS if pattern in words), Involved.OTHER)
