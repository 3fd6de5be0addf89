"""Names to exercises (methods A1, A5): identity is never guessed, and the tables are sound."""

from __future__ import annotations

import csv
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import exercises
from analysis.exercises import annotate, catalogue, chain, fold, lookup
from analysis.exercises._fold import read_rows, word_bag
from analysis.exercises._tables import Exercise, ambiguous, bags, rules, spellings
from analysis.exercises._tables import exercises as by_slug

CORPUS = Path(os.environ.get("STRIDELIFT_CORPUS", Path(__file__).parents[1].parent / "shared" / "logs"))
SPELLINGS = st.sampled_from(sorted(row["name"] for row in read_rows("aliases.csv")))
A1 = [
    ("Bulgarian split squat", "lunge", True, "compound"),
    ("single-leg RDL", "hinge", True, "compound"),
    ("goblet squat", "squat", False, "compound"),
    ("step-up", "step", True, "compound"),
    ("side bridge", "core_anti", True, "accessory"),
    ("glute bridge", "hip_bridge", False, "accessory"),
    ("lateral bound", "plyo", True, "plyo"),
    ("calf raise", "calf_ankle", False, "accessory"),
]


# the table of methods A1: pattern, classes, laterality (uni, bi, or None where the row allows both), names
BOTH_CLASSES = "compound accessory"
TABLE = [
    ("hinge", "compound", False, "Romanian deadlift (RDL), deadlift, good morning, kettlebell swing"),
    ("hinge", "compound", False, "hip-hinge drill, KB deadlift, RDL, barbell RDL"),
    ("hinge", "compound", True, "single-leg RDL, supported single-leg RDL, bodyweight single-leg RDL"),
    ("hinge", "compound", True, "single-leg RDL loaded contralateral, single-leg RDL loaded ipsilateral"),
    ("squat", "compound", False, "squat, goblet, goblet squat, front squat, back squat, split-stance squat"),
    ("squat", "compound", False, "box squat, pause squat, tempo squat"),
    ("squat", "compound", True, "single-leg squat"),
    ("lunge", "compound", True, "lunge, split squat, reverse lunge, forward lunge, walking lunge, Bulgarian"),
    ("lunge", "compound", True, "Bulgarian split squat, rear-foot-elevated, rear-foot-elevated split squat"),
    ("lunge", "compound", True, "RFE split squat, RFE split squat (dumbbell), RFESS"),
    ("step", "compound", True, "step-up, step-down, hurdle step, low box step-up, higher box step-up"),
    ("step", "compound", True, "loaded step-up, explosive step-up"),
    ("pull", "compound", False, "row, rows, pull-up, pulldown, face pull, band row, inverted row"),
    ("pull", "compound", True, "DB row, single-arm row"),
    ("hip_bridge", BOTH_CLASSES, False, "glute bridge, hip thrust"),
    ("hip_bridge", BOTH_CLASSES, True, "single-leg glute bridge, single-leg hip thrust"),
    ("hip_bridge", BOTH_CLASSES, None, "marching bridge"),
    ("core_anti", "accessory", False, "plank, dead bug, shorter-lever plank, longer-lever plank, loaded plank"),
    ("core_anti", "accessory", True, "side bridge"),
    ("core_anti", "accessory", None, "Pallof press, perturbed plank"),
    ("calf_ankle", "accessory", False, "calf raise, soleus raise, isometric hold, bilateral calf raise"),
    ("calf_ankle", "accessory", True, "unilateral calf raise, single-leg calf raise"),
    ("calf_ankle", "accessory", None, "loaded calf raise"),
    ("balance", "balance", True, "single-leg stance, balance pad, single-leg reach, single-leg stance with eyes open"),
    ("balance", "balance", True, "single-leg stance on pad, single-leg stance eyes closed"),
    ("balance", "balance", True, "single-leg stance with perturbation"),
    ("plyo", "plyo", False, "pogo, CMJ, box jump, drop jump, depth jump, landing drill, hurdle hop"),
    ("plyo", "plyo", True, "hop, bound, lateral bounds, single-leg hop"),
    ("push", "accessory", False, "push-up, press, incline push-up, floor push-up, loaded push-up"),
    ("mobility", "prep", None, "warm-up, mobility"),
]


