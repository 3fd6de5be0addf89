"""Marks and optimal profiles of R's `shorts` by the names of its outputs; older releases: tests/peers_sprint_old.py.

The peer searches marks by a scalar search to about 1e-4 m, ours are closed forms or bisections. Its window of
power is a share of the peak without load even where there is one, and its way down in time leaves the load out
altogether; ours is given the power it asks for, so that the adapter asks as the peer does.

One case may hold several functions, so that an output is looked up by its own name, then behind the function's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from analysis.stats import _kinematics as kinematics
from analysis.stats import sprint_force, sprint_optimum
from peers_compare import Adapter, Compared
from peers_sprint import plain, runner, unknown

_OTHER_NAMES = {
    "max_power": "peak_power", "fv_slope_perc": "profile_imb", "slope_perc": "profile_imb", "fv_method": "fv",
    "(?<!profile_)imb": "profile_imb", "(?:optimal|optim|best)_time": "time_optim", "vel": "velocity",
    "acc": "acceleration",
}  # fmt: skip
OWN_NAMES = {"value", "result", "distance", "time", "metre", "metres", "meters", "m", "seconds", "s", "optimum"}
_NUMBER = re.compile(r"\d+m?").fullmatch  # a word within a name: a share of a mark, or metres of a profile


def named(name: str) -> str:
    """A peer's name in small letters, with one underscore between its words and without its `find_`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_").removeprefix("find_")


def flat(outputs: Any, before: str = "") -> dict[str, Any]:
    """Outputs within outputs, and rows of a table, by one name each."""
    if isinstance(outputs, list) and outputs and all(isinstance(row, dict) for row in outputs):
        outputs = {column: [row[column] for row in outputs] for column in outputs[0]}
    if not isinstance(outputs, dict):
        return {before: outputs}
    told: dict[str, Any] = {}
    for name, value in outputs.items():
        told |= flat(value, named(f"{before}_{name}"))
    return told


