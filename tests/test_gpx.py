"""GPX: tracks, segments and extensions under any prefix; distances by hand; files without times."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, _gpx, identify, read, vendors
from analysis.importers._source import from_bytes

DEGREE = 111_195.08  # metres along a meridian, on a sphere of 6,371,008.8 m
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="{creator}" '
    'xmlns="http://www.topografix.com/GPX/1/1" xmlns:p="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
)
Make = Callable[..., Reading]


@pytest.fixture
def gpx(tmp_path: Path) -> Make:
    def make(text: str | bytes, context: Context | None = None) -> Reading:
        path = tmp_path / "activity.gpx"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read(path, context or Context(athlete="anna"))

    return make


def document(*inside: str, creator: str = "Garmin Connect") -> str:
    return HEAD.format(creator=creator) + "".join(inside) + "</gpx>"


def track(*segments: str, name: str = "Morning", kind: str | None = "running") -> str:
    told = f"<type>{kind}</type>" if kind is not None else ""
    return f"<trk><name>{name}</name>{told}{''.join(f'<trkseg>{part}</trkseg>' for part in segments)}</trk>"


def point(latitude: float, clock: str | None, inside: str = "", longitude: float = 9.0) -> str:
    at = f"<time>2026-03-01T{clock}</time>" if clock else ""
    return f'<trkpt lat="{latitude}" lon="{longitude}"><ele>100</ele>{at}{inside}</trkpt>'


def beats(rate: int, cadence: int, prefix: str = "p:") -> str:
    inner = f"<{prefix}hr>{rate}</{prefix}hr><{prefix}cad>{cadence}</{prefix}cad>"
    return f"<extensions><{prefix}TrackPointExtension>{inner}</{prefix}TrackPointExtension></extensions>"


def run() -> str:
    first = point(45.0, "06:30:00Z", beats(140, 84)) + point(45.001, "06:35:00Z", beats(150, 86))
    second = point(45.003, "06:40:00Z", beats(160, 85)) + point(45.004, "06:44:00Z", beats(150, 85))
    return document("<metadata><time>2020-01-01T00:00:00Z</time></metadata>", track(first, second))


def counts(reading: Reading) -> tuple[int, int, int, int, int]:
    return (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)


def samples(reading: Reading, row: int = 0) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(reading.tables["streams"]["packed"][row]))


def test_a_run_with_a_pause(gpx: Make) -> None:
    reading = gpx(run())
    assert counts(reading) == (5, 1, 4, 0, 0)
    one = reading.tables["sessions"].row(0, named=True)
    assert (str(one["start_utc"]), one["zone_basis"], one["kind"]) == ("2026-03-01 06:30:00", "utc", "run")
    assert (one["title"], one["device"], one["duration_s"]) == ("Morning", "Garmin Connect", 540)
    of_run = reading.tables["runs"].row(0, named=True)
    assert of_run["distance_m"] == pytest.approx(0.002 * DEGREE, rel=1e-5)  # not the 222 m of the pause
    assert (of_run["elapsed_s"], of_run["timer_s"], of_run["average_hr_bpm"]) == (840, 540, 150)
    assert reading.decisions["distance"] == "haversine between the points of a segment"


def test_the_stream(gpx: Make) -> None:
    stream = samples(gpx(run()))
    assert stream["t_s"].to_list() == [0, 300, 600, 840]
    assert stream.row(1) == (300, 45.001, 9.0, 100, None, None, 150, 172, None)


def test_only_this_importer_claims_it_and_a_second_reading_has_the_same_ids(gpx: Make, tmp_path: Path) -> None:
    first, second = gpx(run()), gpx(run().replace("Morning", "Evening"))
    assert identify(tmp_path / "activity.gpx") == "gpx"
    head = from_bytes("a.csv", run().encode()).head
    assert [name for name, vendor in vendors().items() if vendor.matches(head)] == ["gpx"]
    assert first.tables["sessions"]["session_id"].to_list() == second.tables["sessions"]["session_id"].to_list()


@pytest.mark.parametrize(
    "inside",
    [
        beats(151, 83, "ns3:"),
        "<extensions><d:hr>151</d:hr><d:cadence>83</d:cadence></extensions>",
        "<extensions><heartrate>151</heartrate><cadence>83</cadence></extensions>",
        "<extensions><q:TrackPointExtension><q:hr>151</q:hr><q:cad>83</q:cad></q:TrackPointExtension></extensions>",
    ],
)
def test_extensions_of_any_name(gpx: Make, inside: str) -> None:
    names = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in ("ns3", "d", "q"))
    text = document(track(point(45, "06:30:00Z", inside))).replace("<gpx ", f"<gpx{names} ")
    assert samples(gpx(text)).select("heart_rate_bpm", "cadence_spm").row(0) == (151, 166)


def test_speed_and_power_of_the_extensions(gpx: Make) -> None:
    speed = "<p:TrackPointExtension><p:speed>3.1</p:speed></p:TrackPointExtension>"
    text = document(track(point(45, "06:30:00Z", f"<extensions><power>240</power>{speed}</extensions>")))
    assert samples(gpx(text)).select("speed_m_s", "power_w").row(0) == (3.1, 240)


def test_several_tracks_waypoints_and_routes(gpx: Make) -> None:
    place = '<wpt lat="1" lon="2"><name>a</name></wpt>'
    route = '<rte><rtept lat="1" lon="2"/></rte>'
    second = track(point(46, "18:30:00Z"), kind="hiking")
    reading = gpx(document(place, route, track(point(45, "06:30:00Z")), second))
    assert counts(reading) == (7, 2, 2, 3, 0)
    assert reading.tables["sessions"]["kind"].to_list() == ["run", "other"]
    assert max(reading.ignored["reason"]) == "waypoint: a place, nothing done"
    assert reading.ignored["raw"][0] == "wpt lat=1 lon=2 a"


@pytest.mark.parametrize(
    ("kind", "name", "creator", "expected"),
    [
        ("9", "x", "StravaGPX", "run"),
        ("1", "x", "StravaGPX Android", "other"),
        ("9", "x", "somebody", "other"),
        ("trail_running", "x", "Garmin Connect", "run"),
        (None, "Morning Run", "Runkeeper", "run"),
        (None, "To the lake", "Runkeeper", "other"),
    ],
)
def test_what_says_that_it_is_a_run(gpx: Make, kind: str | None, name: str, creator: str, expected: str) -> None:
    reading = gpx(document(track(point(45, "06:30:00Z"), name=name, kind=kind), creator=creator))
    assert reading.tables["sessions"]["kind"].item() == expected
    assert any("sport" in notice for notice in reading.notices) == (kind is None)


def test_offsets_and_zones(gpx: Make) -> None:
    text = document(track(point(45, "00:30:00+03:00")))
    told = gpx(text).tables["sessions"].select("date", "zone", "zone_basis").row(0)
    assert tuple(map(str, told)) == ("2026-03-01", "+03:00", "offset")
    late = document(track(point(45, "23:30:00Z")))
    assert str(gpx(late, Context("anna", tz="Europe/Rome")).tables["sessions"]["date"].item()) == "2026-03-02"


def test_a_point_without_time_stays_and_a_track_without_times_is_rejected(gpx: Make) -> None:
    timed = track(point(45, "06:30:00Z") + point(45.001, None) + point(45.002, "06:31:00Z"))
    reading = gpx(document(timed, track(point(46, None), name="drawn")))
    assert counts(reading) == (6, 1, 4, 0, 1)
    assert samples(reading)["t_s"].to_list() == [0, None, 60]
    assert "date is missing" in reading.rejected["reason"].item()
    assert reading.rejected["raw"].item().startswith("trk drawn")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (document(track(point(45, None) + point(46, None))), "has no times"),
        (document('<rte><rtept lat="1" lon="2"/></rte>'), "without a recorded track"),
        (document(), "without a recorded track"),
        (run()[:-40], "not whole XML"),
        (run().replace("<gpx", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><gpx', 1), "declares entities"),
    ],
)
def test_what_cannot_be_read_is_one_line(gpx: Make, text: str, said: str) -> None:
    with pytest.raises(ImportProblem, match=said) as problem:
        gpx(text)
    assert "\n" not in str(problem.value)


def test_the_function_for_members_of_archives() -> None:
    found = _gpx.activity("activities/1.gpx", run().encode(), Context())
    assert (found.sessions["sport"].item(), found.samples.height) == ("running", 4)


def test_haversine_agrees_with_a_place_known_by_hand() -> None:
    assert _gpx.haversine(0, 0, 90, 0) == pytest.approx(10_007_557, rel=1e-6)  # a quarter of the way around
    assert _gpx.haversine(45, 9, 45, 9) == 0
    assert _gpx.haversine(0, 179.5, 0, -179.5) == pytest.approx(DEGREE, rel=1e-6)


def test_no_damage_raises_anything_but_an_import_problem(gpx: Make) -> None:
    made = random.Random(4)  # noqa: S311 - damage, not secrets
    data, read_anyway = run().encode(), 0
    for _ in range(120):
        changed = bytearray(data)
        for _ in range(made.choice([1, 2, 6])):
            changed[made.randrange(len(HEAD), len(changed))] = made.choice(b'0199.,-:TZ<>/ xe"')
        try:
            gpx(bytes(changed))
        except ImportProblem:
            continue
        read_anyway += 1
    assert 0 < read_anyway < 120
