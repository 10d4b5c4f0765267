"""A report built from the facts of a data cut: its figures, then the document that prints them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa_app.domain.publishing import ReportKind
from qa_app.formatting import count_words, datetime_words
from qa_app.reports.asked import GradeBasis
from qa_app.reports.counting import counted
from qa_app.reports.document import Document
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures
from qa_app.reports.kinds import RECIPES
from qa_app.reports.kinds.recipe import Other, Telling
from qa_app.reports.reportasked import ReportAsked

DRAFT = "Draft: not checked, not approved, not published"


@dataclass(frozen=True)
class Said:
    """What people put into a version: texts by slot, figures from elsewhere; and what it is."""

    texts: Mapping[str, str] = field(default_factory=dict)
    others: Sequence[Other] = ()
    version: str = DRAFT
    draft: bool = True


def figures_of(asked: ReportAsked, facts: Facts) -> Figures:
    """The report's figures, all of them as they are (R1, R4)."""
    return Figures(tuple(RECIPES[asked.kind].figures(facts, asked)))


def document_of(
    asked: ReportAsked,
    facts: Facts,
    figures: Figures,
    said: Said | None = None,
    *,
    public: bool = False,
    legend: str = "",
) -> Document:
    """The document that prints these figures: all of them, or what a public version leaves."""
    said = said or Said()
    recipe = RECIPES[asked.kind]
    telling = Telling(
        asked=asked,
        figures=figures,
        basis=basis_of(asked, facts, public=public),
        texts=said.texts,
        suggestions={} if public else recipe.suggestions(figures, asked),
        others=said.others,
        legend=legend,
        public=public,
        names={theme.code: theme.name for theme in facts.themes},
    )
    return Document(
        kind=asked.kind.value,
        title=_title(asked, telling.names),
        subtitle=asked.period_words,
        about=tuple(_about(asked, facts, said)),
        sections=tuple(recipe.sections(telling)),
        marking="OFFICIAL" if public else "OFFICIAL-SENSITIVE",
        draft=said.draft,
        public=public,
    )


def _title(asked: ReportAsked, names: Mapping[str, str]) -> str:
    if asked.kind is ReportKind.BRIEFING:
        return f"{asked.kind.words}: {names.get(asked.theme, asked.theme)}"
    return asked.kind.words


def scope_of(asked: ReportAsked) -> str:
    """Whose audits are counted: ``Whole authority``, or what narrows them."""
    parts = [
        ", ".join(asked.services),
        ", ".join(plan.words for plan in asked.plan_types),
        f"tools {', '.join(asked.tools)}" if asked.tools else "",
    ]
    return "; ".join(part for part in parts if part) or "Whole authority"


def basis_of(asked: ReportAsked, facts: Facts, *, public: bool = False) -> str:
    """Scope, grades, selection, data cut and whether provisional, in one line (R1, S5). A public
    version does not say how many audits are waited for: few of them are (R5)."""
    said = [
        scope_of(asked),
        f"Counted by {asked.grades.words} and month of completion",
        asked.selection.words.capitalize(),
        f"Data as at {datetime_words(facts.at)}",
    ]
    waiting = sum(audit.awaits for audit in counted(asked, facts) if audit.month in asked.months)
    if waiting and asked.grades is GradeBasis.FINAL:
        verb = "awaits" if waiting == 1 and not public else "await"
        number = "some audits" if public else count_words(waiting, "audit")
        said.append(f"Provisional: {number} {verb} a final grade")
    return ". ".join(said) + "."


def _about(asked: ReportAsked, facts: Facts, said: Said) -> list[tuple[str, str]]:
    return [
        ("Period", asked.period_words),
        ("Audits of", scope_of(asked)),
        ("Grades", asked.grades.words.capitalize()),
        ("Selection", asked.selection.words.capitalize()),
        ("Data as at", datetime_words(facts.at)),
        ("Version", said.version),
    ]
