"""Small extracts made row by row, to be broken in one place at a time."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from qa_app.cases.ssd.extract import Extract, read_extract

AS_AT = date(2023, 4, 30)
REAL = Path(__file__).parent.parent / "data" / "ssd"

TEAMS = [
    "dept_team_id,dept_team_name,dept_team_parent_id",
    "D1,Children,",
    "D2,North,D1",
    "D3,South,D1",
]
STAFF = [
    (
        "prof_professional_id,prof_staff_id,prof_professional_name,prof_professional_job_title,"
        "prof_professional_department"
    ),
    "W1,S1,Wanda Worker,Social Worker,North",
    "W2,S2,Ivo Reviewer,Independent Reviewing Officer,South",
    "W3,S3,Chika Chair,Conference Chair,South",
    "W4,S4,Hedda Head,Head of Service,D2",
]
PERSON = [
    "pers_person_id,pers_forename,pers_surname,pers_dob,pers_common_child_id",
    "100001,Zebedee,Quillfeather,2015-06-07,9434765919",
    "100002,Ottoline,Quillfeather,2009-11-12,9434765870",
]
FAMILY = ["fami_table_id,fami_family_id,fami_person_id", "FT1,F1,100001", "FT2,F1,100002"]
REFERRALS = [
    "cine_referral_id,cine_person_id,cine_referral_date,cine_close_date,cine_referral_nfa",
    "R1,100001,2022-01-10,,N",
    "R2,100002,2022-01-10,,N",
]
CP_PLANS = [
    "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date",
    "CP1,100001,2022-03-01,",
]
INVOLVEMENTS = [
    (
        "invo_involvements_id,invo_professional_id,invo_professional_role_id,invo_professional_team,"
        "invo_involvement_start_date,invo_involvement_end_date,invo_person_id"
    ),
    "I1,W1,Allocated Case Worker,D2,2022-01-10,,100001",
    "I2,W3,Child Protection Conference Chair,D3,2022-03-01,,100001",
    "I3,W1,Allocated Case Worker,D2,2022-01-10,,100002",
]
SMALL = {
    "ssd_department": TEAMS,
    "ssd_professionals": STAFF,
    "ssd_person": PERSON,
    "ssd_family": FAMILY,
    "ssd_cin_episodes": REFERRALS,
    "ssd_cp_plans": CP_PLANS,
    "ssd_involvements": INVOLVEMENTS,
}


def write(directory: Path, encoding: str = "utf-8", **changes: Iterable[str] | None) -> Path:
    """Write the small extract; a table given here replaces its own, None leaves it out.

    A list of lines that starts with "+" is added to the table instead.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for stem, lines in {**SMALL, **changes}.items():
        if lines is None:
            (directory / f"{stem}.csv").unlink(missing_ok=True)
            continue
        text = "\n".join(_added(stem, list(lines))) + "\n"
        (directory / f"{stem}.csv").write_text(text, encoding=encoding)
    return directory


def _added(stem: str, lines: list[str]) -> list[str]:
    if lines and lines[0] == "+":
        return [*SMALL[stem], *lines[1:]]
    return lines


def read(directory: Path, as_at: date = AS_AT, **changes: Iterable[str] | None) -> Extract:
    """Write the small extract with changes, and read it."""
    return read_extract(write(directory, **changes), as_at)


def faults(extract: Extract) -> list[tuple[str, int, str, str]]:
    """(file, row, column, value) of every fault."""
    return [fault[:4] for fault in extract.report.faults]


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as dictionaries."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
