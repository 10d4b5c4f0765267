"""Which rooms have pages."""

from flask import Flask

from qa_app.accounts import views as accounts
from qa_app.audits import views as audits
from qa_app.audits.workbook import views as workbook
from qa_app.cases import views as cases
from qa_app.home import views as home
from qa_app.moderation import views as moderation
from qa_app.moderation.calibration import views as calibration
from qa_app.programme import views as programme
from qa_app.reports import views as reports
from qa_app.reports.api import views as api
from qa_app.standards import views as standards
from qa_app.tracker import views as tracker


def register(app: Flask) -> None:
    """Give the app every room's pages."""
    for blueprint in (
        accounts.blueprint,
        api.blueprint,
        audits.blueprint,
        audits.concerns_blueprint,
        audits.plans_blueprint,
        calibration.blueprint,
        cases.blueprint,
        home.blueprint,
        moderation.blueprint,
        programme.blueprint,
        reports.blueprint,
        reports.learning_blueprint,
        standards.blueprint,
        tracker.blueprint,
        workbook.blueprint,
    ):
        app.register_blueprint(blueprint)
