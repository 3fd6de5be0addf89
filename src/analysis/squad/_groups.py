"""Which group each athlete of a squad is in, from a sheet; groups too small to be shown are joined (methods H8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from analysis.squad._problem import SquadProblem

SMALLEST: Final = 5  # athletes in a group that is shown apart
NO_GROUP: Final = "no group"
OTHERS: Final = "others"
NOT_APART: Final = f"Groups of fewer than {SMALLEST} athletes are not shown apart, nor is what would give them away."


def read_groups(sheet: Path, known: Iterable[str]) -> dict[str, str]:
    """Group by real name; everybody not named is in no group. Raises SquadProblem, naming line or athlete."""
    try:
        rows = pl.read_csv(sheet, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise SquadProblem(f"{sheet}: {said}; expected is a CSV file with the columns athlete and group") from error
    if missing := {"athlete", "group"} - set(rows.columns):
        raise SquadProblem(f"{sheet}: no column {', '.join(sorted(missing))}; it has {', '.join(rows.columns)}")
    told = {
        (row["athlete"] or "").strip(): " ".join((row["group"] or "").split()) for row in rows.iter_rows(named=True)
    }
    names = list(known)
    if unknown := sorted(set(told) - set(names) - {""}):
        raise SquadProblem(f"{sheet}: no athlete {', '.join(map(repr, unknown))} in this logbook")
    return {name: told.get(name) or NO_GROUP for name in names}


def shown_groups(groups: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The groups with those of fewer than 5 joined, and a note where that was done; no groups where one is left.

    Where one small group alone would be left over it is joined with the next smallest: the rest of a total tells it.

    >>> sizes = {"juniors": 3, "seniors": 9, "masters": 6}
    >>> found, notes = shown_groups({f"{g}{i}": g for g, n in sizes.items() for i in range(n)})
    >>> sorted(set(found.values())), len(notes)
    (['others', 'seniors'], 1)
    """
    counts = sorted(Counter(groups.values()).items(), key=lambda item: (item[1], item[0]))
    joined: set[str] = {name for name, n in counts if n < SMALLEST}
    for name, _ in counts:
        if joined and (len(joined) == 1 or sum(n for other, n in counts if other in joined) < SMALLEST):
            joined.add(name)
    found = {who: OTHERS if name in joined else name for who, name in groups.items()}
    notes = (NOT_APART,) if joined else ()
    return (found if len(set(found.values())) > 1 else {}), notes
