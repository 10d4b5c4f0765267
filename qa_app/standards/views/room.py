"""The blueprint of practice standards and audit tools."""

from flask import Blueprint

blueprint = Blueprint("standards", __name__)
