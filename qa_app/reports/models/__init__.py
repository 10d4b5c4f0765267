"""What the room stores: reports and their versions, learning, boards, tokens."""

from qa_app.reports.models.boards import BoardMeeting
from qa_app.reports.models.cuts import DataCut
from qa_app.reports.models.files import ReportFile
from qa_app.reports.models.learning import GoodExample, LearningResponse
from qa_app.reports.models.report import (
    CheckAnswer,
    OtherFigure,
    Report,
    ReportText,
    ReportVersion,
)
from qa_app.reports.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "BoardMeeting",
    "CheckAnswer",
    "DataCut",
    "GoodExample",
    "LearningResponse",
    "OtherFigure",
    "Report",
    "ReportFile",
    "ReportText",
    "ReportVersion",
]