@pytest.mark.parametrize(("pattern", "classes", "unilateral", "names"), TABLE)
def test_every_name_of_the_handbooks_table(pattern: str, classes: str, unilateral: bool | None, names: str) -> None:
    for found in map(lookup, names.split(", ")):
        assert (found.status, found.pattern) == ("ok", pattern), found.name
        assert found.exercise_class in classes.split(), found.name
        assert unilateral in (None, found.unilateral), found.name


def test_loaded_and_unloaded_hip_thrusts_differ_in_class() -> None:
    assert [lookup(name).exercise_class for name in ("hip thrust", "hip thrust (bodyweight)")] == BOTH_CLASSES.split()


def test_a_tempo_squat_is_not_the_series_of_a_pause_squat() -> None:
    assert lookup("tempo squat").exercise != lookup("pause squat").exercise


def test_a_plain_row_or_press_joins_no_other_series_and_rowing_stays_ambiguous() -> None:
    assert [lookup(name).exercise for name in ("Rows", "press")] == ["row", "press"]
    assert lookup("rowing").reason == "EXERCISE_AMBIGUOUS"


@pytest.mark.parametrize(("name", "pattern", "unilateral", "exercise_class"), A1)
def test_handbook_examples(name: str, pattern: str, unilateral: bool, exercise_class: str) -> None:
    found = lookup(name)
    assert (found.status, found.reason) == ("ok", None)
    assert (found.pattern, found.unilateral, found.exercise_class) == (pattern, unilateral, exercise_class)


def test_a_name_of_two_exercises_is_refused_with_its_candidates() -> None:
    found = lookup("bridge")
    assert (found.status, found.reason, found.exercise) == ("refused", "EXERCISE_AMBIGUOUS", None)
    assert found.candidates == ("glute_bridge", "side_plank")


def test_an_unknown_name_stays_unmapped() -> None:
    found = lookup("zottman thing")
    assert (found.status, found.exercise, found.pattern) == ("caution", None, "unmapped")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("BB Bench Press", "bench_press"),
        ("1-arm DB row", "dumbbell_row"),
        ("Split Squat - Right", "split_squat"),
        ("Knee Raise (Captain's Chair)", "knee_raise_parallel_bars"),
        ("RDL (Romanian Deadlift)", "romanian_deadlift"),
        ("Bankdrücken (Langhantel)", "bench_press"),
        ("Trizeps-Pushdown mit Seil (Kabelzug)", "triceps_rope_pushdown"),
        ("달리기 (실외)", "running"),
        ("줄넘기", "jump_rope"),
        ("Soulevé de terre (Barre)", "deadlift"),
        ("Calf Press on Seated Leg Press", "calf_press_machine"),
        ("Warm Up", "warm_up"),
    ],
)
def test_spellings_of_apps_and_languages(name: str, slug: str) -> None:
    assert lookup(name).exercise == slug


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Leg Press Calf Press Technogym", "calf_ankle"),
        ("Straight Bar Cable Thing", None),
        ("Heavy Kickback 2", "isolation"),
        ("Weird Curl Up Variation", "core_other"),
        ("Reverse Nordic Lean", "isolation"),
        ("Blue Lateral Raise Machine", "isolation"),
        ("Bent-over Something Row", "pull"),
        ("Lower Back", None),
    ],
)
def test_a_rule_only_proposes(name: str, pattern: str | None) -> None:
    found = lookup(name)
    assert (found.exercise, found.pattern, found.proposed_pattern) == (None, "unmapped", pattern)


def test_equipment_variants_are_never_merged() -> None:
    names = ["Bench Press (Barbell)", "Bench Press (Dumbbell)", "Bench Press (Cable)", "Pull Up", "Pull Up (Band)"]
    assert len({lookup(name).exercise for name in names}) == len(names)


