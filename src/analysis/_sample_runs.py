"""The simulated runs as the files that a watch and a platform give away: Strava's list of activities, races as TCX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np

from analysis.simulate.diary import HR_MAX_BPM, RACE_RATING, Diary, Race
from analysis.simulate.runs import HR_REST_BPM, LAPS_M, REFERENCE, Run

ZONE: Final = "+01:00"  # where the squad lives, until the end of March
POINT_EVERY_S: Final = 7
STEPS_PER_MIN: Final = 178.0
CADENCE_SHARE: Final = 0.45  # of a change of speed; the rest is step length
TITLES: Final = {"easy": "Morning Run", "quality": "Intervals", "long": "Long Run", "race": "Race"}
STOPS_S: Final = {"easy": 20, "quality": 90, "long": 20, "race": 0}  # at crossings, between intervals
FASTEST: Final = {"easy": 1.25, "quality": 1.45, "long": 1.2, "race": 1.1}  # fastest over mean speed
# the second Elapsed Time, Distance and Max Heart Rate are Strava's own: the first ones are rounded
STRAVA: Final = (
    "Activity ID", "Activity Date", "Activity Name", "Activity Type", "Activity Description", "Elapsed Time",
    "Distance", "Max Heart Rate", "Relative Effort", "Commute", "Activity Private Note", "Activity Gear", "Filename",
    "Athlete Weight", "Bike Weight", "Elapsed Time", "Moving Time", "Distance", "Max Speed", "Average Speed",
    "Elevation Gain", "Elevation Loss", "Elevation Low", "Elevation High", "Max Grade", "Average Grade",
    "Average Positive Grade", "Average Negative Grade", "Max Cadence", "Average Cadence", "Max Heart Rate",
    "Average Heart Rate", "Max Watts", "Average Watts", "Calories", "Max Temperature", "Average Temperature",
    "Relative Effort", "Total Work", "Number of Runs", "Uphill Time", "Downhill Time", "Other Time",
    "Perceived Exertion",
)  # fmt: skip
_TCX: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase'
    ' xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
    ' xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n<Activities>\n'
)


def strava(diary: Diary, name: str) -> str:
    """The list of activities of Strava's bulk export, newest last.

    The races are in it as well, because a watch hands them over: the logbook links the two and takes the rating, which
    no TCX file has, from here.
    """
    raced = [_as_run(race, HR_MAX_BPM[name]) for race in diary.races]
    done = sorted((*diary.runs, *raced), key=lambda run: run.start)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(STRAVA)
    writer.writerows(_activity(9_000_000_000 + 1_000 * n, run) for n, run in enumerate(done, 1))
    return out.getvalue()


def tcx(diary: Diary, name: str, *, points: bool) -> str:
    """A runner's races as one TCX file, a lap per lap of the track; with `points` also the watch's trackpoints."""
    body = "".join(_race(race, HR_MAX_BPM[name], points=points) for race in diary.races)
    return f"{_TCX}{body}</Activities>\n</TrainingCenterDatabase>\n"


def _activity(number: int, run: Run) -> list[Any]:
    said = dict.fromkeys(STRAVA, "")
    elapsed = run.seconds + STOPS_S[run.kind]
    said |= {
        "Activity ID": str(number), "Activity Date": _said(_utc(run.start)), "Activity Name": TITLES[run.kind],
        "Activity Type": "Run", "Commute": "false", "Elapsed Time": str(elapsed), "Moving Time": str(run.seconds),
        "Max Heart Rate": str(run.max_hr_bpm), "Average Heart Rate": str(run.average_hr_bpm),
        "Max Speed": f"{FASTEST[run.kind] * run.distance_m / run.seconds:.2f}",
        "Average Speed": f"{run.distance_m / run.seconds:.3f}", "Elevation Gain": f"{run.ascent_m:.1f}",
        "Elevation Loss": f"{run.ascent_m:.1f}", "Average Cadence": f"{run.steps_per_min / 2:.1f}",
        "Perceived Exertion": str(run.rating),
    }  # fmt: skip
    row = [said[header] for header in STRAVA]
    first, again = (at for at, header in enumerate(STRAVA) if header == "Distance")
    row[first], row[again] = f"{run.distance_m / 1000:.2f}", f"{run.distance_m:.1f}"
    return row


def _as_run(race: Race, hr_max: float) -> Run:
    """A race as the platform lists it."""
    seconds = round(sum(race.lap_s))
    heart = [_heart(t, seconds, hr_max) for t in range(seconds)]
    mean = round(sum(heart) / seconds)
    return Run(race.start, "race", sum(LAPS_M), seconds, mean, max(heart), STEPS_PER_MIN, 0.0, RACE_RATING)


def _said(moment: dt.datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M:%S} {moment:%p}"


def _utc(local: dt.datetime) -> dt.datetime:
    return local - dt.datetime.strptime(ZONE, "%z").utcoffset()  # type: ignore[operator]  # the pattern has an offset


def _race(race: Race, hr_max: float, *, points: bool) -> str:
    starts = [0.0, *accumulate(race.lap_s)]
    usual = float(np.median((np.array(LAPS_M) / race.lap_s)[REFERENCE]))
    begin = _utc(race.start)
    laps = []
    for metres, seconds, since in zip(LAPS_M, race.lap_s, starts, strict=False):
        heart = [_heart(t, starts[-1], hr_max) for t in (since, since + seconds)]
        one_foot = round(_steps(metres / seconds, usual) / 2)
        tail = f"<Track>{''.join(_points(race, begin, since, usual, hr_max))}</Track>" if points else ""
        laps.append(
            f'<Lap StartTime="{_stamp(begin, since)}"><TotalTimeSeconds>{seconds:.2f}</TotalTimeSeconds>'
            f"<DistanceMeters>{metres:.1f}</DistanceMeters>"
            f"<AverageHeartRateBpm><Value>{round(sum(heart) / 2)}</Value></AverageHeartRateBpm>"
            f"<MaximumHeartRateBpm><Value>{heart[1]}</Value></MaximumHeartRateBpm>"
            f"<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>{tail}"
            f"<Extensions><x:LX><x:AvgRunCadence>{one_foot}</x:AvgRunCadence></x:LX></Extensions></Lap>\n"
        )
    return f'<Activity Sport="Running"><Id>{_stamp(begin, 0)}</Id>\n{"".join(laps)}</Activity>\n'


def _points(race: Race, begin: dt.datetime, since: float, usual: float, hr_max: float) -> Iterator[str]:
    """The trackpoints of the lap that begins `since` seconds after the start; the last lap ends with the finish."""
    ends = list(accumulate(race.lap_s))
    lap = next(i for i, end in enumerate(ends) if end > since + 1e-6)
    speed, covered, until = LAPS_M[lap] / race.lap_s[lap], sum(LAPS_M[:lap]), ends[lap]
    inside: Sequence[float] = range(POINT_EVERY_S * math.ceil(since / POINT_EVERY_S), math.ceil(until), POINT_EVERY_S)
    for t in (*inside, until) if lap == len(ends) - 1 else inside:
        yield (
            f"<Trackpoint><Time>{_stamp(begin, t)}</Time>"
            f"<DistanceMeters>{covered + speed * (t - since):.1f}</DistanceMeters>"
            f"<HeartRateBpm><Value>{_heart(t, ends[-1], hr_max)}</Value></HeartRateBpm><Extensions><x:TPX>"
            f"<x:RunCadence>{round(_steps(speed, usual) / 2)}</x:RunCadence></x:TPX></Extensions></Trackpoint>\n"
        )


def _stamp(begin: dt.datetime, seconds: float) -> str:
    whole = float(seconds).is_integer()
    moment = begin + dt.timedelta(seconds=seconds)
    return f"{moment.isoformat(timespec='seconds' if whole else 'milliseconds')}Z"


def _heart(t: float, total: float, hr_max: float) -> int:
    share = 0.93 - 0.35 * math.exp(-t / 45) + 0.05 * t / total
    return round(HR_REST_BPM + (hr_max - HR_REST_BPM) * share)


def _steps(speed: float, usual: float) -> float:
    """Steps a minute at a speed: a part of every change of speed is cadence."""
    return STEPS_PER_MIN * float((speed / usual) ** CADENCE_SHARE)
