"""GPX files (recorded tracks).

Vendor: Garmin Connect, Strava, Polar, Suunto, Komoot and every app that exports GPX
Export: open the activity > Export GPX
Row: one track, point, waypoint or route; points go into the stream of their track
Variants: several tracks and segments; heart rate, cadence and power in Garmin's, ClueTrust's or bare extensions
Units: metres and degrees; a cadence of one foot is doubled to steps
Limits: no laps; the distance is computed from the points, pauses between segments left out; instants in UTC (say --tz);
  a track that does not tell its sport is a run only where its name says so; a file without times is refused
"""

from __future__ import annotations

import re
from typing import Final

from analysis.importers import _gpx, _sets, _xml
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source

VENDOR: Final = "gpx"
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?gpx\b")


def matches(head: Head) -> bool:
    """Whether the root element is that of GPX."""
    return head.kind == "xml" and _ROOT.search(head.text) is not None


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a file; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    return _gpx.document(source.name, _xml.root(source)).raw(athlete, VENDOR, "tracks", context)
