"""The tidy tables: the data dictionary of the toolkit.

A column's name ends in its unit. Null means unknown, zero means zero. Importers hand over text; the schemas here
cast it and judge it, and a rule's name is what the user reads when a row is refused. Every fact row carries the
import it came from and its 1-based physical line (`source_row`); in a file that has no lines (FIT, JSON, XML) that is
the number of the item.
"""

from analysis.tables._audit import Ignored, Imports, Rejected
from analysis.tables._days import Calendar, Complaints, Wellness
from analysis.tables._facts import FACTS
from analysis.tables._judge import judge
from analysis.tables._people import Aliases, Athletes, Blocks
from analysis.tables._running import SAMPLE_COLUMNS, Runs, Splits, Streams
from analysis.tables._strength import SET_LIMITS, Plan, Reps, Sessions, Sets
from analysis.tables._tests import TESTS, Trials

__all__ = [
    "FACTS", "SAMPLE_COLUMNS", "SET_LIMITS", "TESTS", "Aliases", "Athletes", "Blocks", "Calendar", "Complaints",
    "Ignored", "Imports", "Plan", "Rejected", "Reps", "Runs", "Sessions", "Sets", "Splits", "Streams", "Trials",
    "Wellness", "judge",
]  # fmt: skip
