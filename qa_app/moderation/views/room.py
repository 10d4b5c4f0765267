"""The blueprint of the moderation room."""

from flask import Blueprint

# Each page writes its whole path: raising an action after an audit stands beneath the audit.
blueprint = Blueprint("moderation", __name__)
