"""The kick of one race from its splits, else from its stream, and the pieces of the race around it (methods E1, E2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis._reasons import in_words
from analysis.frames import number
from analysis.metrics._marks import layered
from analysis.metrics._races import Race
from analysis.stats import kick as kicks
from analysis.stats.kick import Kick, Segments

SPLITS, STREAM = "splits", "stream"
BUTTON_S: Final = 0.3  # timing error of a lap button, pressed by hand
FADED_PCT: Final = -15.0  # nobody finishes a race so slowly: the recording goes on behind the line
START, MIDDLE, FINISH = "start", "middle", "finish"
PIECES: Final = {"from_m": pl.Float64, "to_m": pl.Float64, "middle_m": pl.Float64, "speed_m_s": pl.Float64,
                 "part": pl.String}  # fmt: skip


@dataclass(frozen=True)
class How:
    """How a kick is measured: its length (None: by the distance), the timing error of laps, the error of a stream."""

    kick_m: float | None = None
    sigma_t_s: float = BUTTON_S
    sigma_rel: float = kicks.SIGMA_REL

    @property
    def params(self) -> dict[str, Any]:
        """What every kick rests on."""
        return {
            "kick_m": self.kick_m, "sigma_t_s": self.sigma_t_s, "sigma_rel": self.sigma_rel, "level": kicks.LEVEL,
            "skipped": kicks.SKIPPED, "segment_m": kicks.SEGMENT_M, "min_reference": kicks.MIN_REFERENCE,
            "max_gap_s": kicks.MAX_GAP_S, "device_pct": kicks.DEVICE_PCT,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class RaceKick:
    """A race with its kick, refused or not; `source` is "splits", "stream", or "" where nothing was recorded."""

    race: Race
    kick: Kick
    source: str
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether there is a kick."""
        return self.kick.kick_pct is not None

    @property
    def sentence(self) -> str:
        """The race and the two speeds behind the number."""
        k = self.kick
        of = f"{k.n_ref} {'splits' if self.source == SPLITS else 'segments of 100 m'}"
        return (
            f"{self.race.name}, {metres(self.race.distance_m)}: last {metres(k.kick_m)} in {number(k.kick_s, 's')} s, "
            f"{number(k.v_kick, 'm/s')} m/s, against {number(k.v_ref, 'm/s')} m/s, the median of {of} before it."
        )


def metres(value: float | None) -> str:
    """A distance in words.

    >>> metres(5000.0), metres(None)
    ('5,000 m', 'distance unknown')
    """
    return "distance unknown" if value is None else f"{value:,.0f} m"


def kick_of(race: Race, how: How) -> RaceKick:
    """The kick of a race: from its splits where the finish begins on one, else from the stream of the watch.

    Refused with the reason of the splits, of the stream, or NO_RACE_RECORD where there is neither.
    """
    notes, first = list(race.notes), None
    if race.laps is not None:
        first = kicks.kick_of_splits(race.laps.distance_m, race.laps.time_s, how.kick_m, how.sigma_t_s)
        if first.kick_pct is not None:
            return RaceKick(race, first, SPLITS, (*notes, *_faded(first)))
        notes.append(f"Not from the laps: {in_words(first.reason)}.")
    if race.stream is None:
        return RaceKick(race, first or Kick("refused", "NO_RACE_RECORD"), SPLITS if first else "", tuple(notes))
    length = how.kick_m or kicks.default_kick_m(race.distance_m or race.stream.total_m)
    second = kicks.kick_of_stream(race.stream.time_s, race.stream.distance_m, length, sigma_rel=how.sigma_rel)
    if second.kick_pct is None and first is not None:
        return RaceKick(race, first, SPLITS, (*notes, f"Not from the stream either: {in_words(second.reason)}."))
    notes += (*_about(race), *_faded(second)) if second.kick_pct is not None else ()
    return RaceKick(race, second, STREAM, tuple(notes))


def _faded(found: Kick) -> tuple[str, ...]:
    """The warning of a finish that is too slow for one."""
    if found.kick_pct is None or found.kick_pct > FADED_PCT:
        return ()
    return ("So slow a finish is mostly a cool-down: was the watch stopped at the line, and was this run the race?",)


def _about(race: Race) -> tuple[str, ...]:
    """The words on a kick from a stream."""
    said = ["From the stream of the watch, which is less exact than splits."]
    if race.stream is not None and race.stream.from_positions:
        said.append("The watch counted no distance: it is taken from the positions, which wander.")
    if race.official and race.stream is not None and race.distance_m:
        over = race.stream.total_m - race.distance_m
        if over > 0.01 * race.distance_m:
            said.append(
                f"The watch recorded {over:,.0f} m more than the race: if it was stopped late, the finish is too slow."
            )
    return tuple(said)


def pieces_of(race: Race, source: str, kick_m: float) -> Segments | str:
    """The pieces of a race from its laps or its stream, the finish last in a stream; a reason code where none."""
    if source == STREAM and race.stream is not None:
        return kicks.stream_segments(race.stream.time_s, race.stream.distance_m, kick_m, skipped=0.0)
    found = None if race.laps is None else kicks.split_segments(race.laps.distance_m, race.laps.time_s)
    return "NO_RACE_RECORD" if found is None else found


def along(race: Race, source: str, kick_m: float | None) -> pl.DataFrame:
    """The race piece by piece: `from_m, to_m, middle_m, speed_m_s` and `part` (start, middle, finish)."""
    pieces = "BAD_INPUT" if kick_m is None else pieces_of(race, source, kick_m)
    if isinstance(pieces, str) or kick_m is None:
        return pl.DataFrame(schema=PIECES)
    total = float(pieces.end_m[-1])
    middle, slack = (pieces.start_m + pieces.end_m) / 2, 1e-6 * total
    inside = (pieces.start_m >= kicks.SKIPPED * total - slack) & (pieces.end_m <= total - kick_m + slack)
    part = np.where(middle > total - kick_m, FINISH, np.where(inside, MIDDLE, START))
    columns = (pieces.start_m, pieces.end_m, middle, pieces.speed_m_s, part)
    return pl.DataFrame(dict(zip(PIECES, columns, strict=True)), schema=PIECES)


def drawn_along(points: pl.DataFrame, *extra: Any, x_title: str) -> Any:
    """Speed over distance as a line with dots, the finish in another colour and shape; `extra` layers on top."""
    titles = {"x_title": x_title, "y_title": "Speed (m/s)"}
    before, finish = (points.filter(pl.col("part") != FINISH), points.filter(pl.col("part") == FINISH))
    layers = [charts.line(points, "middle_m", "speed_m_s", **titles)]
    layers += [charts.points(before, "middle_m", "speed_m_s", **titles)] if before.height else []
    marked: dict[str, Any] = {"colour": charts.ORANGE, "shape": "diamond", "size": 140}
    layers += [charts.points(finish, "middle_m", "speed_m_s", **marked, **titles)] if finish.height else []
    return layered([*layers, *extra])
