"""The annual thematic report: the chapters of the quarterly one over a year, by its quarters."""

from typing import Final

from qa_app.reports.kinds.quarterly import RECIPE as QUARTERLY
from qa_app.reports.kinds.recipe import Recipe

RECIPE: Final[Recipe] = QUARTERLY
"""The period says which it is: a year has its quarters for parts (kinds/quarterly/period.py)."""
