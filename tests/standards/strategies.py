"""Hypothesis strategies: whole tools without a fault, with texts of every sort."""

from hypothesis import strategies as st

from qa_app.domain.grades import GRADES, ComplianceAnswer, PlanType
from qa_app.domain.tools import FRAMES, Condition, QuestionContent, SectionContent, ToolContent

_ANSWERS = [each.value for each in ComplianceAnswer]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

codes = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
# Words that YAML takes for something else, and what its marks could do to a text.
_AWKWARD = st.sampled_from(
    ["no", "true", "~", "null", "1.0", "2023-04-01", "- x", "a: b", "# c", "'", '"', "{x}", "| y",
     "x #", "x:", "@", "%", "&a", "*b", "!c", "> d", "0x10", "\\", "a\nb", "a\n\nb", "a\n b",
     "Yes", "…", "“quoted”", "\u00a0x", "\U0001f600", "\u2028z", "x\u0085y"]
)  # fmt: skip


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text as it may stand in a tool: no control characters, no spaces around it, not empty."""
    anything = st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        max_size=40,
    )
    words = st.lists(_AWKWARD | st.text(_LETTERS, min_size=1, max_size=12), max_size=30).map(
        " ".join
    )
    cleaned = (anything | words | _AWKWARD).map(lambda text: text[:longest].strip())
    return cleaned.filter(bool)


plans = st.lists(st.sampled_from([each.value for each in PlanType]), unique=True).map(tuple)


@st.composite
def _conditions(draw: st.DrawFn, earlier: list[str]) -> Condition | None:
    if not earlier or draw(st.booleans()):
        return None
    answers = draw(st.lists(st.sampled_from(_ANSWERS), min_size=1, unique=True))
    return Condition(draw(st.sampled_from(earlier)), tuple(answers))


@st.composite
def tools(draw: st.DrawFn) -> ToolContent:
    """A tool without fault, graded or not, of up to three sections."""
    graded = draw(st.booleans())
    earlier: list[str] = []
    names = draw(
        st.lists(codes.filter(lambda code: code not in _TAKEN), min_size=1, max_size=3, unique=True)
    )
    sections = tuple(draw(_sections(name, graded, earlier)) for name in names)
    moderated = graded and draw(st.booleans())
    gates = draw(st.booleans())
    return ToolContent(
        code=draw(codes.filter(lambda code: code not in ("new", "import"))),
        name=draw(texts(200)),
        version=draw(st.integers(1, 999)),
        purpose=draw(texts(400)),
        plan_types=draw(plans),
        frame=draw(st.sampled_from(list(FRAMES))),
        frame_months=draw(st.integers(1, 24)),
        usual_number=draw(st.none() | st.integers(1, 1_000)),
        graded=graded,
        voices=draw(st.booleans()),
        gates=gates,
        moderated=moderated,
        counts_in_mtm=moderated and gates and draw(st.booleans()),
        changes=draw(st.just("") | texts(400)),
        sections=sections,
    )


_TAKEN = {"concern", "finding", "new", "none_found", "overall", "override", "question", "safe"}


@st.composite
def _sections(draw: st.DrawFn, code: str, graded: bool, earlier: list[str]) -> SectionContent:
    only_if = draw(_conditions(list(earlier)))
    names = draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    questions = []
    for name in names:
        kinds = ["compliance", "text", "quality"] if graded else ["compliance", "text"]
        question = QuestionContent(
            code=f"{code}.{name}",
            kind=draw(st.sampled_from(kinds)),
            wording=draw(texts(300)),
            guidance=draw(st.just("") | texts(300)),
            standard=draw(st.just("") | st.from_regex(r"[1-9]\.[1-9][0-9]?", fullmatch=True)),
            only_if=draw(_conditions(list(earlier))),
        )
        questions.append(question)
        earlier += [question.code] * (question.kind == "compliance")
    return SectionContent(
        code=code,
        title=draw(texts(200)),
        limiting=draw(st.sampled_from(["risk", "practice", "none"])) if graded else "none",
        guidance=draw(texts(400)),
        only_if=only_if,
        descriptors={grade.value: draw(texts(200)) for grade in GRADES} if graded else {},
        questions=tuple(questions),
    )
