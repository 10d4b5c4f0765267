"""Reading the programme: what was expected and done, who has what, draws and their cases."""

from qa_app.programme.queries.completion import Completion, completion, newest_cycles
from qa_app.programme.queries.draws import (
    DrawRow,
    as_drawn,
    cases_of,
    draw_json,
    draw_named,
    draw_of,
    draw_rows,
    drawn_case_of,
    draws_beside,
    passed_over,
    story_of,
    substitutions,
    substitutions_of,
    to_draw_for,
    what_for,
)
from qa_app.programme.queries.frames import (
    frame_sizes,
    latest_import,
    stratum_names,
    tools_to_draw,
)
from qa_app.programme.queries.giving import (
    AuditorChoice,
    Auditors,
    auditors_for,
    case_of,
    case_with_summary,
    earlier_audits,
    open_batches,
    tools_for,
)
from qa_app.programme.queries.waiting import Waiting, waiting_requests_for
from qa_app.programme.queries.waivers import service_of

__all__ = [
    "AuditorChoice",
    "Auditors",
    "Completion",
    "DrawRow",
    "Waiting",
    "as_drawn",
    "auditors_for",
    "case_of",
    "case_with_summary",
    "cases_of",
    "completion",
    "draw_json",
    "draw_named",
    "draw_of",
    "draw_rows",
    "drawn_case_of",
    "draws_beside",
    "earlier_audits",
    "frame_sizes",
    "latest_import",
    "newest_cycles",
    "open_batches",
    "passed_over",
    "service_of",
    "story_of",
    "stratum_names",
    "substitutions",
    "substitutions_of",
    "to_draw_for",
    "tools_for",
    "tools_to_draw",
    "waiting_requests_for",
    "what_for",
]