def test_a_user_alias_wins_over_the_ambiguous_word_and_over_the_builtin() -> None:
    mine = {"Bridge": "glute bridge", "leg press keller": "leg_press", "SQUAT": "goblet squat"}
    assert lookup("bridge", mine).exercise == "glute_bridge"
    assert lookup("Leg Press (Keller)", mine).decided_by == "user"
    assert lookup("Squat", mine).exercise == "goblet_squat"


def test_a_user_alias_to_nothing_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="goblet_squat"):
        lookup("anything", {"x": "goblin squat"})


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(SPELLINGS, st.booleans(), st.sampled_from([" ", "-", "  ", "–", " - ", ", "]))
def test_case_and_hyphens_do_not_matter(name: str, upper: bool, space: str) -> None:
    variant = (name.upper() if upper else name.lower()).replace(" ", space)
    assert lookup(variant) == lookup(name)


@given(SPELLINGS, st.randoms())
def test_word_order_does_not_matter(name: str, random: object) -> None:
    words = fold(name).split()
    random.shuffle(words)  # type: ignore[attr-defined]
    shuffled = lookup(" ".join(words)).exercise
    # Turning the words round may undo a two-word synonym ("up pull"): then unmapped, but never another exercise.
    assert shuffled in (None, lookup(name).exercise)


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert lookup(text).status in ("ok", "caution", "refused")


def test_no_spelling_has_two_meanings() -> None:
    meanings: dict[str, set[str]] = {}
    for row in read_rows("aliases.csv"):
        meanings.setdefault(fold(row["name"]), set()).add(row["exercise"])
        assert row["exercise"] in by_slug()
    for one in by_slug().values():
        meanings.setdefault(fold(one.name), set()).add(one.exercise)
    assert [name for name, slugs in meanings.items() if len(slugs) > 1] == []


def test_no_two_exercises_share_a_word_bag() -> None:
    clashes = [spelling for spelling, slug in spellings().items() if bags()[word_bag(spelling)] != slug]
    assert clashes == []
    assert not set(bags()) & set(ambiguous())


def test_ambiguous_candidates_exist() -> None:
    assert all(set(slugs) <= set(by_slug()) and len(slugs) > 1 for slugs in ambiguous().values())


EQUIPMENT = {"barbell", "dumbbell", "kettlebell", "machine", "cable", "bodyweight", "band", "plate", "other"}
NO_SYSTEM_LOAD = ("hip_bridge", "core_anti", "calf_ankle", "balance", "plyo", "mobility")  # methods A1: "none"


def _faults(one: Exercise) -> list[str]:
    plyo = one.pattern == "plyo"
    checks = {
        "slug": re.fullmatch(r"[a-z0-9_]+", one.exercise) is not None,
        "pattern": one.pattern in exercises.PATTERNS,
        "class": one.exercise_class in exercises.CLASSES,
        "load_kind": one.load_kind in ("external", "optional", "bodyweight", "assisted"),
        "tags": set(one.tags) <= {"isometric", "ballistic", "bodyweight"},
        "equipment": one.equipment in EQUIPMENT,
        "implements": one.implements == 1 or one.equipment in ("dumbbell", "kettlebell"),
        "f_bw": one.f_bw is None or (0 <= one.f_bw <= 1 and one.pattern not in NO_SYSTEM_LOAD),
        "contacts": plyo == (one.contacts_per_rep is not None),
        "tier": one.contact_tier in (("low", "medium", "high") if plyo else (None,)),
        "laterality": one.unilateral or one.pattern not in ("lunge", "step", "balance"),
    }
    return [f"{one.exercise}: {what}" for what, fine in checks.items() if not fine]


def test_each_row_of_the_catalogue_is_legal() -> None:
    assert [fault for one in by_slug().values() for fault in _faults(one)] == []


def test_two_dumbbells_in_a_lunge_and_one_in_a_goblet_squat() -> None:
    held = {
        slug: by_slug()[slug].implements
        for slug in ("reverse_lunge_dumbbell", "goblet_squat", "dumbbell_row", "farmers_walk")
    }
    assert held == {"reverse_lunge_dumbbell": 2, "goblet_squat": 1, "dumbbell_row": 1, "farmers_walk": 2}


