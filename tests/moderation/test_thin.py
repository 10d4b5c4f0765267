"""A thin rationale is marked for its moderator (A6)."""

import pytest

from qa_app.accounts import settings
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from tests.moderation.factory import a_submitted_audit

MARK = 'govuk-tag--yellow">Thin<'
LONG = " ".join(f"word{number}" for number in range(25))


# A6: different words are counted, so that the same again makes none thicker; the number is a
# setting, and nobody has to reach it.
@pytest.mark.parametrize(
    ("rationale", "below", "is_marked"),
    [
        ("Good work", 25, True),
        ("word " * 99, 25, True),
        (LONG, 25, False),
        ("Good work", 2, False),
    ],
)
def test_a_thin_rationale_is_marked(app, council, client_for, rationale, below, is_marked) -> None:
    with app.app_context(), saving():
        settings.change(
            "thin_rationale_below", str(below), valid_from=london_date(now()),
            by=council.people["administrator"], at=now(),
        )  # fmt: skip
        audit = a_submitted_audit(council, words=rationale)
        start = f"/moderation/audits/{audit.id}/start"
    moderator = client_for(council.people["review_head"])
    token = moderator.token_in(moderator.get("/moderation/").text)
    page = moderator.get(moderator.send(start, token=token).location).text

    assert "Why this grade" in page
    assert (MARK in page) is is_marked
