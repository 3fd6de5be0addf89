"""TCX files (Garmin's training centre format).

Vendor: Garmin Connect, Polar Flow, Strava, Wahoo, Amazfit and other apps that export TCX
Export: Garmin Connect: open the activity > gear > Export to TCX; Polar Flow: the session > Export session > TCX
Row: one activity, lap or trackpoint; trackpoints go into the stream of their activity
Variants: several activities in one file, laps of several tracks, the extensions of activities for cadence, speed, watts
Units: those of the format (metres, seconds); a cadence of one foot is doubled to steps
Limits: instants in UTC (say --tz); courses and planned workouts are refused; ascent is not in the file
"""

from __future__ import annotations

import re
from typing import Final

from analysis.importers import _sets, _tcx, _xml
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source

VENDOR: Final = "tcx"
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?TrainingCenterDatabase\b")


def matches(head: Head) -> bool:
    """Whether the root element is that of the training centre."""
    return head.kind == "xml" and _ROOT.search(head.text) is not None


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a file; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    return _tcx.document(source.name, _xml.root(source)).raw(athlete, VENDOR, "activity", context)
