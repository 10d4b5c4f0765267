"""The room's blueprint."""

from flask import Blueprint

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
