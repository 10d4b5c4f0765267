"""What a blind moderator grades first, and who cannot be one (M3)."""

from collections.abc import Sequence
from typing import Final

from qa_app.domain.choosing import ticket
from qa_app.domain.grades import Limiting
from qa_app.domain.independence import Bar

READS_IT: Final = Bar("can already read this audit", "M3")
"""Why somebody cannot moderate an audit blind; it follows their name."""

_BESIDE_RISK: Final = 1
_WITHOUT_RISK: Final = 2


def first_sections(
    seed: str, reference: str, sections: Sequence[tuple[str, Limiting]]
) -> tuple[str, ...]:
    """The codes of the sections graded first, in the order given (M3).

    `sections` are those that apply, each with what it limits. Chosen are all about risk and one
    other; two others where none is about risk; fewer where there are no more. Which other one is
    the same for ever, by the month's seed and the audit's reference: nothing that the auditor
    judged has a say in it.
    """
    risk = {code for code, limiting in sections if limiting is Limiting.RISK}
    others = sorted(
        (code for code, _ in sections if code not in risk),
        key=lambda code: (ticket(seed, reference, f"blind section {code}"), code),
    )
    chosen = risk | set(others[: _BESIDE_RISK if risk else _WITHOUT_RISK])
    return tuple(code for code, _ in sections if code in chosen)
