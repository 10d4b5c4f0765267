"""What the council may change: numbers, telephone numbers and labels, from a day on."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import SettingForm
from qa_app.accounts import settings as values
from qa_app.accounts.queries import names
from qa_app.accounts.views.room import blueprint
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.domain.settings import SETTINGS, Kind, SettingRefused
from qa_app.security import permission_required, signed_in_id

GROUPS = {
    "P": "The programme",
    "S": "Choosing cases",
    "A": "Doing an audit",
    "M": "Moderation",
    "E": "Safety, actions and escalation",
    "R": "Reports and names",
    "I": "Records",
}


@blueprint.get("/settings")
@permission_required(Permission.SETTINGS_MANAGE)
def settings() -> ResponseReturnValue:
    """Every setting with its value today and the next change, by what it is about."""
    groups: dict[str, list[dict[str, Any]]] = {title: [] for title in GROUPS.values()}
    for name, setting in SETTINGS.items():
        groups[GROUPS[setting.rule[0]]].append(_row(name))
    return render_template("accounts/settings.html", groups=groups)


def _row(name: str) -> dict[str, Any]:
    today = london_date(now())
    changes = values.all_changes().get(name, [])
    return {
        "name": name,
        "description": SETTINGS[name].description,
        "rule": SETTINGS[name].rule,
        "value": _words(name, values.value(name, today)),
        "coming": [
            (change.valid_from, _words(name, change.value))
            for change in changes
            if change.valid_from > today
        ],
    }


def _words(name: str, value: int | str) -> str:
    kind = SETTINGS[name].kind
    if not kind.is_number or kind is Kind.COUNT:
        return str(value)
    return f"{value} {kind.removesuffix('s') if value == 1 else kind}"


@blueprint.route("/settings/<name>", methods=["GET", "POST"])
@permission_required(Permission.SETTINGS_MANAGE)
def change_setting(name: str) -> ResponseReturnValue:
    """Change one setting from a day on; what was done before keeps the value it had."""
    if name not in SETTINGS:
        abort(404)
    today = london_date(now())
    form = SettingForm(value=str(values.value(name, today)), valid_from=today)
    if form.validate_on_submit():
        try:
            with saving():
                values.change(
                    name, form.value.data, form.valid_from.data, by=signed_in_id(), at=now()
                )
        except SettingRefused as error:
            form.refuse(error.message, error.field)
        else:
            flash(f"{SETTINGS[name].description}: changed.", "success")
            return redirect(url_for("accounts.settings"))
    changes = values.all_changes().get(name, [])
    return render_template(
        "accounts/change_setting.html",
        form=form,
        setting=_row(name),
        default=_words(name, SETTINGS[name].default),
        changes=[(each, _words(name, each.value)) for each in reversed(changes)],
        who=names({each.by for each in changes}),
    )
