"""What the programme's views share: saving one change, or saying beside the form why not."""

from collections.abc import Callable

from flask import abort

from forms.base import GovForm
from qa_app.database import saving
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.programme.models import Cycle
from qa_app.programme.queries import cycles


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


def cycle_or_404(month: Month) -> Cycle:
    """The cycle of a month; 404 where none is planned."""
    return cycles.cycle_of(month) or abort(404)
