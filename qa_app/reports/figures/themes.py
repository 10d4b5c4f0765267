"""How often each theme was found: T-1 to T-3 (T2), from the facts of a data cut."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.calendar import Month
from qa_app.domain.measures import AUTHORITY
from qa_app.reports.counting import counted_in
from qa_app.reports.facts import AuditFact, Facts, FindingFact, ThemeFact
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.reportasked import ReportAsked

DEVELOPMENT: Final = "T-1"
STRENGTH: Final = "T-2"
RECORDING: Final = "T-3"
BY_SERVICE: Final[Mapping[str, str]] = {DEVELOPMENT: "T-1s", STRENGTH: "T-2s"}
BY_PLAN_TYPE: Final[Mapping[str, str]] = {DEVELOPMENT: "T-1p", STRENGTH: "T-2p"}
"""The same measures by service and by plan type."""
NO_SERVICE: Final = "No service recorded"
NO_PLAN: Final = "No plan recorded"


def is_development(finding: FindingFact) -> bool:
    """Whether it is an area for development."""
    return finding.kind is FindingKind.DEVELOPMENT


def is_strength(finding: FindingFact) -> bool:
    """Whether it is a strength."""
    return finding.kind is FindingKind.STRENGTH


def _is_about_practice(finding: FindingFact) -> bool:
    return is_development(finding) and finding.about is not FindingAbout.RECORDING


_COUNTED: Final[Mapping[str, Callable[[FindingFact], bool]]] = {
    DEVELOPMENT: is_development,
    STRENGTH: is_strength,
}


class Scoped(NamedTuple):
    """A measure of one period and scope."""

    measure: str
    period: str
    scope: str


def theme_figures(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Sequence[Month],
    *,
    by_service: bool = False,
    by_plan_type: bool = False,
) -> list[ReportFigure]:
    """T-1, T-2 and T-3 of the audits of these months whose findings are known, zeros included.

    A finding counts under its main theme and its others, and an audit once under each (T1).
    Categories are the names of themes as merged by the cut: every theme in use, and an ended one
    that was found; the most found first within a measure, ties by name. With `by_service` T-1s and
    T-2s follow, with `by_plan_type` T-1p and T-2p, in the same order of themes, scopes by name.
    """
    audits = findings_known(facts, asked, months)
    names = names_by_code(facts.themes)
    in_use = _in_use(facts.themes)
    figures: list[ReportFigure] = []
    for measure, wanted in _COUNTED.items():
        found = under_themes(audits, names, wanted)
        order = _order(in_use, found)
        figures += _of_scope(Scoped(measure, period, AUTHORITY), order, found, len(audits))
        for by, scope_of in _scopes(by_service, by_plan_type):
            for scope in sorted({scope_of(audit) for audit in audits}):
                own = [audit for audit in audits if scope_of(audit) == scope]
                inside = under_themes(own, names, wanted)
                figures += _of_scope(Scoped(by[measure], period, scope), order, inside, len(own))
    return [*figures, *_recording(audits, names, in_use, period)]


def _scopes(
    by_service: bool, by_plan_type: bool
) -> list[tuple[Mapping[str, str], Callable[[AuditFact], str]]]:
    wanted = ((by_service, BY_SERVICE, service_of), (by_plan_type, BY_PLAN_TYPE, plan_type_of))
    return [(by, scope_of) for asked, by, scope_of in wanted if asked]


def _recording(
    audits: Sequence[AuditFact], names: Mapping[str, str], in_use: set[str], period: str
) -> list[ReportFigure]:
    """T-3: of the audits of T-1, those whose areas for development under the theme are all about
    recording only."""
    found = under_themes(audits, names, is_development)
    practice = under_themes(audits, names, _is_about_practice)
    only = {
        name: [audit for audit in under if audit not in practice.get(name, ())]
        for name, under in found.items()
    }
    return [
        ReportFigure.share(
            Key(RECORDING, period, name),
            [audit.id for audit in only.get(name, ())],
            len(found.get(name, ())),
        )
        for name in _order(in_use, only)
    ]


def findings_known(facts: Facts, asked: ReportAsked, months: Sequence[Month]) -> list[AuditFact]:
    """The counted audits of these months whose findings are known: the denominator of T-1 to T-3.

    Those that were final at the cut. An imported audit's findings come without a theme: it counts
    once a person has filed all of them, since until then nobody knows which themes it has.
    """
    return [audit for audit in counted_in(asked, facts, *months) if are_known(audit)]


def are_known(audit: AuditFact) -> bool:
    """Whether an audit's findings are known and filed."""
    if audit.final_on is None or not all(finding.theme for finding in audit.findings):
        return False
    return bool(audit.findings) or not audit.imported


def service_of(audit: AuditFact) -> str:
    """An audit's service as a figure's scope says it."""
    return audit.service or NO_SERVICE


def plan_type_of(audit: AuditFact) -> str:
    """An audit's plan type as a figure's scope says it."""
    return audit.plan_type.words if audit.plan_type else NO_PLAN


def names_by_code(themes: Sequence[ThemeFact]) -> dict[str, str]:
    """The name under which each theme is counted, by its code: a merged one's is that of the theme
    into which it went (T1)."""
    heirs = heirs_of(themes)
    names = {theme.code: theme.name for theme in themes}
    return {code: names.get(heirs.get(code, code), code) for code in {*names, *heirs}}


def heirs_of(themes: Sequence[ThemeFact]) -> dict[str, str]:
    """For each code of a theme that was merged by the cut, the code that stands for it now."""
    into = {code: theme.code for theme in themes for code in theme.stands_for}
    heirs = {}
    for code in into:
        heir, seen = code, {code}
        while heir in into and into[heir] not in seen:
            heir = into[heir]
            seen.add(heir)
        heirs[code] = heir
    return heirs


def under_themes(
    audits: Sequence[AuditFact], names: Mapping[str, str], wanted: Callable[[FindingFact], bool]
) -> dict[str, list[AuditFact]]:
    """The audits in which each theme was found by a finding that is wanted, by the theme's name."""
    found = dict[str, list[AuditFact]]()
    for audit in audits:
        codes = {
            code
            for finding in audit.findings
            if wanted(finding)
            for code in (finding.theme, *finding.others)
            if code
        }
        for name in sorted({names.get(code, code) for code in codes}):
            found.setdefault(name, []).append(audit)
    return found


def _in_use(themes: Sequence[ThemeFact]) -> set[str]:
    merged = heirs_of(themes)
    return {theme.name for theme in themes if not theme.ended and theme.code not in merged}


def _order(in_use: set[str], found: Mapping[str, Sequence[AuditFact]]) -> list[str]:
    return sorted(
        {*in_use, *found}, key=lambda name: (-len(found.get(name, ())), name.casefold(), name)
    )


def _of_scope(
    scoped: Scoped, order: Sequence[str], found: Mapping[str, Sequence[AuditFact]], of: int
) -> list[ReportFigure]:
    return [
        ReportFigure.share(
            Key(scoped.measure, scoped.period, name, scoped.scope),
            [audit.id for audit in found.get(name, ())],
            of,
        )
        for name in order
    ]
