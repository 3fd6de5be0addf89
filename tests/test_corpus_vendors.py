"""Every real file: claimed by the right vendor, all rows accounted for, or refused in one line with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, identify, read
from analysis.tables import FACTS
from test_corpus import CORPUS

# folder -> vendor; None where the layout is the user's own
VENDOR_OF = {
    "apple_health": "apple_health", "coach_sheet": None, "fit": "fit", "fit_synthetic": "fit", "freelap": "freelap",
    "gymaware": "gymaware", "hawkin": "hawkin", "hevy": "hevy", "hevy_localized": "hevy", "openbarbell": "openbarbell",
    "overlap": "strong", "runtracker_sheet": None, "sprint": None, "strava": "strava", "strava_text": None,
    "strong": "strong", "stronglifts": "stronglifts", "vitruve": "vitruve",
}  # fmt: skip
DAMAGED = ("strava-android-app-201.10",)  # its CR LF pairs were lost on the way into a repository
FILES = sorted(file for folder in VENDOR_OF for file in (CORPUS / folder).glob("*.*"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"no real exports in {CORPUS}, see STRIDELIFT_CORPUS")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem[:40]}")
def test_a_real_file_is_claimed_and_counted_or_refused_with_a_way_out(path: Path) -> None:
    vendor = VENDOR_OF[path.parent.name]
    if vendor is None:
        with pytest.raises(ImportProblem, match="stridelift map --draft") as said:
            identify(path)
        assert "\n" not in str(said.value)
        return
    assert identify(path) == vendor
    if any(name in path.name for name in DAMAGED):
        with pytest.raises(ImportProblem, match="is damaged at byte"):
            read(path, Context(athlete="A"))
        return
    reading = read(path, Context(athlete="A", unit="kg" if vendor == "strong" else None))
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
    assert reading.n_loaded > 0
    assert reading.n_rejected <= max(1, 0.01 * reading.n_read)
    for name, frame in reading.tables.items():
        FACTS[name][0].validate(frame)
        assert frame[FACTS[name][1]].is_unique().all()
