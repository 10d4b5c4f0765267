"""Finds the row of headings in a sheet and says which column is which field."""

import difflib
from collections.abc import Iterable, Mapping, Sequence

from qa_app.audits.workbook.fields import Field, SheetLayout, WorkbookUnusable
from qa_app.audits.workbook.values import plain

# A title block, a logo and a key of colours seldom take more.
ROWS_LOOKED_AT = 40
LEAVE_OUT = "ignore"

_SYNONYMS = {
    Field.AUDIT_REF: (
        "audit ref, audit reference, audit no, audit number, audit id, ref, reference, ref no,"
        "reference number, no, audit, unique id, unique ref, audit unique reference, log no"
    ),
    Field.CASE_REF: (
        "case ref, case reference, case no, case number, case id, mosaic id, mosaic no,"
        "mosaic number, ics id, ics no, ics number, liquidlogic id, liquidlogic no, lcs id, lcs no,"
        "lcs number, carefirst id, carefirst no, care first id, eclipse id, azeus id, child id,"
        "child ref, child s id, child no, client id, client no, person id, person no, pid,"
        "system id, record number, service user id, azeus no, capita one id, case file number,"
        "pers person id, child reference"
    ),
    Field.TEAM: (
        "team, team name, team audited, allocated team, case team, team of child, social work team"
    ),
    Field.AUDITOR: (
        "auditor, auditor name, name of auditor, audited by, audit completed by, auditor s name,"
        "completed by, auditing manager, manager auditing"
    ),
    Field.AUDITOR_POST: (
        "auditor role, auditor post, role of auditor, post of auditor, auditor job title,"
        "auditor s role, auditor s post, auditor title, role, post, job title, position,"
        "auditor position, designation"
    ),
    Field.COMPLETED_ON: (
        "date audit completed, date completed, completed on, completed date, completion date,"
        "audit completed, audit date, date of audit, date audited, audit completion date, date,"
        "date audit complete, date of completion, audit completed on, completed"
    ),
    Field.AUDITOR_GRADE: (
        "auditor grade, auditor s grade, grade, audit grade, overall grade, overall audit grade,"
        "auditor judgement, auditor rating, grade by auditor, grade given by auditor,"
        "initial grade, audit judgement, judgement, overall judgement, auditors grade,"
        "auditor overall grade, original grade, rating, pre moderation grade,"
        "grade before moderation, first grade"
    ),
    Field.MODERATOR: (
        "moderator, moderated by, moderator name, name of moderator, moderating manager,"
        "moderation by, moderator s name, moderation completed by"
    ),
    Field.FINAL_GRADE: (
        "moderated grade, final grade, moderation grade, grade after moderation, agreed grade,"
        "moderator grade, moderator s grade, post moderation grade, final judgement, final rating,"
        "moderated judgement, grade post moderation, final moderated grade, confirmed grade"
    ),
    Field.SIGNIFICANT_HARM: (
        "concern escalated significant harm, significant harm, concern escalated,"
        "significant harm concern, significant harm y n, risk of significant harm,"
        "likelihood of significant harm, escalated, escalated y n, concerns escalated,"
        "safeguarding concern escalated, immediate safeguarding concern, sig harm, escalation,"
        "concern escalated y n"
    ),
    Field.STRENGTHS: (
        "strengths, strength, what is working well, what s working well, working well,"
        "areas of strength, good practice, what went well, strengths identified, key strengths"
    ),
    Field.AREAS_FOR_DEVELOPMENT: (
        "areas for development, area for development, areas for improvement, areas of development,"
        "areas for improvement development, what are we worried about, what we are worried about,"
        "even better if, learning, development areas, areas to improve, worries, afd"
    ),
    Field.ACTION: (
        "actions, action, action required, actions required, remedial action, remedial actions,"
        "recommendations, actions agreed, what needs to happen, agreed actions,"
        "recommended actions, immediate actions"
    ),
    Field.ACTION_DUE_ON: (
        "action due, action due on, action due date, actions due, due date, due by, target date,"
        "timescale, action timescale, date due, by when, action due by, deadline, timescales"
    ),
    Field.ACTION_DONE_ON: (
        "action completed, action done, action done on, actions completed, action completed on,"
        "date action completed, action completion date, date actions completed, action complete,"
        "actions complete, date action done, action closed, closed on, date closed,"
        "actions completed date"
    ),
}
SYNONYMS = {
    spelling.strip(): field
    for field, spellings in _SYNONYMS.items()
    for spelling in (field.value.replace("_", " "), *spellings.split(","))
}

ByHand = Mapping[str, Field | None]


def parse_mapping(pairs: Iterable[str]) -> dict[str, Field | None]:
    """Read `HEADING=field` pairs; a field of "ignore" leaves the column out.

    Returns the field by the heading in its plain form. Two headings may stand for one field, as
    long as no sheet has both. Raises WorkbookUnusable for a pair without "=", an unknown field, or
    a heading given twice.
    """
    found: dict[str, Field | None] = {}
    for pair in pairs:
        heading, sign, name = pair.rpartition("=")
        field = _field(name.strip().casefold().replace("-", "_"), pair)
        if not sign or not plain(heading):
            raise WorkbookUnusable(f"Write “{pair}” as 'HEADING=field'.")
        if plain(heading) in found:
            raise WorkbookUnusable(f"The heading “{heading.strip()}” is mapped twice.")
        found[plain(heading)] = field
    return found