def test_slugs_are_unique_and_laterality_is_one_of_two_words() -> None:
    rows = read_rows("catalogue.csv")
    assert len({row["exercise"] for row in rows}) == len(rows)
    assert {row["laterality"] for row in rows} == {"bilateral", "unilateral"}


def test_body_mass_shares_of_the_handbook() -> None:
    shares = {"squat": 0.878, "single-leg RDL": 0.939, "reverse lunge": 0.878, "step-up": 0.939, "pull-up": 1.0}
    shares |= {"push-up": 0.64, "deadlift": 0.0, "row (cable)": 0.0}
    assert {name: lookup(name).f_bw for name in shares} == shares
    assert lookup("plank").f_bw is lookup("leg press").f_bw is None


def test_rules_are_fast_on_hostile_names() -> None:
    patterns = {pattern for _, pattern in rules()}
    assert patterns <= set(exercises.PATTERNS)
    start = time.perf_counter()
    for text in ("curl " * 4000, "a" * 20_000, " " * 20_000, "lateral " * 3000):
        for regex, _ in rules():
            regex.search(text)
    assert time.perf_counter() - start < 2


def test_annotate_gives_one_row_per_distinct_name() -> None:
    frame = annotate(["Pull Up (Assisted)", "Pogo", "bridge", "Pogo", "Kettlebell Swing", "Plank"])
    assert frame["exercise_raw"].to_list() == ["Pull Up (Assisted)", "Pogo", "bridge", "Kettlebell Swing", "Plank"]
    assert frame["load_kind"].to_list() == ["assisted", "bodyweight", None, "external", "bodyweight"]
    assert frame["explosive"].to_list() == [False, True, None, True, False]
    assert frame["isometric"].to_list() == [False, False, None, False, True]
    assert frame.row(2, named=True)["pattern"] == "unmapped"
    assert annotate([]).columns == frame.columns
    assert annotate([]).schema == frame.schema


def test_chains_are_gapless_and_walkable() -> None:
    for pattern in exercises.PATTERNS:
        links = catalogue().filter(pattern=pattern)["chain_index"].drop_nulls().sort().to_list()
        assert links == list(range(len(links))), pattern
    for slug in chain.of_pattern("squat")[1:]:
        easier = chain.regress(slug).regress
        assert easier is not None
        assert chain.progress(easier).progress == slug


def test_chain_examples_of_the_handbook() -> None:
    squats = ["box squat", "goblet squat", "front squat", "pause squat", "single-leg squat"]
    inner, first = chain.step("goblet squat", squats), chain.step("box squat", squats)
    assert (inner.status, inner.regress, inner.progress) == ("ok", "box squat", "front squat")
    assert (first.status, first.regress, first.progress) == ("caution", "box squat", "goblet squat")
    assert chain.step("leg press", squats).status == "refused"
    assert chain.progress("single-leg squat").status == "caution"
    assert chain.regress("single-leg squat").status == "ok"


def test_neighbours_in_the_catalogue_by_name() -> None:
    found = chain.in_catalogue("Goblet Squat (Kettlebell)", "squat")
    assert (found.status, found.regress, found.progress) == ("ok", "box squat", "front squat")
    assert chain.in_catalogue("goblet squat", "lunge").reason == "BAD_INPUT"
    assert chain.in_catalogue("zottman thing").reason == "EXERCISE_UNMAPPED"


@pytest.mark.skipif(not (CORPUS / "strong").is_dir(), reason="the real exports are not beside the checkout")
@pytest.mark.parametrize("vendor", ["strong", "hevy", "hevy_localized", "overlap"])
def test_real_exports_are_mapped(vendor: str) -> None:
    sets: Counter[str] = Counter()
    for path in (CORPUS / vendor).glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            delimiter = ";" if ";" in lines.readline().split(",")[0] else ","
            lines.seek(0)
            for row in csv.DictReader(lines, delimiter=delimiter):
                sets[row.get("Exercise Name") or row.get("exercise_title") or ""] += 1
    unmapped = {name: number for name, number in sets.items() if lookup(name).exercise is None}
    assert sets
    assert sum(unmapped.values()) <= 0.02 * sets.total(), unmapped
