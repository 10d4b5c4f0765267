"""Quality Matters: what works well, what needs to improve, recording apart from practice."""

from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import document_of
from qa_app.reports.document import Table, Written
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures
from qa_app.reports.kinds import RECIPES
from qa_app.reports.kinds.common import UNPRINTED
from qa_app.reports.reportasked import ReportAsked
from tests.reports import telling
from tests.reports.facts_made import FactsMade

QUALITY = ReportKind.QUALITY_MATTERS
STRENGTH, RECORDING = FindingKind.STRENGTH, FindingAbout.RECORDING


def some_facts() -> Facts:
    """12 audits: a strength in supervision in 7, in the child's voice in 9; chronologies to develop
    in 5, in 4 of them about recording only. In January 3 audits, 2 with the child's voice."""
    made = FactsMade()
    for number in range(12):
        findings = []
        if number < 7:
            findings.append(made.finding("supervision", STRENGTH))
        if number < 9:
            findings.append(made.finding("childs_voice", STRENGTH))
        if number < 5:
            about = RECORDING if number < 4 else FindingAbout.PRACTICE
            findings.append(made.finding("chronology", about=about))
        made.audit(findings=tuple(findings))
    for number in range(3):
        findings = [made.finding("childs_voice", STRENGTH)] if number < 2 else []
        made.audit("2023-01", findings=tuple(findings))
    return made.facts()


# Issue: what is working well first; T2: how often, with n. The most found stands first.
def test_strengths_come_first_the_most_found_at_the_top() -> None:
    found = telling.document(QUALITY, some_facts())
    assert [section.id for section in found.sections] == ["thanks", "well", "improve", "next"]
    assert telling.lines(telling.table(found, "strengths")) == [
        "Theme | February 2023 | 95% interval | January 2023",
        "The child’s voice | 9 of 12 (75%) | 46.8% to 91.1% | 2 of 3 (66.7%)",
        "Supervision | 7 of 12 (58.3%) | 32% to 80.7% | 0 of 3 (0%)",
    ]


# A4: about practice or recording only: said apart.
def test_what_was_about_recording_only_is_said_apart() -> None:
    found = telling.document(QUALITY, some_facts())
    assert telling.lines(telling.table(found, "areas"))[1:] == [
        "Chronologies | 5 of 12 (41.7%) | 19.3% to 68% | 0 of 3 (0%)"
    ]
    assert telling.lines(telling.table(found, "recording"))[1:] == ["Chronologies | 4 of 5 (80%)"]


# R6: sentences state what was found; themes are of all audits, so that nothing is tested (S5).
def test_sentences_to_begin_from() -> None:
    assert telling.suggestions(QUALITY, some_facts()) == [
        (
            "In February 2023, 9 of 12 audits were found to have a strength under "
            "“The child’s voice” (75%). In January 2023 it was 2 of 3 (66.7%)."
        ),
        (
            "In February 2023, 7 of 12 audits were found to have a strength under “Supervision” "
            "(58.3%). In January 2023 it was 0 of 3 (0%)."
        ),
        (
            "In February 2023, 5 of 12 audits were found to have an area for development under "
            "“Chronologies” (41.7%). In January 2023 it was 0 of 3 (0%)."
        ),
        (
            "Of the 5 audits with an area for development under “Chronologies” in February 2023, 4 "
            "were about recording only."
        ),
    ]


# R6: fewer than 10 audits are too few to say.
def test_a_small_month_says_so() -> None:
    made = FactsMade()
    for _ in range(3):
        made.audit(findings=(made.finding("supervision", STRENGTH),))
    found = telling.document(QUALITY, made.facts())
    assert telling.lines(telling.table(found, "strengths"))[1] == (
        "Supervision | 3 of 3 (100%) | too few to say | 0 of 0"
    )


# A month without findings says why there is no table.
def test_without_findings_it_says_why() -> None:
    found = telling.document(QUALITY, FactsMade().facts())
    assert telling.blocks(found, Table) == []
    assert telling.sentences(found) == 2 * [
        "No audit of February 2023 with a final grade has findings filed under themes yet."
    ]
    made = FactsMade()
    made.audit()
    assert telling.sentences(telling.document(QUALITY, made.facts())) == [
        "None of the 1 audit of February 2023 has a filed strength.",
        "None of the 1 audit of February 2023 has a filed area for development.",
    ]


# R5: in public nobody is to learn whether there was nothing or too little to print.
def test_a_public_version_without_themes_does_not_say_why() -> None:
    asked = ReportAsked(QUALITY, "2023-02")
    figures = tuple(each.hidden("") for each in RECIPES[QUALITY].figures(some_facts(), asked))
    found = document_of(asked, some_facts(), Figures(figures), public=True)
    assert telling.sentences(found) == [UNPRINTED, UNPRINTED]


# R7: four places are needed; examples of good practice come only with consent, and may be empty.
def test_five_places_are_written_and_one_may_stay_empty() -> None:
    said = {"examples": "A team visited at the hour that suited the child."}
    found = telling.document(QUALITY, some_facts(), texts=said)
    written = {each.slot: each for each in telling.blocks(found, Written)}
    assert list(written) == ["thanks", "well", "examples", "improve", "next"]
    assert [slot for slot, each in written.items() if not each.needed] == ["examples"]
    assert written["examples"].text == said["examples"]
    headings = [section.title for section in telling.parts(found.sections)]
    assert "Good practice to learn from" in headings


# T4: where no team has agreed to an example, no heading stands over nothing.
def test_without_an_example_there_is_no_heading_for_one() -> None:
    found = telling.document(QUALITY, some_facts())
    assert "Good practice to learn from" not in [
        each.title for each in telling.parts(found.sections)
    ]
    assert "examples" in [each.slot for each in telling.blocks(found, Written)]


# R5: what is hidden is "c" in its row, and its interval too.
def test_a_public_version_hides_with_the_count_its_interval() -> None:
    found = telling.document(
        QUALITY, some_facts(), hide=lambda each: each.key.category == "Supervision"
    )
    strengths = telling.table(found, "strengths")
    assert telling.lines(strengths)[2] == "Supervision | c | c | c"
    assert telling.LEGEND in strengths.notes
    assert not any(each.suggestions for each in telling.blocks(found, Written))
