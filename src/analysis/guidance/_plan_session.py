"""One session: warm-up, drills, jumps, compounds, accessories, trunk, as far as a race lets it (methods G3)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.guidance._plan_days import Race
from analysis.guidance._plan_drills import drills, jumps, one_legged, trunk, warm_up
from analysis.guidance._plan_lifts import LOWER, Lift
from analysis.guidance._plan_work import Asked, Item, Work

MOST: Final = {"compound": 4, "accessory": 2, "trunk": 2}
EVERY_SESSION: Final = 0.6  # of the log's gym days: an exercise of so many is done in each session
TRUNK: Final = ("core_anti", "core_other")
FIRST: Final = ("squat", "hinge", "lunge", "step", "hip_bridge", "pull", "push")
RACE_SETS: Final = 0.5


@dataclass(frozen=True)
class Session:
    """Which session it is: its day, its week (from 0), its number among those of the week, and the race it serves.

    `trained` counts the loading weeks before it with a session that no race was near: others raise no contacts.
    """

    date: dt.date
    week: int
    number: int
    of: int
    usual: int
    trained: int
    race: Race | None
    unloaded: bool


def items_of(
    session: Session, works: Sequence[Work], own: Sequence[Lift], asked: Asked, jump_kg: float | None
) -> list[Item]:
    """The lines of a session in their order: what is new or quick before what tires."""
    chosen = _chosen(session, works, one_sided_first=asked.emphasis == "stability")
    lines = {
        room: [work.weeks[session.week] for work in found if session.week in work.weeks]
        for room, found in chosen.items()
    }
    if asked.emphasis == "stability" and not any(work.lift.one_sided for work in chosen["compound"]):
        lines["compound"] = [one_legged(asked.kinds[session.week]), *lines["compound"]][: MOST["compound"]]
    if not any(lift.pattern in TRUNK for lift in own) and "core_anti" not in asked.spared:
        lines["trunk"] = [trunk()]
    plyo = _jumps(session, own, asked, jump_kg)
    quick = drills(own, session.week, asked)
    work = [*plyo, *lines["compound"], *lines["accessory"], *lines["trunk"]]
    if session.race is not None:
        work = [_before_race(item, session.race) for item in work if not (session.unloaded and item.pattern in LOWER)]
    return [warm_up(), *quick, *work]


def _jumps(session: Session, own: Sequence[Lift], asked: Asked, jump_kg: float | None) -> list[Item]:
    """No jumps while pain or fatigue is watched; before an A race none that is new."""
    if not asked.jumping:
        return []
    new = not any(lift.kind == "plyo" for lift in own)
    if session.race is not None and session.race.main and new:
        return []
    return jumps(own, session.week, session.trained, asked, jump_kg)


def _chosen(session: Session, works: Sequence[Work], *, one_sided_first: bool) -> dict[str, list[Work]]:
    rooms: dict[str, list[Work]] = {"compound": [], "accessory": [], "trunk": []}
    for place, work in enumerate(works):
        lift = work.lift
        room = "trunk" if lift.pattern in TRUNK else "compound" if lift.kind == "compound" else "accessory"
        if lift.share >= EVERY_SESSION or _its_turn(session, lift, place):
            rooms[room].append(work)
    ordered = {room: sorted(found[: MOST[room]], key=_place) for room, found in rooms.items()}
    if one_sided_first:
        ordered["compound"].sort(key=lambda work: not work.lift.one_sided)
    return ordered


def _its_turn(session: Session, lift: Lift, place: int) -> bool:
    """An exercise that the log does not hold in every session takes its share of them, one after the other."""
    times = max(1, round(lift.share * session.usual))
    return any((place + n) % max(session.of, 1) == session.number for n in range(times))


def _place(work: Work) -> int:
    return FIRST.index(work.lift.pattern) if work.lift.pattern in FIRST else len(FIRST)


def _before_race(item: Item, race: Race) -> Item:
    """Half of the sets in the week before an A race."""
    if not race.main:
        return item
    return replace(item, sets=max(1, math.ceil(RACE_SETS * item.sets)), notes=f"{item.notes}; race week: half the sets".lstrip("; "))  # fmt: skip  # noqa: E501
