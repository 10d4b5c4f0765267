"""Filing findings of finished audits under themes: one press each, or many together (T1)."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.issues import FilingForm
from qa_app.audits.queries.filing import findings_to_file, may_be_filed
from qa_app.audits.services import filing as services
from qa_app.database import now, saving
from qa_app.domain.learning import masked
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, note_access, permission_required, signed_in_id
from qa_app.standards.queries.themes import ThemeRow, rows, theme_named, themes


@blueprint.route("/filing", methods=["GET", "POST"])
@permission_required(Permission.THEMES_MANAGE)
def filing() -> ResponseReturnValue:
    """The findings under one theme, or under none, each with the themes that fit its words."""
    row, form = _row(), FilingForm()
    if form.validate_on_submit():
        return _file(row)
    page = findings_to_file(actor(), row, request.args.get("after", type=UUID))
    note_access("findings_viewed", None, count=len(page.rows))
    in_use = themes()
    return render_template(
        "reports/issues_filing.html",
        form=form,
        row=row,
        page=page,
        texts={each.finding.id: _shown(each) for each in page.rows},
        themes=in_use,
        names={each.id: each.name for each in in_use},
        following=_address(row, after=str(page.next_after)) if page.next_after else None,
    )


def _shown(each: Any) -> str:
    return masked(each.finding.text, hidden=[each.audit.case_reference])


def _file(row: ThemeRow | None) -> ResponseReturnValue:
    also = request.form.get("also", "")
    chosen = _pairs([request.form["file"]] if "file" in request.form else _chosen())
    if also:
        return _file_also(row, also)
    known = may_be_filed(actor(), chosen.keys())
    with saving():
        moved = services.file_findings(
            {each: chosen[each] for each in known}, by=signed_in_id(), at=now()
        )
    if moved:
        told = (
            f"{count_words(moved, 'finding')} filed anew. Counts follow from now on; data cuts of "
        )
        flash(told + "earlier days stay as they are.", "success")
    else:
        flash("Nothing was filed: choose a theme for a finding first.", "info")
    return redirect(_address(row))


def _file_also(row: ThemeRow | None, finding: str) -> ResponseReturnValue:
    pairs = _pairs([f"{finding}:{request.form.get(f'theme-{finding}', '')}"])
    for finding_id in may_be_filed(actor(), pairs.keys()):
        with saving():
            services.file_also(finding_id, pairs[finding_id], by=signed_in_id(), at=now())
        flash("Filed there too: it is counted under both.", "success")
        break
    else:
        flash("Nothing was filed: choose the other theme first.", "info")
    return redirect(_address(row))


def _chosen() -> list[str]:
    names = [name for name in request.form if name.startswith("theme-")]
    return [f"{name.removeprefix('theme-')}:{request.form[name]}" for name in names]


def _pairs(texts: list[str]) -> dict[UUID, UUID]:
    """``finding:theme`` as ids; what is neither is left out."""
    found: dict[UUID, UUID] = {}
    for text in texts:
        finding, _, theme = text.partition(":")
        try:
            found[UUID(finding)] = UUID(theme)
        except ValueError:
            continue
    return found


def _row() -> ThemeRow | None:
    code = request.args.get("theme")
    if not code:
        return None
    theme = theme_named(code)
    if theme is None:
        abort(404)
    return rows([theme])[0]


def _address(row: ThemeRow | None, **more: str) -> str:
    named: dict[str, Any] = {"theme": row.theme.code} if row else {}
    return url_for("reports.filing", **{**named, **more})
