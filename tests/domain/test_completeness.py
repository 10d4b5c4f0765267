"""What a draft audit still lacks (A2 to A7, A9, A10)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.answers import FindingAbout, FindingKind, QuestionKind, SafeNow, VoiceOf
from qa_app.domain.completeness import (
    DraftFacts,
    FindingFacts,
    Gap,
    SectionFacts,
    UnansweredQuestion,
    VoiceFacts,
    gaps,
    is_thin,
)
from qa_app.domain.grades import GRADES, Grade, Limiting, LimitingRule

RISK = SectionFacts(
    code="risk", title="Risk and safety", limiting=Limiting.RISK, grade=Grade.GOOD,
    evidence="Visits of May and June", impact="Moved to live with an aunt",
)  # fmt: skip
PLAN = replace(RISK, code="plan", title="Plan and planning", limiting=Limiting.PRACTICE)
STRENGTH = FindingFacts(FindingKind.STRENGTH, "visits", "plan", FindingAbout.PRACTICE)
DEVELOPMENT = FindingFacts(FindingKind.DEVELOPMENT, "plans", "plan", FindingAbout.RECORDING)
DAY = date(2023, 2, 3)
TALKED = VoiceFacts(obtained=True, on=DAY)
HEARD = VoiceFacts(obtained=True, on=DAY, said="Likes the new school", safe_to_contact=True)
COMPLETE = DraftFacts(
    sections=(RISK, PLAN),
    findings=(STRENGTH, DEVELOPMENT),
    voices={
        VoiceOf.SOCIAL_WORKER: TALKED,
        VoiceOf.TEAM_MANAGER: TALKED,
        VoiceOf.CHILD: HEARD,
        VoiceOf.PARENTS: HEARD,
    },
    overall=Grade.GOOD,
    rationale="The plan is clear and followed",
    why_not_above="Drift in the summer",
    why_not_below="Risk was seen and acted on",
    safe_now=SafeNow.YES,
    safe_how_known="Seen at home on 1 February",
)
BLANKS = (None, "", "  \n")


def with_section(**changes: object) -> DraftFacts:
    return replace(COMPLETE, sections=(replace(RISK, **changes), PLAN))  # type: ignore[arg-type]


def with_voice(voice: VoiceOf, heard: VoiceFacts) -> DraftFacts:
    return replace(COMPLETE, voices={**COMPLETE.voices, voice: heard})


def test_a_complete_draft_has_no_gaps() -> None:
    assert gaps(COMPLETE) == []


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(
    ("field", "message"),
    [
        # A3: evidence, and what difference this made
        ("evidence", "Enter the evidence for risk and safety"),
        ("impact", "Enter the difference made for the child: risk and safety"),
    ],
)
def test_a_section_needs_its_text(field: str, message: str, blank: str | None) -> None:
    assert gaps(with_section(**{field: blank})) == [Gap("risk", field, message)]


def test_a_section_needs_its_grade() -> None:
    assert gaps(with_section(grade=None)) == [
        Gap("risk", "grade", "Select a grade for risk and safety")
    ]


def test_a_title_that_begins_with_an_abbreviation_keeps_its_capitals() -> None:
    (gap,) = gaps(with_section(title="IRO and oversight", grade=None))
    assert gap.message == "Select a grade for IRO and oversight"


@pytest.mark.parametrize("blank", BLANKS)
def test_a_section_that_is_not_applicable_needs_only_its_reason(blank: str | None) -> None:
    question = UnansweredQuestion("q1", "Was it shared?", QuestionKind.COMPLIANCE)
    section = replace(
        RISK, not_applicable=True, grade=None, evidence="", impact=None, unanswered=(question,)
    )
    facts = replace(COMPLETE, sections=(replace(section, not_applicable_reason=blank), PLAN))
    assert gaps(facts) == [
        Gap("risk", "not_applicable", "Enter why risk and safety is not applicable")
    ]
    reasoned = replace(section, not_applicable_reason="No plan yet")
    assert gaps(replace(COMPLETE, sections=(reasoned, PLAN))) == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        # A2: two kinds of question, and plain text
        (QuestionKind.COMPLIANCE, "Select an answer: Seen within 10 days?"),
        (QuestionKind.QUALITY, "Select a grade: Seen within 10 days?"),
        (QuestionKind.TEXT, "Enter an answer: Seen within 10 days?"),
    ],
)
def test_an_unanswered_question_is_a_gap_of_its_section(kind: QuestionKind, message: str) -> None:
    question = UnansweredQuestion("seen", "Seen within 10 days?", kind)
    assert gaps(with_section(unanswered=(question,))) == [Gap("risk", "seen", message)]


@pytest.mark.parametrize(
    ("finding", "field", "message"),
    [
        # A4: each with a theme, a section, and what it is about
        (replace(STRENGTH, theme=None), "finding.1.theme", "Select a theme for strength 1"),
        (replace(STRENGTH, section=""), "finding.1.section", "Select a section for strength 1"),
        (replace(STRENGTH, about=None), "finding.1.about",
         "Select whether strength 1 is about practice or recording only"),
    ],
)  # fmt: skip
def test_a_finding_needs_its_parts(finding: FindingFacts, field: str, message: str) -> None:
    facts = replace(COMPLETE, findings=(finding, DEVELOPMENT))
    assert gaps(facts) == [Gap(None, field, message)]


def test_findings_are_numbered_within_their_kind() -> None:
    second = replace(DEVELOPMENT, theme=None)
    (gap,) = gaps(replace(COMPLETE, findings=(STRENGTH, DEVELOPMENT, second)))
    assert gap == Gap(None, "finding.3.theme", "Select a theme for area for development 2")


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(
    ("kept", "missing", "noun"),
    [
        # A4: at least one of each, or "none found, because …"
        (DEVELOPMENT, FindingKind.STRENGTH, "strength"),
        (STRENGTH, FindingKind.DEVELOPMENT, "area for development"),
    ],
)
def test_a_missing_kind_of_finding_needs_its_reason(
    kept: FindingFacts, missing: FindingKind, noun: str, blank: str | None
) -> None:
    facts = replace(COMPLETE, findings=(kept,), none_found={missing: blank})
    message = f"Add at least one {noun}, or enter why none was found"
    assert gaps(facts) == [Gap(None, f"none_found.{missing.value}", message)]
    assert gaps(replace(facts, none_found={missing: "Opened last week"})) == []


@pytest.mark.parametrize(
    ("voice", "heard", "field", "message"),
    [
        # A5: talked through with the worker and the manager: the date, or why not
        (VoiceOf.SOCIAL_WORKER, VoiceFacts(), "obtained",
         "Select whether the audit was talked through with the social worker"),
        (VoiceOf.TEAM_MANAGER, VoiceFacts(obtained=True), "on",
         "Enter the date when the audit was talked through with the team manager"),
        (VoiceOf.TEAM_MANAGER, VoiceFacts(obtained=False, why_not=" "), "why_not",
         "Enter why there is no view from the team manager"),
        # A5: the child and the parents: the date and what they said, or why not
        (VoiceOf.CHILD, VoiceFacts(), "obtained", "Select whether the child gave a view"),
        (VoiceOf.CHILD, replace(HEARD, said=""), "said", "Enter what the child said"),
        (VoiceOf.PARENTS, replace(HEARD, on=None), "on",
         "Enter the date when the parents or carers gave a view"),
        (VoiceOf.PARENTS, VoiceFacts(obtained=False), "why_not",
         "Enter why there is no view from the parents or carers"),
        # A5: a family is contacted only after the worker confirmed that it is safe
        (VoiceOf.PARENTS, replace(HEARD, safe_to_contact=None), "safe_to_contact",
         ("Select whether the social worker confirmed that it was safe to contact the parents or "
         "carers")),
    ],
)  # fmt: skip
def test_a_voice_needs_its_parts(
    voice: VoiceOf, heard: VoiceFacts, field: str, message: str
) -> None:
    assert gaps(with_voice(voice, heard)) == [Gap(None, f"voice.{voice.value}.{field}", message)]


@pytest.mark.parametrize("voice", VoiceOf)
def test_why_a_voice_is_missing_is_enough(voice: VoiceOf) -> None:
    assert gaps(with_voice(voice, VoiceFacts(obtained=False, why_not="Left the country"))) == []


def test_a_tool_that_asks_for_no_voices_needs_none() -> None:
    assert gaps(replace(COMPLETE, voices={}, voices_asked=())) == []  # P7
    assert len(gaps(replace(COMPLETE, voices={}))) == len(VoiceOf)


def draft_graded(overall: Grade | None) -> DraftFacts:
    """A draft whose sections allow the grade, and whose reasons are missing."""
    section = replace(RISK, grade=overall or Grade.GOOD)
    return replace(
        COMPLETE, sections=(section,), overall=overall, why_not_above="", why_not_below=None
    )


@pytest.mark.parametrize(
    ("overall", "fields"),
    [
        # A6: why not the grade above and why not the grade below, where there is one
        (Grade.OUTSTANDING, ["overall.why_not_below"]),
        (Grade.GOOD, ["overall.why_not_above", "overall.why_not_below"]),
        (Grade.REQUIRES_IMPROVEMENT, ["overall.why_not_above", "overall.why_not_below"]),
        (Grade.INADEQUATE, ["overall.why_not_above"]),
        (None, ["overall.grade"]),
    ],
)
def test_an_overall_grade_is_set_against_its_neighbours(
    overall: Grade | None, fields: list[str]
) -> None:
    assert [gap.field for gap in gaps(draft_graded(overall))] == fields


@pytest.mark.parametrize("blank", BLANKS)
def test_an_overall_grade_needs_its_rationale(blank: str | None) -> None:
    assert gaps(replace(COMPLETE, rationale=blank)) == [
        Gap(None, "overall.rationale", "Enter the reasons for the overall grade")
    ]


def test_a_broken_limit_is_a_gap_until_it_is_overridden_with_a_reason() -> None:
    facts = with_section(grade=Grade.INADEQUATE)
    assert gaps(facts) == [
        Gap(
            None,
            "override.a",
            "Change the overall grade or enter why it stands: risk and safety is graded "
            "Inadequate, so the overall grade must be Inadequate",
        )
    ]  # A7
    assert gaps(replace(facts, overrides=frozenset({LimitingRule.A}))) == []
    assert len(gaps(replace(facts, overrides=frozenset({LimitingRule.B})))) == 1


def test_a_section_that_is_not_applicable_limits_nothing() -> None:
    left = with_section(
        grade=Grade.INADEQUATE, not_applicable=True, not_applicable_reason="No plan yet"
    )
    assert gaps(left) == []


@pytest.mark.parametrize(
    ("answer", "concern", "field"),
    [
        # A10: yes and how known; no and cannot tell need an open concern (A9)
        (SafeNow.YES, False, "safe.how_known"),
        (SafeNow.YES, True, "safe.how_known"),
        (SafeNow.NO, False, "concern"),
        (SafeNow.CANNOT_TELL, False, "concern"),
        (SafeNow.NO, True, None),
        (SafeNow.CANNOT_TELL, True, None),
        (None, True, "safe.now"),
    ],
)
def test_every_audit_answers_whether_the_child_is_safe_now(
    answer: SafeNow | None, concern: bool, field: str | None
) -> None:
    facts = replace(COMPLETE, safe_now=answer, safe_how_known="", concern_open=concern)
    assert [gap.field for gap in gaps(facts)] == ([field] if field else [])


def test_a_child_who_is_not_safe_is_an_instruction_to_raise_a_concern() -> None:
    (gap,) = gaps(replace(COMPLETE, safe_now=SafeNow.NO))
    assert gap.message == (
        "Raise a significant-harm concern now: you answered that this child is not safe"
    )


def test_an_empty_draft_names_everything_in_the_order_of_its_pages() -> None:
    fields = [gap.field for gap in gaps(DraftFacts(sections=(SectionFacts("plan", "Plan"),)))]
    assert fields == [
        "grade", "evidence", "impact",
        "none_found.strength", "none_found.development",
        "voice.social_worker.obtained", "voice.team_manager.obtained",
        "voice.child.obtained", "voice.parents.obtained",
        "safe.now", "overall.grade", "overall.rationale",
    ]  # fmt: skip


text = st.none() | st.text(max_size=3)
some_section = st.builds(
    SectionFacts,
    code=st.just("plan"),
    title=st.text(max_size=3),
    limiting=st.sampled_from(Limiting),
    grade=st.sampled_from([*GRADES, None]),
    evidence=text,
    impact=text,
    not_applicable=st.booleans(),
    not_applicable_reason=text,
)


@given(some_section, st.sampled_from([*GRADES, None]))
def test_every_gap_is_an_instruction(section: SectionFacts, overall: Grade | None) -> None:
    found = gaps(replace(COMPLETE, sections=(section,), overall=overall))
    verbs = ("Select ", "Enter ", "Change ", "Add ", "Raise ")
    assert all(gap.message.startswith(verbs) for gap in found)
    assert len({(gap.section, gap.field) for gap in found}) == len(found)


def test_an_inadequate_asks_for_no_more_than_a_good() -> None:
    good, inadequate = draft_graded(Grade.GOOD), draft_graded(Grade.INADEQUATE)
    assert len(gaps(inadequate)) <= len(gaps(good))  # A10


@pytest.mark.parametrize(
    ("rationale", "thin"),
    [
        (None, True),
        ("Good.", True),
        # the same words again make it no thicker
        ("a good plan " * 40, True),
        (" ".join(f"word{n}" for n in range(24)), True),
        (" ".join(f"word{n}" for n in range(25)), False),
    ],
)
def test_a_thin_rationale_is_marked_and_never_a_gap(rationale: str | None, thin: bool) -> None:
    assert is_thin(rationale) is thin  # A6
    assert gaps(replace(COMPLETE, rationale="x")) == []


def test_answers_have_words_for_pages() -> None:
    assert [kind.words for kind in FindingKind] == ["Strength", "Area for development"]
    assert [about.words for about in FindingAbout] == ["Practice", "Recording only"]
    assert VoiceOf.PARENTS.words == "the parents or carers"
    assert [answer.words for answer in SafeNow] == ["Yes", "No", "Cannot tell"]