class Sprint:
    """A sprint of the peer's inputs, with every number of ours by the peer's name for it."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given, self.who = given, runner(given)
        self._made: dict[str, dict[str, Any]] = {}

    @cached_property
    def model(self) -> tuple[float, float]:
        """V and tau, from the line between force and speed where that is given instead."""
        if "MSS" in self.given:
            return self.given["MSS"], self.given.get("TAU", self.given["MSS"] / self.given.get("MAC", np.nan))
        return sprint_force.model_of(self.given["F0"], self.given["V0"], self.who)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Ends of the line, from V and tau where these are given instead."""
        ends = sprint_force.linear_ends(*self.model, self.who)
        return self.given.get("F0", float(ends.f0_n)), self.given.get("V0", float(ends.v0_mps))

    @cached_property
    def metres(self) -> list[float]:
        """Distances of a profile, one or many."""
        return [float(d) for d in np.atleast_1d(self.given["distance"])]

    def _share(self, of: str) -> Any:
        names = (f"percent_{of}", f"{of}_percent", "percent")
        return np.asarray(next((self.given[name] for name in names if name in self.given), 0.9), dtype=float)

    def marks(self) -> dict[str, Any]:
        """Where speed, acceleration and power pass a mark."""
        v, tau = self.model
        watt, peak = sprint_optimum.peak_power_mark(v, tau, self.who)
        bare = replace(self.who, inertia_kg=0.0, resistance_n=0.0)
        wanted = self._share("power") * sprint_optimum.peak_power_mark(v, tau, bare)[0]
        (up, down), late = sprint_optimum.power_marks(wanted, v, tau, self.who), {}
        late["time"] = sprint_optimum.power_marks(wanted, v, tau, bare)[1]
        fast = sprint_optimum.speed_mark(self._share("velocity"), v, tau)
        slow = sprint_optimum.acceleration_mark(self._share("acceleration"), v, tau)
        found: dict[str, Any] = {"peak_power": watt}
        for axis, name in (("time", "time_s"), ("distance", "distance_m")):
            found[f"velocity_critical_{axis}"] = getattr(fast, name)
            found[f"acceleration_critical_{axis}"] = getattr(slow, name)
            where, sides = f"peak_power_{axis}", [getattr(side, name) for side in (up, late.get(axis, down))]
            found |= {where: getattr(peak, name), f"{where}_peak_power": watt, f"{where}_{axis}": getattr(peak, name)}
            found |= {f"power_critical_{axis}_{side}": s for side, s in zip(("lower", "upper"), sides, strict=True)}
            found[f"power_critical_{axis}"] = sides
        return found

    def optimal_model(self) -> dict[str, Any]:
        """The columns of `optimal_MSS_MAC`."""
        (v, tau), d = self.model, np.array(self.metres)
        best_v, best_tau = sprint_optimum.fastest_model(d, v, tau)
        before, after = kinematics.time_at_distance(d, v, tau), kinematics.time_at_distance(d, best_v, best_tau)
        return {
            "mss": v, "mac": v / tau, "pmax_rel": v * v / tau / 4, "slope": -1 / tau, "distance": d, "time": before,
            "mss_optim": best_v, "mss_coef": best_v / v, "mac_optim": best_v / best_tau,
            "mac_coef": best_v / best_tau * tau / v, "pmax_rel_optim": best_v**2 / best_tau / 4,
            "slope_optim": -1 / best_tau, "profile_imb": 100 * best_tau / tau, "time_optim": after,
            "time_gain": after - before,
        }  # fmt: skip

    def optimal_line(self, method: str | None = None) -> dict[str, Any]:
        """The columns of `optimal_FV`."""
        hold: sprint_optimum.Hold = "peak" if (method or self.given.get("method")) == "peak" else "line"
        best = [sprint_optimum.fastest_line(d, *self.ends, self.who, hold=hold) for d in self.metres]
        before = [sprint_optimum.line_of(*self.ends, d, self.who) for d in self.metres]
        found = {name: value for name, value in self._line(before).items() if not name.endswith("coef")}
        found |= {f"{n}_optim" if not n.endswith("coef") else n: value for n, value in self._line(best).items()}
        imbalance, gain = 100 * found["slope"] / found["slope_optim"], found["time_optim"] - found["time"]
        return found | self._body | {"profile_imb": imbalance, "time_gain": gain}

    @property
    def _body(self) -> dict[str, Any]:
        who, d = self.who, np.array(self.metres)
        return {"bodymass": who.body_mass_kg, "inertia": who.inertia_kg, "resistance": who.resistance_n, "distance": d}

    def _line(self, lines: list[sprint_optimum.Line]) -> dict[str, Any]:
        f0, v0 = (np.array([getattr(line, name) for line in lines]) for name in ("f0_n", "v0_mps"))
        kg, peaks = self.who.body_mass_kg, [
            sprint_optimum.peak_power_mark(line.vmax_mps, line.tau_s, self.who) for line in lines
        ]  # fmt: skip
        watt = np.array([peak[0] for peak in peaks])
        return {
            "f0": f0, "v0": v0, "f0_coef": f0 / self.ends[0], "v0_coef": v0 / self.ends[1], "pmax": f0 * v0 / 4,
            "pmax_rel": f0 * v0 / 4 / kg, "slope": -f0 / kg / v0, "time": np.array([line.time_s for line in lines]),
            "ppeak": watt, "ppeak_rel": watt / kg, "ppeak_dist": np.array([peak[1].distance_m for peak in peaks]),
            "ppeak_time": np.array([peak[1].time_s for peak in peaks]),
        }  # fmt: skip

    def probe_model(self) -> dict[str, Any]:
        """The columns of `probe_MSS_MAC`."""
        v, tau = self.model
        found = self._probe(lambda d, v, a0: kinematics.time_at_distance(d, v, v / a0), ("mss", "mac"), (v, v / tau))
        return found | {"pmax_rel": v * v / tau / 4, "slope": -1 / tau}

    def probe_line(self) -> dict[str, Any]:
        """The columns of `probe_FV`; its imbalance is V0 over F0, as that of V over a0."""

        def time(d: Any, v0: float, f0: float) -> Any:
            return np.array([sprint_optimum.line_of(f0, v0, one, self.who).time_s for one in d])

        (f0, v0), kg = self.ends, self.who.body_mass_kg
        pmax = f0 * v0 / 4
        found = self._probe(time, ("v0", "f0"), (v0, f0)) | self._body
        return found | {"pmax": pmax, "pmax_rel": pmax / kg, "slope": -f0 / kg / v0}

    def _probe(self, time: Callable[..., Any], names: tuple[str, str], ends: tuple[float, float]) -> dict[str, Any]:
        percent, d = self.given.get("perc", 2.5), np.array(self.metres)
        gains, now = sprint_optimum.gains_s(d, time, ends, percent / 100), time(d, *ends)
        found = {"distance": d, "time": now, "probe_perc": percent, "profile_imb": 100 * gains[0] / gains[1]}
        for name, end, gain in zip(names, ends, gains, strict=True):
            found |= {name: end, f"{name}_probe": end * (1 + percent / 100)}
            found |= {f"{name}_probe_time": now + gain, f"{name}_probe_time_gain": gain}
        return found

    def optimal_distance(self) -> dict[str, Any]:
        """`find_optimal_distance` for the line, and for the model."""
        hold: sprint_optimum.Hold = "peak" if self.given.get("method") == "peak" else "line"
        model = sprint_optimum.best_distance_m(*self.model)
        asked = named(str(self.given.get("optimal_func", "optimal_FV" if "F0" in self.given else "")))
        if "mss_mac" in asked or not (asked or "bodymass" in self.given):
            return dict.fromkeys(("optimal_distance", "optimal_distance_mss_mac"), model)
        line = sprint_optimum.best_line_distance_m(*self.ends, self.who, hold=hold)
        of_line = dict.fromkeys(("optimal_distance", "optimal_distance_fv", "optimal_distance_optimal_fv"), line)
        return of_line | dict.fromkeys(("optimal_distance_mss_mac", "optimal_distance_optimal_mss_mac"), model)

    def found(self, wanted: str) -> Any:
        """Our number for a full name, its table made once; None where there is none."""
        tables: dict[str, Callable[[], dict[str, Any]]] = {
            "optimal_mss_mac_": self.optimal_model, "optimal_fv_peak_": lambda: self.optimal_line("peak"),
            "optimal_fv_max_": lambda: self.optimal_line("max"), "optimal_fv_": self.optimal_line,
            "probe_mss_mac_": self.probe_model, "probe_fv_": self.probe_line,
        }  # fmt: skip
        tables |= {"optimal_distance": self.optimal_distance}
        before = next((known for known in tables if wanted.startswith(known)), "")
        if before not in self._made:
            self._made[before] = tables.get(before, self.marks)()
        name = wanted if before in ("", "optimal_distance") else wanted.removeprefix(before)
        return self._made[before].get(name)


