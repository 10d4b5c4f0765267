"""What the job titles of the extract stand for."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import JobTitleForm
from forms.base import clean_line
from qa_app.accounts.models import JobTitle, PostKind
from qa_app.accounts.titles import change_title, titles_in_use
from qa_app.accounts.views.room import blueprint
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Permission, Role
from qa_app.security import permission_required, signed_in_id


@blueprint.get("/job-titles")
@permission_required(Permission.TITLES_MANAGE)
def job_titles() -> ResponseReturnValue:
    """Every title that is known, those in use first."""
    text = clean_line(request.args.get("q")) or ""
    rows = [
        {
            "id": title.id,
            "title": title.title,
            "post": title.kind.words,
            "rank": title.rank,
            "line": title.line,
            "roles": [Role(role).words for role in title.roles],
            "in_use": in_use,
        }
        for title, in_use in titles_in_use(text[:100])
    ]
    return render_template("accounts/job_titles.html", rows=rows, text=text)


@blueprint.route("/job-titles/<uuid:title_id>", methods=["GET", "POST"])
@permission_required(Permission.TITLES_MANAGE)
def job_title(title_id: UUID) -> ResponseReturnValue:
    """Change what one title stands for."""
    title = db.get_or_404(JobTitle, title_id)
    form = JobTitleForm(obj=title)
    form.kind.choices = [(kind.value, kind.words) for kind in PostKind]
    form.roles.choices = [(role.value, role.words) for role in Role]
    if form.validate_on_submit():
        with saving():
            change_title(
                title,
                PostKind(str(form.kind.data)),
                rank=form.rank.data,
                line=form.line.data,
                roles=[Role(role) for role in form.roles.data or []],
                by=signed_in_id(),
                at=now(),
            )
        flash(f"“{title.title}” is changed. Posts follow at the next import.", "success")
        return redirect(url_for("accounts.job_titles"))
    return render_template("accounts/job_title.html", form=form, title=title)
