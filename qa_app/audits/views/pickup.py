"""Findings picked up while a section is written: in the form of its boxes, saved with them (A4)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast
from uuid import UUID

from flask import request, url_for

from forms.audits import FindingForm
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Finding
from qa_app.audits.queries.filing import theme_words
from qa_app.audits.queries.reading import FindingReading
from qa_app.audits.services import FindingWords, Saved
from qa_app.audits.views.themes import offer_themes
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.standards.models import Section

LIST = "findings-here"
"""Where the findings of the section stand on its page."""


@dataclass
class PickUp:
    """The part of a section's page that is about findings, as it was sent or is shown."""

    draft: Draft
    section: Section
    form: FindingForm

    @property
    def is_asked(self) -> bool:
        """Whether the audit's tool asks for findings at all (P7)."""
        return self.draft.judges

    @property
    def found(self) -> list[tuple[str, FindingReading]]:
        """The findings of this section so far."""
        return findings_of(self.draft, self.section)

    @property
    def is_open(self) -> bool:
        """Whether the part for adding one stands open: where something was typed in it."""
        return bool(self.form.is_begun or self.form.errors or self.form.suggest.data)

    @property
    def removing(self) -> UUID | None:
        """The finding whose "Remove" was pressed."""
        return _pressed("remove_finding")

    @property
    def changing(self) -> UUID | None:
        """The finding whose "Change" was pressed."""
        return _pressed("change_finding")

    def may_save(self) -> bool:
        """Whether the page can be saved as far as findings go; else the form says what to do."""
        return not self.is_asked or self.form.may_save()

    @property
    def save(self) -> Callable[..., Saved]:
        """The service that saves the page's boxes, with what was done to its findings."""
        form = self.form if self.is_asked else None
        return saving_of(form, self.section.id, removed=self.removing)

    @property
    def said(self) -> str:
        """What is said once the page is saved; empty where nothing was done to its findings."""
        if self.removing is not None:
            return "Finding removed."
        kind = self.form.kind.data
        return f"{kind.words} added." if self.form.is_begun and kind is not None else ""

    def onward(self) -> str | None:
        """Where to go once the page is saved; None where that is not for its findings to say."""
        audit_id, code = self.draft.audit.id, self.section.code
        if self.changing is not None:
            return url_for("audits.finding", audit_id=audit_id, finding_id=self.changing, back=code)
        if self.removing is not None or self.form.add.data:
            return url_for("audits.section", audit_id=audit_id, code=code, _anchor=LIST)
        return None


def pick_up(draft: Draft, section: Section) -> PickUp:
    """What the page of a section shows of its findings, with the form for another one."""
    form = FindingForm()
    # It is about the section that it stands in.
    del form.section
    offer_themes(form, form.text.data if request.method == "POST" else "")
    return PickUp(draft, section, form)


def words_of(form: FindingForm, section_id: UUID) -> FindingWords:
    """What a valid form says of a finding."""
    return FindingWords(
        cast(FindingKind, form.kind.data),
        form.text.data or "",
        UUID(str(form.theme.data)),
        section_id,
        cast(FindingAbout, form.about.data),
        frozenset(UUID(each) for each in form.others.data or () if each != form.theme.data),
    )


def saving_of(
    form: FindingForm | None, section_id: UUID | None = None, removed: UUID | None = None
) -> Callable[..., Saved]:
    """The service that saves a page's boxes, with the finding of a valid form where there is one;
    it is of this section, or of the one that the form names."""
    added = None
    if form is not None and form.is_begun:
        added = words_of(form, section_id or UUID(str(form.section.data)))
    return partial(services.save_with_findings, added=added, removed=removed)


def findings_of(
    draft: Draft, section: Section | None = None, kind: FindingKind | None = None
) -> list[tuple[str, FindingReading]]:
    """The findings so far, of one section or kind where given: the kind in words, and what it says;
    in the order they were added."""
    titles: dict[UUID | None, str] = {each.id: each.title for each in draft.possible}
    found = [
        each
        for each in draft.findings
        if (section is None or each.section_id == section.id) and kind in (None, each.kind)
    ]
    # A section is written many times over: its page reads no more than it must.
    themes = theme_words(found) if section is None else {}
    return [
        (
            each.kind.words,
            _reading(
                each, themes.get(each.id, ""), "" if section else titles.get(each.section_id, "")
            ),
        )
        for each in found
    ]


def _reading(finding: Finding, theme: str, section: str) -> FindingReading:
    return FindingReading(
        finding.id,
        finding.text,
        theme or (finding.theme.name if finding.theme is not None else ""),
        section,
        finding.about.words if finding.about is not None else "",
    )


def _pressed(name: str) -> UUID | None:
    try:
        return UUID(request.form[name]) if name in request.form else None
    except ValueError:
        return None
