"""The blueprint of learning: responses to themes, examples, the feed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from forms.base import GovForm
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.security import signed_in_id

blueprint = Blueprint("learning", __name__, url_prefix="/learning")


def saved(form: GovForm, change: Callable[..., Any]) -> bool:
    """Whether the change was made; where a rule refuses it, the form says so at its field."""
    try:
        with saving():
            change(by=signed_in_id(), at=now())
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field if error.field in form else None)
        return False
    return True
