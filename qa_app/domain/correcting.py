"""What a moderator asks to be corrected, and what an audit lacks until that is answered (M6)."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from qa_app.domain.completeness import Gap

MOST_COMMENTS: Final = 20
"""How much can be asked when an audit is returned once; anything more is a talk."""


class OpenComment(NamedTuple):
    """A comment without its answer: its id, the code of the section that it is shown in (None
    where it is about the audit as a whole, or its section is not asked any more), and what it is
    about in words."""

    id: str
    section: str | None
    about: str


def comment_gaps(comments: Iterable[OpenComment]) -> list[Gap]:
    """What keeps a returned audit from being sent again: a gap's field is ``comment.`` and the
    id."""
    return [
        Gap(each.section, f"comment.{each.id}", f"Answer what the moderator asks: {each.about}")
        for each in comments
    ]
