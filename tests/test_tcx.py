"""TCX: laps of several tracks, extensions under any prefix, offsets, and files that hold no activity."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, _tcx, identify, read, vendors
from analysis.importers._source import from_bytes

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase '
    'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
    'xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
)
Make = Callable[..., Reading]


@pytest.fixture
def tcx(tmp_path: Path) -> Make:
    def make(text: str | bytes, context: Context | None = None) -> Reading:
        path = tmp_path / "activity.tcx"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read(path, context or Context(athlete="anna"))

    return make


def document(*activities: str) -> str:
    return f"{HEAD}<Activities>{''.join(activities)}</Activities></TrainingCenterDatabase>"


def activity(*laps: str, sport: str = "Running", identity: str = "2026-03-01T06:30:00.000Z", more: str = "") -> str:
    return f'<Activity Sport="{sport}"><Id>{identity}</Id>{"".join(laps)}{more}</Activity>'


def lap(start: str, seconds: float, metres: float, *tracks: str, extra: str = "", after: str = "") -> str:
    points = "".join(f"<Track>{track}</Track>" for track in tracks)
    return (
        f'<Lap StartTime="{start}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters><Calories>90</Calories>{extra}{points}{after}</Lap>"
    )


def point(clock: str, inside: str = "<HeartRateBpm><Value>150</Value></HeartRateBpm>") -> str:
    return f"<Trackpoint><Time>2026-03-01T{clock}Z</Time>{inside}</Trackpoint>"


def run() -> str:
    full = (
        "<Position><LatitudeDegrees>45.5</LatitudeDegrees><LongitudeDegrees>9.25</LongitudeDegrees></Position>"
        "<AltitudeMeters>120.5</AltitudeMeters><DistanceMeters>3.5</DistanceMeters>"
        "<HeartRateBpm><Value>140</Value></HeartRateBpm><Extensions><x:TPX><x:Speed>3.25</x:Speed>"
        "<x:RunCadence>86</x:RunCadence><x:Watts>251</x:Watts></x:TPX></Extensions>"
    )
    first = lap(
        "2026-03-01T06:30:00.000Z", 300, 1000, point("06:30:00", full) + point("06:30:01"), point("06:31:30"),
        extra="<MaximumSpeed>4.5</MaximumSpeed><AverageHeartRateBpm><Value>140</Value></AverageHeartRateBpm>"
        "<MaximumHeartRateBpm><Value>160</Value></MaximumHeartRateBpm><Intensity>Active</Intensity>",
        after="<Extensions><x:LX><x:AvgRunCadence>85</x:AvgRunCadence><x:AvgWatts>240</x:AvgWatts></x:LX></Extensions>",
    )  # fmt: skip
    second = lap(
        "2026-03-01T06:36:00.000Z", 100, 200, point("06:36:00") + point("06:37:40", ""),
        extra="<AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm><Intensity>Resting</Intensity>",
        after="<Extensions><x:LX><x:AvgRunCadence>81</x:AvgRunCadence></x:LX></Extensions>",
    )  # fmt: skip
    return document(activity(first, second, more="<Notes>easy</Notes><Creator><Name>Forerunner</Name></Creator>"))


def counts(reading: Reading) -> tuple[int, int, int, int, int]:
    return (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)


def samples(reading: Reading, row: int = 0) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(reading.tables["streams"]["packed"][row]))


def test_a_run_with_two_laps(tcx: Make) -> None:
    reading = tcx(run())
    assert counts(reading) == (8, 3, 4, 1, 0)
    assert reading.ignored.select("source_row", "reason").row(0) == (8, "trackpoint with nothing in it")
    one = reading.tables["sessions"].row(0, named=True)
    assert (str(one["date"]), one["kind"], one["sport"], one["notes"]) == ("2026-03-01", "run", "Running", "easy")
    assert (one["zone_basis"], str(one["start_utc"]), one["device"]) == ("utc", "2026-03-01 06:30:00", "Forerunner")
    of_run = reading.tables["runs"].row(0, named=True)
    assert (of_run["distance_m"], of_run["timer_s"], of_run["elapsed_s"]) == (1200, 400, 400)
    assert (of_run["average_hr_bpm"], of_run["max_hr_bpm"], of_run["max_speed_m_s"]) == (135, 160, 4.5)
    assert (of_run["cadence_spm"], of_run["power_w"]) == (168, 240)
    laps = reading.tables["splits"].select("start_s", "duration_s", "distance_m", "intensity", "cadence_spm", "power_w")
    assert laps.rows() == [(0, 300, 1000, "active", 170, 240), (360, 100, 200, "rest", 162, None)]


def test_the_stream_of_all_tracks(tcx: Make) -> None:
    stream = samples(tcx(run()))
    assert stream["t_s"].to_list() == [0, 1, 90, 360]
    assert stream.row(0) == (0, 45.5, 9.25, 120.5, 3.5, 3.25, 140, 172, 251)
    assert stream.row(1) == (1, None, None, None, None, None, 150, None, None)


def test_only_this_importer_claims_it_and_a_second_reading_has_the_same_ids(tcx: Make, tmp_path: Path) -> None:
    first, second = tcx(run()), tcx(run())
    assert identify(tmp_path / "activity.tcx") == "tcx"
    head = from_bytes("a.csv", run().encode()).head
    assert [name for name, vendor in vendors().items() if vendor.matches(head)] == ["tcx"]
    assert first.tables["splits"]["split_id"].to_list() == second.tables["splits"]["split_id"].to_list()
    assert first.tables["splits"]["split_id"].is_unique().all()


@pytest.mark.parametrize("before", ["          ", "\n\n", "\ufeff", "\ufeff  \n"])
def test_blanks_and_marks_before_the_declaration(tcx: Make, before: str) -> None:
    assert tcx(before + run()).n_loaded == 3


def test_a_prefix_on_every_element(tcx: Make) -> None:
    text = run().replace("<x:", "<y:").replace("</x:", "</y:").replace("xmlns:x", "xmlns:y")
    for name in ("TrainingCenterDatabase", "Activities", "Activity", "Lap", "Trackpoint"):
        text = text.replace(f"<{name}>", f"<g:{name}>").replace(f"<{name} ", f"<g:{name} ")
        text = text.replace(f"</{name}>", f"</g:{name}>")
    text = text.replace("<g:TrainingCenterDatabase ", '<g:TrainingCenterDatabase xmlns:g="urn:g" ')
    assert counts(tcx(text)) == (8, 3, 4, 1, 0)


def test_an_offset_beside_the_instants_decides_the_day(tcx: Make) -> None:
    one = activity(lap("2026-02-28T23:30:00.000-08:00", 60, 200), identity="2026-02-28T23:30:00.000-08:00")
    reading = tcx(document(one), Context("anna", tz="Europe/Rome"))
    told = reading.tables["sessions"].select("date", "zone", "zone_basis", "start_utc").row(0)
    assert tuple(map(str, told)) == ("2026-02-28", "-08:00", "offset", "2026-03-01 07:30:00")


def test_the_zone_of_the_option_decides_else(tcx: Make) -> None:
    late = document(activity(lap("2026-03-01T23:30:00Z", 60, 200)))
    assert str(tcx(late, Context("anna", tz="Europe/Rome")).tables["sessions"]["date"].item()) == "2026-03-02"
    assert "--tz" in tcx(late).notices[0]


def test_several_activities_and_other_sports(tcx: Make) -> None:
    ride = activity(
        lap("2026-03-01T07:30:00Z", 60, 500, point("07:30:00", "<Cadence>90</Cadence>")),
        sport="Biking", identity="2026-03-01T07:30:00Z",
    )  # fmt: skip
    bare = '<Activity Sport="Other"><Id>2026-03-01T09:00:00Z</Id></Activity>'
    reading = tcx(document(activity(lap("2026-03-01T06:30:00Z", 60, 200)), ride, bare))
    assert counts(reading) == (6, 5, 1, 0, 0)
    assert reading.tables["sessions"]["kind"].to_list() == ["run", "other", "other"]
    assert reading.tables["runs"].height == 1
    assert samples(reading)["cadence_spm"].to_list() == [None]


def test_a_cadence_of_both_feet_is_not_doubled(tcx: Make) -> None:
    points = point("06:30:00", "<Cadence>168</Cadence>")
    after = "<Extensions><x:LX><x:AvgRunCadence>166</x:AvgRunCadence></x:LX></Extensions>"
    reading = tcx(document(activity(lap("2026-03-01T06:30:00Z", 60, 200, points, after=after))))
    assert reading.tables["runs"]["cadence_spm"].item() == 166
    assert samples(reading)["cadence_spm"].item() == 168


def test_decimal_commas_and_words_where_numbers_should_be(tcx: Make) -> None:
    high = point("06:30:00", "<AltitudeMeters>1,5</AltitudeMeters>")
    text = document(activity(lap("2026-03-01T06:30:00Z", 60, 200, high)))
    reading = tcx(text.replace("<DistanceMeters>200<", "<DistanceMeters>NaN<"))
    assert samples(reading)["altitude_m"].item() == 1.5
    assert reading.tables["runs"]["distance_m"].item() is None


def test_a_lap_that_cannot_be_is_rejected_with_its_text(tcx: Make) -> None:
    laps = (lap("2026-03-01T06:30:00Z", -5, 200), lap("2026-03-01T06:40:00Z", 60, 200))
    reading = tcx(document(activity(*laps)))
    assert counts(reading) == (3, 2, 0, 0, 1)
    assert "duration_s -5.0" in reading.rejected["reason"].item()
    assert reading.rejected["raw"].item() == "Lap StartTime=2026-03-01T06:30:00Z -5 200 90"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "<Courses><Course><Name>a</Name></Course></Courses></TrainingCenterDatabase>", "it holds Courses"),
        (HEAD + "<Workouts/></TrainingCenterDatabase>", "it holds Workouts"),
        (HEAD + "</TrainingCenterDatabase>", "it holds nothing"),
        (run()[:-300], "not whole XML"),
        (run().replace("<Id>", "<Id>&bomb;"), "not whole XML"),
        (run().replace("<Training", '<!DOCTYPE a [<!ENTITY b "c">]><Training', 1), "declares entities"),
        (document(activity(lap("soon", 60, 200), identity="unknown")), "date is missing"),
        (document(activity(lap("0001-01-01T00:00:00Z", 60, 200))), "date is missing"),
        (document(activity(lap("9999-12-31T23:59:59Z", 60, 200))), "date is missing"),
    ],
)
def test_what_cannot_be_read_is_one_line(tcx: Make, text: str, said: str) -> None:
    with pytest.raises(ImportProblem, match=said) as problem:
        tcx(text, Context("anna", tz="America/New_York"))
    assert "\n" not in str(problem.value)


def test_too_many_rows(tcx: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIDELIFT_MAX_ROWS", "5")
    with pytest.raises(ImportProblem, match="STRIDELIFT_MAX_ROWS"):
        tcx(run())


def test_the_function_for_members_of_archives() -> None:
    found = _tcx.activity("activities/1.tcx", run().encode(), Context())
    assert (found.sessions["sport"].item(), found.splits.height, found.samples.height) == ("Running", 2, 4)
    with pytest.raises(ImportProblem, match="the file of an activity"):
        _tcx.activity("a.tcx", b"<gpx/>", Context())


def test_no_damage_raises_anything_but_an_import_problem(tcx: Make) -> None:
    made = random.Random(3)  # noqa: S311 - damage, not secrets
    data, read_anyway = run().encode(), 0
    for _ in range(120):
        changed = bytearray(data)
        for _ in range(made.choice([1, 2, 6])):
            changed[made.randrange(len(HEAD), len(changed))] = made.choice(b"0199.,-:TZ<>/ xe")
        try:
            tcx(bytes(changed))
        except ImportProblem:
            continue
        read_anyway += 1
    assert 0 < read_anyway < 120
