"""What the pages of calibration share: the blueprint, and saving or saying why not."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, abort

from forms.base import GovForm
from qa_app.database import saving
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.moderation.calibration.queries.results import Given
from qa_app.moderation.calibration.queries.seen import Shown
from qa_app.moderation.models import CalibrationInvite, CalibrationSession

blueprint = Blueprint("calibration", __name__, url_prefix="/calibration")


def saved(form: GovForm, change: Callable[[], object]) -> bool:
    """Make one change and save it; False where a rule refused it beside the form.

    A rule that names no field becomes the page of its error.
    """
    try:
        with saving():
            change()
    except DomainError as error:
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return False
    return True


def session_or_404(session_id: UUID) -> CalibrationSession:
    """A session in any state, for the QA lead's pages."""
    found = Shown.find(session_id)
    return abort(404) if found is None else found.session


def invited(session: CalibrationSession) -> list[CalibrationInvite]:
    """Everybody invited, by name; not those who only practise on it."""
    found = [each for each in session.invites if each.invited]
    return sorted(found, key=lambda each: (each.person.name.casefold(), each.id))


def as_given(answers: Mapping[str, tuple[Grade, str]]) -> dict[str, Given]:
    """A form's grades with why."""
    return {code: Given(*each) for code, each in answers.items()}


def as_fields(given: Mapping[str, Given]) -> dict[str, object]:
    """Grades with why as the fields of a form hold them."""
    fields: dict[str, object] = {f"{code}_grade": each.grade for code, each in given.items()}
    return fields | {f"{code}_why": each.why for code, each in given.items()}
