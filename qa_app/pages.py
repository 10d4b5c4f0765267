"""What every page is given: filters, the navigation, the account menu, asset addresses."""

from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from flask_login import current_user
from jinja2 import StrictUndefined

from qa_app import formatting
from qa_app.domain.permissions import Permission
from qa_app.security import can

SERVICE_NAME = "Case file audit"

# (text, endpoint, permission, first part of the path): shown to those who have something there.
# Where a text stands more than once, the first that somebody may open is their way in.
NAVIGATION = (
    ("Home", "home.index", Permission.HOME_READ, ""),
    ("Audits", "audits.index", Permission.AUDITS_LIST, "audits"),
    ("Moderation", "moderation.queue", Permission.MODERATION_QUEUE, "moderation"),
    ("Moderation", "moderation.in_hand", Permission.MODERATION_MANAGE, "moderation"),
    ("Tracker", "tracker.index", Permission.ACTIONS_LIST, "tracker"),
    ("Programme", "programme.index", Permission.PROGRAMME_MANAGE, "programme"),
    ("Programme", "programme.following", Permission.PROGRAMME_READ, "programme"),
    ("Programme", "programme.requests", Permission.TIME_REQUEST_ASK, "programme"),
    ("Programme", "standards.tools", Permission.TOOLS_MANAGE, "programme"),
    ("Reports", "reports.library", Permission.REPORTS_READ, "reports"),
    ("People", "accounts.people", Permission.PEOPLE_MANAGE, "people"),
)
# Rooms whose pages belong to another's menu.
PART_OF = {
    "tools": "programme",
    "practice-standards": "programme",
    "calibration": "moderation",
    "learning": "reports",
    "themes": "reports",
}


CHROME = (
    "navigation", "account", "site_search", "footer_links", "brand_stylesheet",
    "kept", "reference",
)  # fmt: skip


def navigation() -> list[dict[str, Any]]:
    """The service navigation of the person signed in."""
    if not current_user.is_authenticated:
        return []
    first = request.path.strip("/").partition("/")[0]
    here = PART_OF.get(first, first)
    found: dict[str, dict[str, Any]] = {}
    for text, endpoint, permission, part in NAVIGATION:
        if text not in found and can(permission):
            found[text] = {"text": text, "href": url_for(endpoint), "active": here == part}
    return list(found.values())


def chrome() -> dict[str, Any]:
    """What base.html shows around every page; None where there is nothing to show."""
    if g.get("plain_page"):
        # An error page must not need the database that may be the reason for it.
        return dict.fromkeys(CHROME)
    signed_in = current_user.is_authenticated
    return dict.fromkeys(CHROME) | {
        "navigation": navigation(),
        "account": {
            "name": current_user.name,
            "href": url_for("accounts.my_account"),
            "sign_out_href": url_for("accounts.sign_out"),
        }
        if signed_in
        else None,
        "site_search": {"href": url_for("audits.index")} if can(Permission.AUDITS_LIST) else None,
        "footer_links": [
            {"text": "Accessibility statement", "href": url_for("home.accessibility")}
        ],
    }


def init_app(app: Flask) -> None:
    """Prepare the template environment."""
    versions = formatting.static_versions(Path(app.static_folder or ""))

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=versions.get(name, ""))

    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        asset=asset,
        service_name=SERVICE_NAME,
        council_name=app.config.get("COUNCIL_NAME", "Children's services"),
    )
    app.context_processor(chrome)
    app.jinja_env.filters.update(formatting.FILTERS)
