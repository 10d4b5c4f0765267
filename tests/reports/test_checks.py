"""What must be right before a report is published: the texts (R7) and the audits (R8)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from qa_app.audits.models import AuditParty, AuditText
from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Party
from qa_app.domain.publishing import ReportKind
from qa_app.domain.versions import likeness
from qa_app.reports.facts import SectionFact
from qa_app.reports.publishing import data_checks, placeholder_in, text_checks
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import checking
from tests.council import Council
from tests.queries import count_queries
from tests.reports import publishing_world as world
from tests.reports.facts_made import FactsMade
from tests.reports.publishing_world import AT, SMALL, small_kind
from tests.reports.rows import GOOD, IN, OUT, RI, a_cycle, an_audit, an_audit_done_here, moderated

__all__ = ["small_kind"]
FEBRUARY = Month(2023, 2)
ASKED = ReportAsked(ReportKind.QUARTERLY, "2022/23-Q4")
RATIONALE = "The plan names what is to change for this child and by when it is to be seen again"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # R7: XX in any number and case is a number still to come
        ("XX audits were good", "XX"),
        ("xxx of 12 audits", "xxx"),
        ("Good audits: XX% (of XX)", "XX"),
        ("on the XXth of March", "XXth"),
        ("£XX,000", "XX"),
        ("X% of audits", "X%"),
        ("a rise of x %", "x %"),
        # R7: within another word it is none
        ("Chapter XXI and size XXL", ""),
        ("Foxx Lane", ""),
        ("Generation X", ""),
        # R7: TBC and its relations, whole words alone
        ("Numbers TBC.", "TBC"),
        ("owner: tbd", "tbd"),
        ("date TBA", "TBA"),
        ("T.B.C.", "T.B.C"),
        ("the TBCs of old", ""),
        ("to be confirmed by the panel", ""),
        ("TODO: say why", "TODO"),
        # R7: lorem ipsum
        ("Lorem ipsum dolor", "Lorem"),
        ("dolorem is none", ""),
        # R7: question marks where words belong
        ("The rate is ???", "???"),
        ("Is it right?", ""),
        # R7: brackets and lines to be filled in
        ("[insert figure]", "[insert figure]"),
        ("seen by [..] on time", "[..]"),
        ("<name of team>", "<name of team>"),
        ("fewer than <5 of 10", ""),
        ("n < m and m > n", ""),
        ("Owner: ____", "____"),
        # R7: round brackets are plain English
        ("12 of 31 audits (38.7%)", ""),
        ("", ""),
    ],
)
def test_what_is_a_placeholder(text: str, found: str) -> None:
    assert placeholder_in(text) == found


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        # R7: what is needed must be written
        ({}, ["text-missing"]),
        ({"working": "  \n "}, ["text-missing"]),
        ({"working": "–"}, ["text-missing"]),
        # R7: what may stay empty may
        ({"working": "Careful work."}, []),
        # R7: a placeholder in either is one too many
        ({"working": "TBC", "next": "XX"}, ["placeholder", "placeholder"]),
    ],
)
def test_texts_are_written_and_whole(texts, codes) -> None:
    found = text_checks(SMALL, texts)
    assert [each.code for each in found] == codes
    assert all(each.words.startswith("“What ") for each in found)


def codes(made: FactsMade, asked: ReportAsked = ASKED) -> list[str]:
    facts = made.facts("2023-01", "2023-03")
    return [each.code for each in data_checks(asked, facts)]


def of_this_app(made: FactsMade, **more):
    """An audit of February that was made here."""
    audit = made.audit("2023-02", **more)
    made.audits[-1] = replace(audit, imported=False, selection=Selection.RANDOM)
    return made.audits[-1]


@pytest.mark.parametrize(
    ("status", "found"),
    [
        # R8: an open action, or one on its way, is one
        (ActionStatus.OPEN, []),
        (ActionStatus.IN_PROGRESS, []),
        (ActionStatus.DONE, []),
        (ActionStatus.VERIFIED, []),
        # R8: a withdrawn or a closed one is none
        (ActionStatus.WITHDRAWN, ["inadequate-without-action"]),
        (ActionStatus.CLOSED, ["inadequate-without-action"]),
        (None, ["inadequate-without-action"]),
    ],
)
def test_an_inadequate_audit_has_an_action(context, status, found) -> None:
    made = FactsMade()
    audit = of_this_app(made, final=IN)
    if status:
        made.action(audit_id=audit.id, status=status.value)
    assert codes(made) == found


def test_imported_inadequate_audits_are_one_finding_together(context) -> None:
    # R8, measures.md: imported rows are history, so one explanation does for all of them
    made = FactsMade()
    for _ in range(7):
        made.audit("2023-02", final=IN)
        made.audits[-1] = replace(made.audits[-1], imported=True)
    (found,) = data_checks(ASKED, made.facts("2023-01", "2023-03"))
    assert (found.code, found.about) == ("inadequate-imported", "")
    assert found.words.startswith("7 imported audits are Inadequate")
    assert "and 2 more" in found.words


@pytest.mark.parametrize(
    ("final", "section", "found"),
    [
        # R8: Good or better overall with an Inadequate section
        (GOOD, IN, ["good-with-inadequate-section"]),
        (OUT, IN, ["good-with-inadequate-section"]),
        # R8: below Good it is what the rules expect
        (RI, IN, []),
        (GOOD, RI, []),
    ],
)
def test_good_overall_with_an_inadequate_section(context, final, section, found) -> None:
    made = FactsMade()
    audit = of_this_app(made, final=final)
    sections = (SectionFact("core", "plan", "Plan and review", section),)
    made.audits[-1] = replace(audit, sections=sections)
    assert codes(made) == found


def test_provisional_figures_are_said_and_stop_nothing(context) -> None:
    made = FactsMade()
    of_this_app(made, final=None)
    (found,) = data_checks(ASKED, made.facts("2023-01", "2023-03"))
    assert (found.code, found.warns) == ("provisional", True)
    assert found.words.startswith("1 audit of the period awaits")


def test_audits_of_other_periods_and_tools_are_not_its_matter(context) -> None:
    made = FactsMade()
    of_this_app(made, final=IN)
    asked = ReportAsked(ReportKind.HIGHLIGHT, "2023-03")
    assert codes(made, asked) == []


def rationale(audit_id: UUID, by: UUID, text: str = RATIONALE) -> None:
    db.session.add(
        AuditText(
            audit_id=audit_id,
            field="overall.rationale",
            text=text,
            salt="s",
            saved_at=AT,
            saved_by=by,
            likeness=likeness(text),
        )
    )
    db.session.flush()


def found_in(asked: ReportAsked = ASKED):
    return data_checks(asked, read_facts(asked.months[0], asked.months[-1], AT))


def test_a_rationale_that_another_audit_has_is_found(context, council: Council) -> None:
    # R8: copied, whatever its case and punctuation; named with the earlier one
    audits = [an_audit(date(2023, 2, day), GOOD, GOOD) for day in (1, 2, 3)]
    by = council.people["auditor"]
    rationale(audits[0].id, by)
    rationale(audits[1].id, by, RATIONALE.upper() + "!")
    rationale(audits[2].id, by, "Another one altogether, in words that nobody else has used at all")
    (found,) = found_in()
    assert (found.code, found.about) == ("rationale-copied", str(audits[1].id))
    assert audits[0].reference in found.words


@pytest.mark.parametrize(
    ("party", "words"),
    [
        # R8, M2: the auditor moderated their own
        (Party.AUDITOR, "audited it too"),
        (Party.CO_AUDITOR, "audited it too"),
        # R8, M2: a part in the child's case
        (Party.SOCIAL_WORKER, "part in the child’s case"),
        (Party.CHAIR, "part in the child’s case"),
    ],
)
def test_a_moderator_with_a_part_in_it_is_found(context, council: Council, party, words) -> None:
    audit = an_audit(date(2023, 2, 6), GOOD, GOOD)
    who = council.people["head"]
    moderated(audit, AT)
    db.session.execute(_moderation_by(who))
    db.session.add(AuditParty(audit_id=audit.id, party=party, person_id=who, name="Hetty Head"))
    db.session.flush()
    (found,) = found_in()
    assert found.code == "moderator-conflicted"
    assert words in found.words


def _moderation_by(who: UUID):
    from_table = db.metadata.tables["moderation"]
    return from_table.update().values(moderator_id=who)


def test_a_moderator_without_a_part_is_none(context, council: Council) -> None:
    audit = an_audit(date(2023, 2, 6), GOOD, GOOD)
    moderated(audit, AT)
    db.session.execute(_moderation_by(council.people["head"]))
    party = AuditParty(
        audit_id=audit.id, party=Party.MODERATOR, person_id=council.people["head"], name="H"
    )
    db.session.add(party)
    db.session.flush()
    assert found_in() == []


@pytest.mark.parametrize(
    ("completed", "more", "words"),
    [
        # R8, P6: due in January, completed in February: it counts in February
        (date(2023, 2, 3), {}, "and was due in January 2023"),
        # R8: the period under review had not ended
        (
            date(2023, 1, 20),
            {"period_to": date(2023, 1, 25)},
            "before the period it reviews ended (25 January 2023)",
        ),
    ],
)
def test_audits_completed_outside_their_period(context, council, completed, more, words) -> None:
    cycle = a_cycle(Month(2023, 1))
    case = council.cases["100001"]
    an_audit_done_here(cycle, council.people["auditor"], case, completed, GOOD, **more)
    (found,) = found_in()
    assert found.code == "outside-period"
    assert words in found.words


def test_an_audit_completed_in_its_month_is_none(context, council) -> None:
    cycle = a_cycle(FEBRUARY)
    case = council.cases["100001"]
    an_audit_done_here(cycle, council.people["auditor"], case, date(2023, 2, 20), GOOD)
    assert found_in() == []


def test_a_grade_changed_after_the_last_version_is_found(context, council, small_kind) -> None:
    # R8: grades changed after the last version, each named with old and new
    world.some_audits()
    version = world.published(world.begin(council), council)
    facts = read_facts(FEBRUARY, FEBRUARY, AT)
    first = next(each for each in facts.audits if each.final is GOOD)
    changed = replace(first, final=RI)
    others = [each for each in facts.audits if each.id != first.id]
    now = replace(facts, audits=(changed, *others))
    found = [each for each in data_checks(world.ASKED, now) if each.code == "grade-changed"]
    assert [each.about for each in found] == [str(first.id)]
    assert "was Good in the last version and is Requires improvement now" in found[0].words
    assert [e for e in data_checks(world.ASKED, facts) if e.code == "grade-changed"] == []
    assert version.number == 1


def test_the_checks_ask_a_fixed_number_of_times(context, council) -> None:
    # performance: four statements whatever the audits
    for number in (1, 12):
        for _ in range(number):
            audit = an_audit(date(2023, 2, 6), GOOD, GOOD)
            rationale(audit.id, council.people["auditor"])
        facts = read_facts(*ASKED.months[::2], AT)
        db.session.commit()
        with count_queries(context) as asked:
            data_checks(ASKED, facts)
        assert len(asked) <= 4, asked


def test_one_explanation_can_be_for_all_that_a_check_found(context, council, small_kind) -> None:
    # R8: each finding is resolved or explained
    cycle = a_cycle(Month(2023, 1))
    case = council.cases["100001"]
    for day in (1, 2, 3):
        an_audit_done_here(
            cycle, council.people["auditor"], case, date(2023, 2, day), GOOD,
            reference=f"A-2023-02-{day}",
        )  # fmt: skip
    version = world.begin(council)
    by = world.lead(council)
    one = checking.checks_of(version).data[0].finding
    number = checking.explain(version, one.code, one.about, "Agreed late", by=by, at=AT)
    assert (number, checking.checks_of(version).open) == (1, 3)
    number = checking.explain(version, one.code, None, "All agreed late", by=by, at=AT)
    assert number == 2
    said = [each.answer.explanation for each in checking.checks_of(version).data]
    assert said == ["Agreed late", "All agreed late", "All agreed late"]
