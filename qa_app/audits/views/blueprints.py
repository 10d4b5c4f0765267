"""The three blueprints that the view modules add their pages to."""

from flask import Blueprint

blueprint = Blueprint("audits", __name__, url_prefix="/audits")
concerns_blueprint = Blueprint("concerns", __name__, url_prefix="/concerns")
plans_blueprint = Blueprint("plans", __name__, url_prefix="/plans")
