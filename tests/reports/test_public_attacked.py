"""DP-1 and DP-3 through the whole pipeline: public versions of reports, attacked by a reader."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.domain.measures import AUTHORITY
from qa_app.domain.publishing import ReportKind
from qa_app.reports.facts import AuditFact, Facts, ThemeFact
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.grades import good_or_better, published
from qa_app.reports.figures.themes import theme_figures
from qa_app.reports.public import EarlierPublished, publicly
from qa_app.reports.reportasked import ReportAsked
from tests.reports.facts_made import FactsMade
from tests.reports.public_reader import FOUND, READ, PublicReader, every_kind
from tests.resilience_counts import IN_FULL

pytestmark = pytest.mark.one_database

MONTHS = ("2023-01", "2023-02", "2023-03")
TEAMS = {"Ash": "Help", "Beech": "Help", "Cedar": "Care", "Elm": "Care"}
PLANS = (PlanType.CHILD_PROTECTION, PlanType.CHILD_IN_NEED)
SEEDS = range(40 if IN_FULL else 2)
PAIRS = range(20 if IN_FULL else 1)
SMALLER = {} if IN_FULL else {"with_themes": False}
"""Themes make five times as many kinds of audits, and take minutes where two reports are read."""
QUARTER = ReportAsked(ReportKind.QUARTERLY, "2022/23-Q4")


def _facts(seed: int) -> FactsMade:
    """A quarter of a small authority: what is found is small, or all but small."""
    chance = random.Random(seed)
    made = FactsMade(themes=(ThemeFact("late", "Late"), ThemeFact("other", "Other")))
    for month in MONTHS:
        for _ in range(chance.choice((6, 15, 30))):
            _an_audit(made, chance, month)
    return made


def _an_audit(made: FactsMade, chance: random.Random, month: str) -> AuditFact:
    team = chance.choices(sorted(TEAMS), (5, 3, 3, 1))[0]
    late = chance.random() < 0.3
    return made.audit(
        month,
        team=team,
        service=TEAMS[team],
        final=chance.choices(list(Grade), (1, 6, 8, 5))[0],
        plan_type=chance.choice(PLANS),
        selection=chance.choices(
            (Selection.RANDOM, Selection.NOT_RECORDED, Selection.TARGETED), (8, 4, 2)
        )[0],
        findings=(made.finding("late" if late else "other"),),
    )


def _figures(facts: Facts, asked: ReportAsked, *, with_themes: bool = True) -> Figures:
    months = asked.months
    found: list[ReportFigure] = published(facts, asked, months)
    if len(months) > 1:
        for month in months:
            found += good_or_better(facts, asked, str(month), [month])
    for whose in (Whose.AUTHORITY, Whose.SERVICE, Whose.TEAM, Whose.PLAN_TYPE):
        found += good_or_better(facts, asked, asked.period, months, scope=whose)
    themes = theme_figures(facts, asked, asked.period, months) if with_themes else []
    return Figures((*found, *(each for each in themes if each.key.measure == "T-1")))


def _reader(versions: int = 1, *, with_themes: bool = True) -> PublicReader:
    found = FOUND if with_themes else FOUND[:1]
    kinds = every_kind(MONTHS, TEAMS, [plan.words for plan in PLANS], found)
    return PublicReader(kinds, versions)


def _secrets(reader: PublicReader, figures: Figures, version: int = 0):
    """The small counts: of figures, of what is left of their shares, of what they are out of."""
    for figure in figures:
        in_full = figure.key.measure == "MTM-1" and figure.key.scope == AUTHORITY
        if figure.key.measure not in READ or in_full:
            continue
        part, whole = reader.terms(figure.key, version)
        rest = {at: whole.get(at, 0) - part.get(at, 0) for at in whole}
        number, of = figure.numerator or 0, figure.denominator or 0
        for name, terms, value in (("part", part, number), ("rest", rest, of - number)):
            if 1 <= value <= 5:
                yield f"{figure.key} {name} of version {version}", terms, value


def _broken(
    reader: PublicReader, unavoidable: PublicReader, secrets: Sequence[tuple[str, dict, int]]
) -> list[str]:
    """What is recovered: not free to be all of 1 to 5 that the figures in full leave possible."""
    found = []
    for name, terms, value in secrets:
        low, high = reader.interval(terms)
        if low <= 1 and high >= 5:
            continue
        least, most = unavoidable.interval(terms)
        left = [each for each in range(1, 6) if least <= each <= most]
        held = all(low <= each <= high for each in left) and (low < high or least == most)
        if not held:
            found.append(f"{name} is {value}, lies in {low}–{high}; could be {least}–{most}")
    return found


def _in_full(figures: Figures) -> Figures:
    return Figures(tuple(each for each in figures if each.key.measure == "MTM-1"))


# DP-1: whoever has the public quarterly report and adds and subtracts recovers no small count.
@pytest.mark.resilience
@pytest.mark.parametrize("seed", SEEDS)
def test_a_public_report_gives_nothing_away(seed) -> None:
    figures = _figures(_facts(seed).facts(MONTHS[0], MONTHS[-1]), QUARTER)
    reader, unavoidable = _reader(), _reader()
    reader.reads(publicly(QUARTER, figures).figures)
    unavoidable.reads(_in_full(figures))
    assert not _broken(reader, unavoidable, list(_secrets(reader, figures)))


# DP-1: the same reader breaks a version that hides only the small counts, so the test can fail.
def test_the_reader_breaks_a_version_that_hides_only_small_counts() -> None:
    fell = 0
    for seed in range(3):
        figures = _figures(_facts(seed).facts(MONTHS[0], MONTHS[-1]), QUARTER)
        naive = tuple(
            each.hidden()
            if 1 <= (each.numerator or 0) <= 5 and each.key.measure != "MTM-1"
            else each
            for each in figures
        )
        reader, unavoidable = _reader(), _reader()
        reader.reads(Figures(naive))
        unavoidable.reads(_in_full(figures))
        fell += bool(_broken(reader, unavoidable, list(_secrets(reader, figures))))
    assert fell == 3


# DP-3: the same report before and after one submission: neither it nor anything else is recovered.
@pytest.mark.resilience
@pytest.mark.parametrize("seed", PAIRS)
def test_one_submission_between_two_versions_is_not_found(seed) -> None:
    made = _facts(seed)
    before = _figures(made.facts(MONTHS[0], MONTHS[-1]), QUARTER, **SMALLER)
    first = publicly(QUARTER, before)
    _an_audit(made, random.Random(seed + 1), random.Random(seed).choice(MONTHS))
    after = _figures(made.facts(MONTHS[0], MONTHS[-1]), QUARTER, **SMALLER)
    second = publicly(QUARTER, after, [EarlierPublished(QUARTER, before, first.figures)])
    reader, unavoidable = _reader(2, **SMALLER), _reader(2, **SMALLER)
    for place, public in enumerate((first, second)):
        reader.reads(public.figures, place)
    # What the first version printed cannot be undone.
    unavoidable.reads(first.figures)
    unavoidable.reads(_in_full(after), 1)
    secrets = [*_secrets(reader, before), *_secrets(reader, after, 1)]
    for figure in after:
        old = before.by_key.get(figure.key)
        if figure.key.measure in READ[1:] and old and old.numerator != figure.numerator:
            part, _ = reader.terms(figure.key, 1)
            added = {at: times for at, times in part.items() if at >= len(reader.kinds)}
            secrets.append((f"{figure.key} added", added, 1))
    assert not _broken(reader, unavoidable, secrets)


# DP-3, R5: three monthly reports and then their quarter: what the quarter prints, less the months
# that were printed, is no small count.
@pytest.mark.resilience
@pytest.mark.parametrize("seed", PAIRS)
def test_the_months_and_their_quarter_give_nothing_away(seed) -> None:
    facts = _facts(seed).facts(MONTHS[0], MONTHS[-1])
    earlier: list[EarlierPublished] = []
    reader, secrets = _reader(**SMALLER), list[tuple[str, dict, int]]()
    for asked in (*(ReportAsked(ReportKind.HIGHLIGHT, month) for month in MONTHS), QUARTER):
        figures = _figures(facts, asked, **SMALLER)
        unavoidable = _reader(**SMALLER)
        for each in (*(each.public for each in earlier), _in_full(figures)):
            unavoidable.reads(each)
        public = publicly(asked, figures, earlier).figures
        earlier.append(EarlierPublished(asked, figures, public))
        reader.reads(public)
        secrets += _secrets(reader, figures)
    assert not _broken(reader, unavoidable, secrets)


@pytest.mark.parametrize(
    "narrowed",
    [
        # DP-3: filtered to one service, to its team through it, to one plan type
        {"services": ("Care",)},
        {"plan_types": (PlanType.CHILD_IN_NEED,)},
        {"services": ("Help",), "plan_types": (PlanType.CHILD_PROTECTION,)},
    ],
)
def test_a_filter_beside_the_whole_gives_nothing_away(narrowed) -> None:
    facts = _facts(7).facts(MONTHS[0], MONTHS[-1])
    whole = _figures(facts, QUARTER)
    first = publicly(QUARTER, whole)
    asked = replace(QUARTER, **narrowed)
    figures = _figures(facts, asked)
    second = publicly(asked, figures, [EarlierPublished(QUARTER, whole, first.figures)])
    kinds = every_kind(MONTHS, TEAMS, [plan.words for plan in PLANS])
    reader, unavoidable = PublicReader(kinds), PublicReader(kinds)
    reader.reads(first.figures)
    unavoidable.reads(_in_full(whole))
    inside = _inside(narrowed)
    for figure in second.figures:
        if figure.key.measure in READ:
            part, of = (_only(terms, kinds, inside) for terms in reader.terms(figure.key))
            if figure.numerator is None:
                reader.least.append((part, 1))
                continue
            reader.equal.append((part, figure.numerator))
            if figure.denominator is not None:
                reader.equal.append((of, figure.denominator))
    secrets = list(_secrets(reader, whole))
    for figure in figures:
        if figure.key.measure in READ and 1 <= (figure.numerator or 0) <= 5:
            part, _ = reader.terms(figure.key)
            secrets.append((str(figure.key), _only(part, kinds, inside), figure.numerator or 0))
    assert not _broken(reader, unavoidable, secrets)


def _inside(narrowed):
    services = narrowed.get("services")
    plans = [plan.words for plan in narrowed.get("plan_types", ())]
    return lambda kind: (
        (not services or kind.service in services) and (not plans or kind.plan in plans)
    )


def _only(terms, kinds, inside):
    return {at: times for at, times in terms.items() if inside(kinds[at])}


# DP-3: a report so narrow that it is about a child or two cannot be published at all.
def test_a_report_of_one_childs_audit_is_refused() -> None:
    made = FactsMade()
    made.audit("2023-02", final=Grade.INADEQUATE, plan_type=PlanType.PRIVATE_FOSTERING)
    asked = replace(QUARTER, plan_types=(PlanType.PRIVATE_FOSTERING,))
    figures = _figures(made.facts(MONTHS[0], MONTHS[-1]), asked)
    with pytest.raises(Exception, match="Nothing of this report can be published"):
        publicly(asked, figures)


# R5: the same figures give the same public version, whatever happened before.
def test_the_choice_is_the_same_each_time() -> None:
    figures = _figures(_facts(1).facts(MONTHS[0], MONTHS[-1]), QUARTER)
    assert publicly(QUARTER, figures) == publicly(QUARTER, figures)
