"""Every table of the extract and the only columns that are taken from it.

A column that is not listed here is never turned into a value: forenames, surnames, ethnicity, NHS
and pupil numbers stop at the CSV reader (I5). Birth dates are read into an age band and dropped.
Column names are those of the Standard Safeguarding Dataset (Data to Insight).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from qa_app.cases.ssd.rows import ChildRow, FamilyRow, PeriodRow, ProfessionalRow, Row, TeamRow

R = TypeVar("R", bound=Row)


class Kind(StrEnum):
    """How a cell is read."""

    ID = "id"
    TEAM = "team"  # an identifier or, in some systems, the team's name
    DATE = "date"
    BIRTH = "birth"  # turned into an age band; its value is never shown
    TEXT = "text"  # names and job titles of staff, names of teams
    ROLE = "role"  # turned into one of our roles
    FLAG = "flag"


class Refers(StrEnum):
    """Which table an identifier must be found in."""

    CHILD = "child"
    WORKER = "worker"
    TEAM = "team"
    OUTSIDE_TEAM = "outside team"  # may also be an organisation outside the council


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read, and the row's field it goes into."""

    name: str
    into: str
    kind: Kind
    required: bool = False
    refers: Refers | None = None


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """One table: its file's stem, what a row of it is called and made of, and its columns.

    The first column is the row's own identifier, unless `keyed` is false: then a row is known by
    its content alone. `needed` are the headings without which the file cannot be understood.
    """

    stem: str
    words: str
    row: type[R]
    columns: tuple[Column, ...]
    keyed: bool = True

    @property
    def needed(self) -> tuple[str, ...]:
        """Headings that must be there when the file is."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def file(self) -> str:
        """The file's usual name."""
        return f"{self.stem}.csv"


def _own_id(name: str) -> Column:
    return Column(name, "id", Kind.ID, required=True)


def _child(name: str) -> Column:
    return Column(name, "child", Kind.ID, required=True, refers=Refers.CHILD)


def _worker(name: str, into: str = "worker", *, required: bool = False) -> Column:
    return Column(name, into, Kind.ID, required=required, refers=Refers.WORKER)


def _team(name: str, refers: Refers = Refers.TEAM) -> Column:
    return Column(name, "team", Kind.TEAM, refers=refers)


def _start(name: str) -> Column:
    return Column(name, "start", Kind.DATE, required=True)


def _end(name: str) -> Column:
    return Column(name, "end", Kind.DATE)


DEPARTMENT = Table(
    "ssd_department",
    "team",
    TeamRow,
    (
        _own_id("dept_team_id"),
        Column("dept_team_name", "name", Kind.TEXT, required=True),
        Column("dept_team_parent_id", "parent", Kind.ID, refers=Refers.TEAM),
    ),
)
PROFESSIONALS = Table(
    "ssd_professionals",
    "professional",
    ProfessionalRow,
    (
        _own_id("prof_professional_id"),
        Column("prof_staff_id", "staff_id", Kind.ID),
        Column("prof_professional_name", "name", Kind.TEXT, required=True),
        Column("prof_professional_job_title", "job_title", Kind.TEXT),
        _team("prof_professional_department"),
    ),
)
PERSON = Table(
    "ssd_person",
    "child",
    ChildRow,
    (
        _own_id("pers_person_id"),
        Column("pers_dob", "born", Kind.BIRTH),
        Column("pers_expected_dob", "expected", Kind.BIRTH),
    ),
)
FAMILY = Table(
    "ssd_family",
    "family link",
    FamilyRow,
    (Column("fami_family_id", "family", Kind.ID, required=True), _child("fami_person_id")),
    keyed=False,
)
REFERRALS = Table(
    "ssd_cin_episodes",
    "referral",
    PeriodRow,
    (
        _own_id("cine_referral_id"),
        _child("cine_person_id"),
        _start("cine_referral_date"),
        _end("cine_close_date"),
        Column("cine_referral_nfa", "nfa", Kind.FLAG),
        _team("cine_referral_team"),
        _worker("cine_referral_worker_id"),
    ),
)
CIN_PLANS = Table(
    "ssd_cin_plans",
    "child in need plan",
    PeriodRow,
    (
        _own_id("cinp_cin_plan_id"),
        _child("cinp_person_id"),
        _start("cinp_cin_plan_start_date"),
        _end("cinp_cin_plan_end_date"),
        _team("cinp_cin_plan_team"),
        _worker("cinp_cin_plan_worker_id"),
    ),
)
CP_PLANS = Table(
    "ssd_cp_plans",
    "child protection plan",
    PeriodRow,
    (
        _own_id("cppl_cp_plan_id"),
        _child("cppl_person_id"),
        _start("cppl_cp_plan_start_date"),
        _end("cppl_cp_plan_end_date"),
    ),
)
CARE_EPISODES = Table(
    "ssd_cla_episodes",
    "episode of care",
    PeriodRow,
    (
        _own_id("clae_cla_episode_id"),
        _child("clae_person_id"),
        _start("clae_cla_episode_start_date"),
        _end("clae_cla_episode_ceased_date"),
        Column("clae_entered_care_date", "entered", Kind.DATE),
    ),
)
CARE_LEAVERS = Table(
    "ssd_care_leavers",
    "care leaver record",
    PeriodRow,
    (
        _own_id("clea_table_id"),
        _child("clea_person_id"),
        _team("clea_care_leaver_allocated_team"),
        _worker("clea_care_leaver_worker_id"),
        _worker("clea_care_leaver_personal_advisor", "adviser"),
    ),
)
EARLY_HELP = Table(
    "ssd_early_help_episodes",
    "early help episode",
    PeriodRow,
    (
        _own_id("earl_episode_id"),
        _child("earl_person_id"),
        _start("earl_episode_start_date"),
        _end("earl_episode_end_date"),
        _team("earl_episode_organisation", Refers.OUTSIDE_TEAM),
        _worker("earl_episode_worker_id"),
    ),
)
INVOLVEMENTS = Table(
    "ssd_involvements",
    "involvement",
    PeriodRow,
    (
        _own_id("invo_involvements_id"),
        _child("invo_person_id"),
        _start("invo_involvement_start_date"),
        _end("invo_involvement_end_date"),
        _team("invo_professional_team"),
        _worker("invo_professional_id", required=True),
        Column("invo_professional_role_id", "role", Kind.ROLE),
    ),
)

# In the order in which they are read: what is referred to comes before what refers to it.
TABLES: tuple[Table[Any], ...] = (
    DEPARTMENT,
    PROFESSIONALS,
    PERSON,
    FAMILY,
    REFERRALS,
    CIN_PLANS,
    CP_PLANS,
    CARE_EPISODES,
    CARE_LEAVERS,
    EARLY_HELP,
    INVOLVEMENTS,
)
