"""The pages of calibration."""

from qa_app.moderation.calibration.views import (
    closing,
    grading,
    inviting,
    listing,
    making,
    results,
)
from qa_app.moderation.calibration.views.room import blueprint

__all__ = ["blueprint", "closing", "grading", "inviting", "listing", "making", "results"]
