"""Which pairs of grades agreement counts, and how they are split (M9, P7)."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from qa_app.accounts import settings
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.database import db, now
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.moderation.queries.agreement import (
    By,
    PairsAsked,
    SectionOf,
    agreement_from,
    pairs_counted,
    pairs_counted_by,
)
from qa_app.standards.models import Section, ToolVersion
from qa_app.standards.queries import current_version, sections_of
from tests.audits.with_tools import small_tool
from tests.queries import count_queries
from tests.reports.rows import an_audit, noon
from tests.tools import a_tool, publish_content

OUT, GOOD, RI, IN = GRADES
MAY = Month(2023, 5)
IN_MAY = date(2023, 5, 12)


def a_pair(auditor: Grade | None, final: Grade | None, on: date = IN_MAY, **more) -> Audit:
    """A finished audit with one committed moderation, a sighted one unless said."""
    mode = more.pop("mode", ModerationMode.SIGHTED)
    moderator = more.pop("moderator", (None, "Hetty Head"))
    audit = an_audit(on, auditor, final, **more)
    a_moderation(audit, noon(on), mode=mode, moderator=moderator)
    return audit


def a_moderation(
    audit: Audit,
    at: datetime,
    *,
    state: ModerationState = ModerationState.COMMITTED,
    mode: ModerationMode = ModerationMode.SIGHTED,
    moderator=(None, "Hetty Head"),
) -> None:
    person, name = moderator
    db.session.add(
        Moderation(
            audit_id=audit.id, moderator_id=person, moderator_name=name, mode=mode, state=state,
            started_at=at, committed_at=at if state is ModerationState.COMMITTED else None,
        )
    )  # fmt: skip
    db.session.flush()


def asked(**more) -> PairsAsked:
    return PairsAsked(**{"first": MAY, "last": MAY, "at": now(), **more})


def counts_of(*pairs: tuple[Grade, Grade]) -> list[list[int]]:
    table = [[0] * 4 for _ in range(4)]
    for auditor, final in pairs:
        table[GRADES.index(auditor)][GRADES.index(final)] += 1
    return table


def by(what: By, **more) -> dict[str, list[list[int]]]:
    return {group.name: group.counts for group in pairs_counted_by(asked(**more), what)}


# M9: an auditor's grade is a row, the final one a column, whatever the direction.
def test_pairs_are_counted_by_both_grades(context, council) -> None:
    a_pair(GOOD, RI)
    a_pair(GOOD, RI)
    a_pair(IN, GOOD)
    assert pairs_counted(asked()) == counts_of((GOOD, RI), (GOOD, RI), (IN, GOOD))


# M9, Q-4: by month of completion, both months included; imports count like the others.
def test_the_month_of_completion_decides(context, council) -> None:
    for day in (date(2023, 3, 31), date(2023, 4, 1), date(2023, 5, 31), date(2023, 6, 1)):
        a_pair(GOOD, GOOD, day, final_at=noon(date(2023, 7, 1)))
    found = pairs_counted(asked(first=Month(2023, 4), last=MAY))
    assert found == counts_of((GOOD, GOOD), (GOOD, GOOD))


# M1, M7: an audit that nobody moderated has its auditor's grade as final: that is no agreement.
def test_only_audits_that_were_moderated_are_pairs(context, council) -> None:
    an_audit(IN_MAY, GOOD, GOOD)
    for state in (ModerationState.RELEASED, ModerationState.RETURNED):
        a_moderation(an_audit(IN_MAY, GOOD, GOOD), noon(IN_MAY), state=state)
    going_on = an_audit(IN_MAY, GOOD, None, state=AuditState.IN_MODERATION)
    a_moderation(going_on, noon(IN_MAY), state=ModerationState.OPEN)
    assert pairs_counted(asked()) == counts_of()


# P7: tools without grades, and tools that do not count, are left out; withdrawn audits too.
def test_ungraded_uncounted_and_withdrawn_audits_are_left_out(context, council) -> None:
    a_pair(None, GOOD)
    a_pair(GOOD, None, state=AuditState.FINAL, graded=False, final_at=noon(IN_MAY))
    a_pair(GOOD, GOOD, tool_version_id=small_tool(graded=True, moderated=True).id)
    withdrawn = a_pair(GOOD, None, state=AuditState.WITHDRAWN)
    assert withdrawn.state is AuditState.WITHDRAWN
    a_pair(RI, RI, tool_version_id=current_version("core").id)
    assert pairs_counted(asked()) == counts_of((RI, RI))


# M5: a second moderator decides about the same pair; M3: the first one's mode is the pair's.
def test_an_audit_moderated_twice_is_one_pair(context, council) -> None:
    head, director = council.people["head"], council.people["director"]
    audit = a_pair(GOOD, RI, mode=ModerationMode.BLIND, moderator=(head, "Hetty Head"))
    a_moderation(audit, noon(date(2023, 5, 20)), moderator=(director, "Dora Director"))
    assert pairs_counted(asked()) == counts_of((GOOD, RI))
    assert by(By.MODE) == {"Blind": counts_of((GOOD, RI))}
    assert by(By.MODERATOR) == {"Hetty Head": counts_of((GOOD, RI))}


# M3: agreement is shown for blind and sighted apart.
def test_blind_and_sighted_apart(context, council) -> None:
    a_pair(GOOD, RI, mode=ModerationMode.BLIND)
    a_pair(GOOD, GOOD)
    assert by(By.MODE) == {"Blind": counts_of((GOOD, RI)), "Sighted": counts_of((GOOD, GOOD))}
    assert pairs_counted(asked(mode=ModerationMode.BLIND)) == counts_of((GOOD, RI))


def test_services_by_name_and_those_unknown_last(context, council) -> None:
    a_pair(GOOD, GOOD, service_id=council.teams["SAFE"])
    a_pair(GOOD, RI, service_id=council.teams["CARE"])
    a_pair(IN, IN)
    groups = pairs_counted_by(asked(), By.SERVICE)
    assert [(each.key, each.name) for each in groups] == [
        (str(council.teams["CARE"]), "Corporate Parenting"),
        (str(council.teams["SAFE"]), "Safeguarding"),
        ("", "No service recorded"),
    ]
    assert groups[2].counts == counts_of((IN, IN))
    found = pairs_counted(asked(service_id=council.teams["CARE"]))
    assert found == counts_of((GOOD, RI))


# An import may know a person as a name only; a person has one line, however their name was written.
def test_auditors_and_moderators_by_person_or_by_name(context, council) -> None:
    ada, head = council.people["auditor"], council.people["head"]
    a_pair(GOOD, GOOD, auditor_id=ada, auditor_name="A. Auditor", moderator=(head, "H Head"))
    a_pair(GOOD, RI, auditor_id=ada, auditor_name="Ada Auditor", moderator=(head, "Hetty Head"))
    a_pair(RI, RI, auditor_name="Ada Auditor")
    a_pair(IN, IN)
    groups = pairs_counted_by(asked(), By.AUDITOR)
    assert [(each.key, each.name, each.counts) for each in groups] == [
        (str(ada), "Ada Auditor", counts_of((GOOD, GOOD), (GOOD, RI))),
        ("Ada Auditor", "Ada Auditor", counts_of((RI, RI))),
        ("", "No auditor recorded", counts_of((IN, IN))),
    ]
    assert pairs_counted(asked(auditor_id=ada)) == counts_of((GOOD, GOOD), (GOOD, RI))
    assert pairs_counted(asked(moderator_id=head)) == counts_of((GOOD, GOOD), (GOOD, RI))


def grade_section(audit: Audit, section: Section, source: GradeSource, *grades) -> None:
    """Grade rows of one section, one a day."""
    for day, grade in enumerate(grades, 1):
        db.session.add(
            GradeRow(
                audit_id=audit.id, source=source, section_id=section.id, grade=grade,
                at=noon(date(2023, 5, day)),
            )
        )  # fmt: skip
    db.session.flush()


def an_audit_of_sections(version: ToolVersion, **sections) -> Audit:
    """A pair whose sections have these (auditor's, final) grades, by the section's code."""
    audit = a_pair(GOOD, GOOD, tool_version_id=version.id)
    for section in version.sections:
        if section.code in sections:
            auditor, final = sections[section.code]
            grade_section(audit, section, GradeSource.AUDITOR, auditor)
            grade_section(audit, section, GradeSource.FINAL, final)
    return audit


# M9: by section, the grades are the section's own; one the auditor left to the moderator (S6) or
# found not applicable (A3) is no pair. M7: the newest row of a source is the one that stands.
def test_sections_have_their_own_pairs(context, council) -> None:
    version = current_version("core")
    first, second, third = sections_of(version)[:3]
    an_audit_of_sections(version, **{first.code: (GOOD, RI), second.code: (None, RI)})
    audit = an_audit_of_sections(version, **{first.code: (IN, IN)})
    grade_section(audit, third, GradeSource.AUDITOR, OUT, RI)
    grade_section(audit, third, GradeSource.MODERATOR, GOOD)
    grade_section(audit, third, GradeSource.FINAL, GOOD, IN)
    a_pair(IN, IN)  # imported: no sections
    expected = {first.title: counts_of((GOOD, RI), (IN, IN)), third.title: counts_of((RI, IN))}
    assert by(By.SECTION) == expected
    key = SectionOf(version.code, third.code)
    assert pairs_counted(asked(section=key)) == counts_of((RI, IN))
    assert by(By.MODE, section=key) == {"Sighted": counts_of((RI, IN))}


def test_a_section_is_one_across_its_tools_versions_with_the_newest_title(context, council) -> None:
    content = a_tool(counts_in_mtm=True, gates=True)
    section, *rest = content.sections
    renamed = (replace(section, title="Its new title"), *rest)
    old = publish_content(content)
    new = publish_content(replace(content, sections=renamed))
    other = publish_content(replace(content, code="other"))
    for version in (old, new, other):
        an_audit_of_sections(version, **{section.code: (GOOD, RI)})
    groups = pairs_counted_by(asked(), By.SECTION)
    assert [(each.key, each.name, each.counts) for each in groups] == [
        (f"dip/{section.code}", "Its new title", counts_of((GOOD, RI), (GOOD, RI))),
        (f"other/{section.code}", section.title, counts_of((GOOD, RI))),
    ]


# Grouped by the database: the number of statements does not grow with the audits.
@pytest.mark.parametrize("what", [None, *By])
def test_one_statement_or_two_whatever_the_number_of_audits(app, context, council, what) -> None:
    version = current_version("core")
    code = sections_of(version)[0].code
    for _ in range(12):
        an_audit_of_sections(version, **{code: (GOOD, RI)})
    with count_queries(app) as statements:
        found = pairs_counted(asked()) if what is None else pairs_counted_by(asked(), what)
    assert len(statements) == (2 if what is By.SECTION else 1), statements
    assert found


# M9: nothing is shown below the number in the settings.
def test_the_number_shown_from_is_a_setting(context, council) -> None:
    assert settings.number("agreement_shown_from") == 10
    assert agreement_from(counts_of(*[(GOOD, GOOD)] * 9), now()).exact is None
    assert agreement_from(counts_of(*[(GOOD, GOOD)] * 10), now()).exact == 1


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (Month(2023, 5), Month(2023, 4), "is after the last, 2023-04"),
        (Month(2023, 5), Month(2999, 1), "has not begun"),
    ],
)
def test_months_that_make_no_sense_are_refused(first, last, said) -> None:
    with pytest.raises(DomainError, match=said):
        asked(first=first, last=last)
