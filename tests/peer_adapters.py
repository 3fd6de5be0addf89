"""The peers' cases by file and function name: which of our calls answers them (one short adapter each).

A key is a file name and a pattern (as of fnmatch) of the case's function name - in files whose cases are a mapping, of
the case's name. An adapter takes the file's case as it stands and gives back a list of (what, expected, found,
relative tolerance, absolute tolerance); the comparison itself is that of tests/test_peers.py.
"""

from __future__ import annotations

import peers_impulse
import peers_jump
import peers_reliability
import peers_rep_fits
import peers_rep_tables
import peers_rolling
import peers_sprint
import peers_sprint_old
import peers_sprint_optimum
import peers_weekly

ADAPTERS = (
    peers_impulse.ADAPTERS
    | peers_jump.ADAPTERS
    | peers_reliability.ADAPTERS
    | peers_rep_fits.ADAPTERS
    | peers_rep_tables.ADAPTERS
    | peers_rolling.ADAPTERS
    | peers_sprint.ADAPTERS
    | peers_sprint_old.ADAPTERS
    | peers_sprint_optimum.ADAPTERS
    | peers_weekly.ADAPTERS
)
