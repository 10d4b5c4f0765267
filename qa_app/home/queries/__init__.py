"""Reading what waits for somebody: few rows, few statements, whatever the size of the service."""

from qa_app.home.queries.administering import Upkeep, upkeep
from qa_app.home.queries.auditing import (
    Asked,
    Mine,
    SharedAudit,
    ToDo,
    ToNote,
    audits_of,
)
from qa_app.home.queries.discussing import Discussion
from qa_app.home.queries.inadequates import (
    Inadequate,
    Inadequates,
    Plans,
    PlanWaiting,
    inadequates,
)
from qa_app.home.queries.leading import (
    Priorities,
    Queue,
    Worry,
    moderation_queue,
    priority_actions,
    worries,
)
from qa_app.home.queries.month import MonthSoFar, month_so_far
from qa_app.home.queries.practising import (
    Practising,
    TeamAudit,
    ToCheck,
    ToRead,
    practising,
)
from qa_app.home.queries.reporting import (
    InWork,
    Published,
    Reporting,
    newest_published,
)
from qa_app.home.queries.telling import ToldOf, concerns_to_acknowledge, notices, touch
from qa_app.home.queries.untold import Untold, not_arrived, untold

__all__ = [
    "Asked",
    "Discussion",
    "InWork",
    "Inadequate",
    "Inadequates",
    "Mine",
    "MonthSoFar",
    "PlanWaiting",
    "Plans",
    "Practising",
    "Priorities",
    "Published",
    "Queue",
    "Reporting",
    "SharedAudit",
    "TeamAudit",
    "ToCheck",
    "ToDo",
    "ToNote",
    "ToRead",
    "ToldOf",
    "Untold",
    "Upkeep",
    "Worry",
    "audits_of",
    "concerns_to_acknowledge",
    "inadequates",
    "moderation_queue",
    "month_so_far",
    "newest_published",
    "not_arrived",
    "notices",
    "practising",
    "priority_actions",
    "touch",
    "untold",
    "upkeep",
    "worries",
]
