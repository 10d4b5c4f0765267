"""What in a draft's texts may identify a child or family, and what its writer confirmed (A11)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from qa_app import history
from qa_app.audits.models import IdentifierCleared
from qa_app.domain.identifiers import IdentifierKind, find_identifiers


@dataclass
class Identifying:
    """Words that may identify somebody, and the boxes that they stand in, in the order found."""

    kind: IdentifierKind
    words: str
    fields: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The words as they are compared: in any case, with single spaces."""
        return same_words(self.words)


def same_words(words: str) -> str:
    """Words in any case and spacing."""
    return " ".join(words.casefold().split())


def identifying_words(texts: Mapping[str, str], names: Collection[str]) -> list[Identifying]:
    """Everything in these texts (by their box's name) that may identify somebody, each once.

    `names` are those of the staff who are part of the audit.
    """
    found: dict[tuple[IdentifierKind, str], Identifying] = {}
    for name, text in texts.items():
        for each in find_identifiers(text, known_names=names):
            key = (each.kind, same_words(each.text))
            known = found.setdefault(key, Identifying(each.kind, each.text))
            if name not in known.fields:
                known.fields.append(name)
    return list(found.values())


def not_confirmed(
    found: Iterable[Identifying], cleared: Collection[IdentifierCleared]
) -> list[Identifying]:
    """Those of which nobody has said that they identify no child or family."""
    return [each for each in found if not any(_is_about(row, each) for row in cleared)]


def _is_about(row: IdentifierCleared, each: Identifying) -> bool:
    return row.kind == each.kind and row.digest == history.fingerprint(each.key, row.salt)


AROUND = 60
"""Characters of the sentence that are shown on each side of the words."""


def around(text: str, words: str) -> tuple[str, str]:
    """What stands before and after the words where they stand first, shortened with “…”."""
    start = max(text.find(words), 0)
    end = start + len(words)
    before, after = text[max(start - AROUND, 0) : start], text[end : end + AROUND]
    return ("…" * (start > AROUND) + before, after + "…" * (len(text) > end + AROUND))


def mark(kind: IdentifierKind, words: str) -> str:
    """The quiet note under a box in which such words were found."""
    return f"This may be {kind.words}: “{words}”. Remove it, or confirm before you send."
