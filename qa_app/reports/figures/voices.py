"""Q-7: whose voices the audits heard (A5)."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from qa_app.domain.answers import VoiceOf
from qa_app.domain.calendar import Month
from qa_app.reports.counting import counted_in
from qa_app.reports.facts import AuditFact, Facts
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.scopes import by_scope
from qa_app.reports.reportasked import ReportAsked

HEARD: Final = {Whose.AUTHORITY: "Q-7", Whose.SERVICE: "Q-7s"}
UNHEARD: Final = "Q-7b"

VOICES: Final = {
    VoiceOf.CHILD: "The child’s view",
    VoiceOf.PARENTS: "A parent’s or carer’s view",
    VoiceOf.SOCIAL_WORKER: "Talked through with the social worker",
    VoiceOf.TEAM_MANAGER: "Talked through with the team manager",
}
WHY_NOT: Final = ((False, "asked, not obtained"), (None, "not asked"))


def voice_figures(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Collection[Month],
    *,
    scope: Whose = Whose.AUTHORITY,
) -> list[ReportFigure]:
    """Q-7 of one period: audits with each voice, of those completed whose tool asks for it and that
    were final at the cut.

    For the authority Q-7b follows: for each voice the audits that say that it was not obtained, and
    those that say nothing. Why not is somebody's words, and facts hold none.
    """
    audits = [each for each in counted_in(asked, facts, *months) if each.voices]
    figures = [
        ReportFigure.share(
            Key(HEARD[scope], period, words, part),
            _saying(those, voice, True),
            sum(len(_saying(those, voice, said)) for said in (True, False, None)),
        )
        for part, those in by_scope(audits, scope).items()
        for voice, words in VOICES.items()
    ]
    if scope is Whose.AUTHORITY:
        figures += [
            ReportFigure.count(
                Key(UNHEARD, period, f"{words}: {why}"), _saying(audits, voice, said)
            )
            for voice, words in VOICES.items()
            for said, why in WHY_NOT
        ]
    return figures


def _saying(audits: Iterable[AuditFact], voice: VoiceOf, said: bool | None) -> list[UUID]:
    return [
        audit.id
        for audit in audits
        if any(each.voice_of is voice and each.obtained is said for each in audit.voices)
    ]
