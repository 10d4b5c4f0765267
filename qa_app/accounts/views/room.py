"""The room's blueprint, which each of its views adds to."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