def _field(name: str, pair: str) -> Field | None:
    if name == LEAVE_OUT:
        return None
    try:
        return Field(name)
    except ValueError:
        fields = ", ".join(field.value for field in Field)
        raise WorkbookUnusable(
            f"“{pair}”: there is no field “{name}”. The fields are {fields}, or {LEAVE_OUT}."
        ) from None


def recognise(heading: object, mapping: ByHand) -> Field | None:
    """The field that a heading stands for: as mapped by hand, else by its synonyms."""
    spelling = plain(heading)
    if not spelling or len(spelling) > 80:
        return None
    if spelling in mapping:
        return mapping[spelling]
    return SYNONYMS.get(spelling) or SYNONYMS.get(plain(str(heading).partition("(")[0]))


def essentials(fields: Iterable[Field]) -> int:
    """How many are there of the three things without which there is no audit."""
    found = set(fields)
    grade = {Field.AUDITOR_GRADE, Field.FINAL_GRADE} & found
    return (Field.CASE_REF in found) + (Field.COMPLETED_ON in found) + bool(grade)


def find_headings(
    sheet: str, rows: Sequence[tuple[int, Sequence[object]]], mapping: ByHand
) -> SheetLayout | None:
    """Find the headings among a sheet's first rows, or return None where there are none.

    Raises WorkbookUnusable where a sheet is plainly a log of audits but a column is missing or
    two columns stand for one field: loading such a sheet would be guessing.
    """
    best: tuple[int, Sequence[object]] | None = None
    most = (0, 0)
    for number, cells in rows[:ROWS_LOOKED_AT]:
        fields = {field for cell in cells if (field := recognise(cell, mapping))}
        score = (essentials(fields), len(fields))
        if score > most:
            best, most = (number, cells), score
    if best is None or most[0] < 2 or most[1] < 3:
        return None
    return _laid_out(sheet, *best, mapping)


def _laid_out(sheet: str, number: int, cells: Sequence[object], mapping: ByHand) -> SheetLayout:
    by_hand = {field for cell in cells if (field := mapping.get(plain(cell)))}
    layout = SheetLayout(sheet, number, {}, [])
    for position, cell in enumerate(cells):
        heading = " ".join(str(cell).split())
        if not heading:
            continue
        field = recognise(cell, mapping)
        if field is None or (field in by_hand and plain(cell) not in mapping):
            layout.ignored.append(heading)
            continue
        if field in layout.columns:
            raise _two_for_one(layout, heading, field)
        layout.columns[field] = (position, heading)
    if essentials(layout.columns) < 3:
        raise _missing(layout)
    return layout


def _two_for_one(layout: SheetLayout, second: str, field: Field) -> WorkbookUnusable:
    first = layout.columns[field][1]
    if plain(first) == plain(second):
        return WorkbookUnusable(
            f"Sheet “{layout.sheet}” has two columns headed “{second}”. Rename one of them."
        )
    return WorkbookUnusable(
        f"Sheet “{layout.sheet}”: the columns “{first}” and “{second}” both look like "
        f"{field.words.lower()}. Say which of them it is.",
        f"--map '{second}={field.value}'",
        [heading for _, heading in layout.columns.values()] + layout.ignored + [second],
    )


def _missing(layout: SheetLayout) -> WorkbookUnusable:
    fields = layout.columns
    wanted = [field for field in (Field.CASE_REF, Field.COMPLETED_ON) if field not in fields]
    if Field.FINAL_GRADE not in fields and Field.AUDITOR_GRADE not in fields:
        wanted.append(Field.FINAL_GRADE)
    spare = ", ".join(f"“{heading}”" for heading in layout.ignored) or "none"
    names = " or ".join(field.words.lower() for field in wanted)
    return WorkbookUnusable(
        f"Sheet “{layout.sheet}”, row {layout.heading_row}: no column looks like {names}. "
        f"Headings not recognised: {spare}. Say which column it is.",
        f"--map 'HEADING={wanted[0].value}'",
        [heading for _, heading in fields.values()] + layout.ignored,
    )


def likely_headings(rows: Sequence[tuple[int, Sequence[object]]]) -> list[str]:
    """What may be the headings where none is recognised: the first row with the most words."""
    best: list[str] = []
    for _, cells in rows[:ROWS_LOOKED_AT]:
        words = [" ".join(cell.split()) for cell in cells if isinstance(cell, str) and plain(cell)]
        if len(words) > len(best):
            best = words
    return best


def check_mapping_used(mapping: ByHand, headings: Iterable[str]) -> None:
    """Raise WorkbookUnusable for a heading mapped by hand that no sheet has."""
    present = {plain(heading): heading for heading in headings}
    for heading in mapping:
        if heading not in present:
            close = difflib.get_close_matches(heading, present, n=1)
            hint = f" Did you mean “{present[close[0]]}”?" if close else ""
            raise WorkbookUnusable(f"No sheet has a heading “{heading}”.{hint}")
