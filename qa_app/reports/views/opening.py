"""Which figures of a version open, and the address of what is behind each (R2)."""

from collections.abc import Callable

from flask import url_for

from qa_app.domain.permissions import Permission
from qa_app.reports.figures import Key
from qa_app.reports.models import ReportVersion
from qa_app.reports.publishing.contents import figures_in
from qa_app.security import can

Opener = Callable[[Key | None], str | None]


def opener(version: ReportVersion, *, public: bool) -> Opener:
    """Gives a figure's address by its name; None for no figure, for a count of nothing, and in the
    public form for one that is hidden. A draft's figures open in full. Nothing opens for somebody
    who reads no audits anyway."""
    if not can(Permission.AUDITS_LIST):
        return lambda key: None
    rows = version.public_figures or [] if public else version.figures
    stored = figures_in(rows).by_key if rows is not None else None

    def address(key: Key | None) -> str | None:
        if key is None or (stored is not None and not (key in stored and stored[key].numerator)):
            return None
        form = "public" if public else None
        return url_for("reports.figure", version_id=version.id, form=form, **key._asdict())

    return address
