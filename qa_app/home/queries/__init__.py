"""Reading what waits for somebody: few rows, few statements, whatever the size of the service."""

from qa_app.home.queries.administering import Upkeep, upkeep
from qa_app.home.queries.auditing import TeamAudit, ToDo, audits_of_my_teams, audits_to_do
from qa_app.home.queries.leading import (
    Inadequate,
    Priorities,
    Queue,
    Worry,
    inadequates_without_action,
    moderation_queue,
    priority_actions,
    worries,
)
from qa_app.home.queries.month import MonthSoFar, month_so_far
from qa_app.home.queries.telling import ToldOf, concerns_to_acknowledge, notices, touch

__all__ = [
    "Inadequate",
    "MonthSoFar",
    "Priorities",
    "Queue",
    "TeamAudit",
    "ToDo",
    "ToldOf",
    "Upkeep",
    "Worry",
    "audits_of_my_teams",
    "audits_to_do",
    "concerns_to_acknowledge",
    "inadequates_without_action",
    "moderation_queue",
    "month_so_far",
    "notices",
    "priority_actions",
    "touch",
    "upkeep",
    "worries",
]
