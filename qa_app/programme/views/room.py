"""The blueprint of the programme, and months in its addresses."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from qa_app.domain.calendar import Month


class MonthConverter(BaseConverter):
    """A month in an address, written 2026-11; anything else is no page."""

    regex = "[1-9][0-9]{3}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """The month."""
        return Month.parse(value)

    def to_url(self, value: object) -> str:
        """The month as an address has it; a text is taken as it is."""
        return str(value)


def _add_converter(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["month"] = MonthConverter


blueprint = Blueprint("programme", __name__, url_prefix="/programme")
# Before any route: they are added in the order in which they were recorded.
blueprint.record(_add_converter)