def _alike(name: str) -> str:
    for theirs, ours in _OTHER_NAMES.items():
        name = re.sub(rf"(?<![a-z0-9]){theirs}(?![a-z0-9])", ours, name)
    return name


def _given_within(name: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Take the numbers out of a name: metres of a profile, else shares (0.9 or 90)."""
    words = name.split("_")
    bare, numbers = "_".join(w for w in words if not _NUMBER(w)), [w.rstrip("m") for w in words if _NUMBER(w)]
    if not numbers:
        return bare, dict(given)
    if bare.startswith(("optimal", "probe")):
        return bare, {**given, "distance": [float(n) for n in numbers]}
    pairs = re.findall(r"\b0 (\d+)|(\d+)", " ".join(numbers))
    shares = [float(f"0.{part}") if part else float(whole) / 100 for part, whole in pairs]
    return bare, {**given, "percent": shares[0] if len(shares) == 1 else shares}


def _ours(function: str, name: str, given: Mapping[str, Any], made: dict[str, Sprint]) -> tuple[str, Any] | None:
    """Our number for an output and the full name it has; None where it is not understood. `made` keeps what is made."""
    for full in (name, f"{function}_{name}", *([function] if name in OWN_NAMES else [])):
        wanted, having = _given_within(_alike(full), given)
        value = made.setdefault(str(having), Sprint(having)).found(wanted)
        if value is not None:
            return wanted, value
    return None


def _fair(wanted: str, fair: Mapping[str, float]) -> dict[str, float]:
    if not wanted.startswith(("optimal_", "probe_")) or "ppeak" in wanted or wanted.startswith("optimal_distance"):
        return {"rel": fair["find_rel"]}
    if re.search(r"time(_optim|_gain)?$", wanted):
        return {"abs_": fair["optimal_time_abs_s"]}
    return {"rel": fair["optimal_profile_imb_rel"]}


def _sprint(case: Mapping[str, Any]) -> list[Compared]:
    """Every output by its name; two numbers for a peak are its power and where it is."""
    fair, told = case["meta"]["tolerance"], flat(case["outputs"])
    function = "_".join(word for word in named(case["fn"]).split("_") if not _NUMBER(word))
    made: dict[str, Sprint] = {}
    ours = {name: _ours(function, name, case["inputs"], made) for name in told}
    unknown(told, [name for name, found in ours.items() if found])
    compared = []
    for name, (wanted, value) in ((n, found) for n, found in ours.items() if found):
        if re.fullmatch(r"peak_power_(time|distance)", wanted) and np.shape(told[name]) == (2,):
            both = [Sprint(case["inputs"]).marks()["peak_power"], value]
        else:
            both = value
        shaped = np.broadcast_to(np.squeeze(np.asarray(both)), np.shape(told[name]))
        compared.append(Compared(name, told[name], plain(shaped), **_fair(wanted, fair)))
    return compared


ADAPTERS: dict[tuple[str, str], Adapter] = {
    ("shorts_kinematics.json", pattern): _sprint for pattern in ("find*", "optimal*", "probe*")
}
