"""A joint audit with a partner agency, whose account is one of those to try the product with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from qa_app.accounts.invitations import Partner
from qa_app.accounts.models import Setting
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.sharing import last_day_for_partner
from qa_app.database import db
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.guard import MARK
from qa_app.demo.structure import DOMAIN
from qa_app.domain.workflow import AuditState

LABEL: Final = "Partner, on one joint audit"
_NAME: Final = "Priya Thornleigh"
_ORGANISATION: Final = "Wexcombe Constabulary"
_EMAIL: Final = f"partner@{DOMAIN}"
_WROTE: Final = (
    "Officers went to the home twice in the period. Both times the social worker was told the same "
    "day, and the plan was changed within the week. The second report did not say where the "
    "children slept that night."
)


@dataclass(frozen=True)
class Joint:
    """The audit that the demonstration's auditor does with somebody of the police."""

    council: Council
    days: Days
    at: datetime

    def share(self) -> None:
        """Invite the partner, and let them write where nothing was written yet."""
        audit = self._audit()
        if audit is None:
            return
        partner = Partner(
            _NAME, _ORGANISATION, _EMAIL, last_day_for_partner(audit, self.days.today)
        )
        lead = self.council.qa_lead.id
        party, _ = services.share_with_partner(audit, partner, by=lead, at=self.at)
        draft = Draft(audit)
        empty = (f"{each.code}.evidence" for each in draft.sections)
        field = next((name for name in empty if not draft.text(name)), None)
        if field is not None and party.person_id is not None:
            change = services.Change(field, _WROTE, services.box(draft, field).version)
            services.save_fields(audit, [change], party.person_id, self.at)
        self._list()

    def _audit(self) -> Audit | None:
        query = (
            select(Audit)
            .where(
                Audit.auditor_id == self.council.logins["auditor"].id,
                Audit.state == AuditState.IN_PROGRESS,
            )
            .order_by(Audit.reference)
        )
        return db.session.scalars(query).first()

    def _list(self) -> None:
        """Put the partner's account among those of the demonstration, for its one password."""
        row = db.session.scalars(select(Setting).where(Setting.name == MARK)).one()
        row.value = row.value | {"accounts": [*row.value["accounts"], (LABEL, _EMAIL)]}
        db.session.flush()
