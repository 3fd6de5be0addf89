"""Files made to harm: bombs, foreign entities, traps in archives and folders, texts that act on a terminal."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl
import pytest

from analysis.cli import main
from analysis.importers import Context, ImportProblem, Reading, _limits, identify, original, read, read_source, vendors
from analysis.importers._source import Head, load
from analysis.tables import FACTS
from vendor_samples import EVERY, SAMPLES, zipped

STRONG: Final = SAMPLES["strong"]
ALIASES: Final = b"exercise_raw,exercise\nSqaut,back_squat\n"
SECONDS: Final = 10.0
MEGABYTES: Final = 300
SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
CONTENT: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XML: Final = '<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS: Final = "<!DOCTYPE x [<!ENTITY a0 'lollollollol'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip


def context() -> Context:
    return Context(athlete="anna", unit="kg")


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


ROWS: Final = (
    f'<row r="1">{cell("A1", "exercise_raw")}{cell("B1", "exercise")}</row>'
    f'<row r="2">{cell("A2", "Sqaut")}{cell("B2", "back_squat")}</row>'
)


def workbook(rows: str = ROWS, before: str = "", *, more: dict[str, bytes] | None = None) -> bytes:
    """A workbook by hand, since no library writes what stands here."""
    rels = f"{XML}<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f"{XML}<Types xmlns='{CONTENT}'><Default Extension='xml' ContentType='application/xml'/>"
        f"<Override PartName='/xl/workbook.xml' ContentType='{sheet}.sheet.main+xml'/></Types>",
        "_rels/.rels": f"{rels}<Relationship Id='r' Type='{OFFICE}/officeDocument' Target='xl/workbook.xml'/>"
        "</Relationships>",
        "xl/workbook.xml": f"{XML}<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'><sheets>"
        "<sheet name='S' sheetId='1' r:id='s'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"{rels}<Relationship Id='s' Type='{OFFICE}/worksheet' "
        "Target='worksheets/sheet1.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": f"{XML}{before}<worksheet xmlns='{MAIN}'><sheetData>{rows}</sheetData></worksheet>",
    }
    return zipped(**{name: text.encode() for name, text in parts.items()}, **(more or {}))


def ods(row: str) -> bytes:
    table = f"<table:table table:name='S'>{row}</table:table>"
    spaces = " ".join(f"xmlns:{p}='urn:oasis:names:tc:opendocument:xmlns:{p}:1.0'" for p in ("office", "table", "text"))
    content = f"{XML}<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"  # noqa: E501
    return zipped(**{"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def forged(data: bytes, size: int) -> bytes:
    """The same zip, claiming that its only file unpacks to this size."""
    made = bytearray(data)
    at = made.rindex(b"PK\x01\x02")
    made[22:26] = made[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(made)


def spaced(rows: int, index: int) -> bytes:
    filled = f"<Row><Cell ss:Index='{index}'><Data ss:Type='String'>x</Data></Cell></Row>" * rows
    head = "<Row><Cell><Data>Temps de vol</Data></Cell><Cell><Data>G/D</Data></Cell></Row>"
    return f"{XML}<Workbook xmlns='{SPACE}' xmlns:ss='{SPACE}'><Worksheet><Table>{head}{filled}</Table></Worksheet></Workbook>".encode()  # noqa: E501


def many_rows() -> bytes:
    out = io.BytesIO()
    names = FACTS["wellness"][0].column_names()
    pl.select(pl.repeat("x", 3_000_000).alias(name) for name in names).write_parquet(out)
    return out.getvalue()


BOMBS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "zip": (lambda: zipped(**{"a.csv": bytes(210_000_000)}), "unpacks to more than 200,000,000 bytes"),
    "zip, forged size": (lambda: forged(zipped(**{"a.csv": b"0" * 210_000_000}), 1000), "cannot be unpacked"),
    "zip in zip in zip": (
        lambda: zipped(**{f"{n}.zip": zipped(**{"a.zip": zipped(**{"b.csv": bytes(10_000_000)})}) for n in range(9)}),
        "not known to any importer",
    ),
    "one zip in a zip": (lambda: zipped(**{"a.zip": zipped(**{"b.csv": ALIASES})}), "not known to any importer"),
    "gzip": (lambda: gzip.compress(bytes(210_000_000), 1), "unpacks to more than 200,000,000 bytes"),
    "gzip in gzip": (lambda: gzip.compress(gzip.compress(ALIASES)), "packed more than once"),
    "workbook": (lambda: workbook(ROWS + " " * 210_000_000), "unpacks to 210,0"),
    "workbook, picture": (lambda: workbook(more={"xl/media/a.png": bytes(210_000_000)}), "unpacks to 210,0"),
    "workbook, far corner": (lambda: workbook(ROWS + f"<row r='1048576'>{cell('XFD1048576', 'x')}</row>"), "columns"),
    "workbook, far cells": (
        lambda: workbook(ROWS + "".join(f"<row r='{n}'>{cell(f'FXA{n}', 'x')}</row>" for n in range(3, 3000))),
        "spans 14,",
    ),
    "workbook, a million columns": (lambda: workbook(f"<row r='1'>{cell('BDWGN1', 'x')}</row>"), "a cell at BDWGN"),
    "workbook, cells without a place": (
        lambda: workbook("<row r='1048570'>" + "<c t='str'><v>x</v></c>" * 4000 + "</row>"), "spans 4,194,",
    ),
    "workbook, UTF-16": (
        lambda: workbook(more={"xl/worksheets/sheet2.xml": "<worksheet/>".encode("utf-16")}), "XML that is not UTF-8",
    ),
    "ods": (
        lambda: ods(
            "<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated="
            "'16384' office:value-type='string'><text:p>x</text:p></table:table-cell></table:table-row>"
        ),
        "spans 17,179,869,184 cells",
    ),
    "xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "a workbook of the old kind"),
    "xlsb": (lambda: zipped(**{"xl/workbook.bin": b"x"}), "a binary workbook"),
    "spreadsheet in XML": (lambda: spaced(3000, 4000), "spans more than 5,000,000 cells"),
    "parquet": (many_rows, "has 3,000,000 rows"),
    "FIT of 4 GB": (lambda: struct.pack("<BBHI4s", 14, 32, 2132, 2**32 - 1, b".FIT") + bytes(90), "FIT of 4 GB"),
}  # fmt: skip
# what each bomb costs is measured in a process of its own, by the peak of its memory where the system tells it
CHILD: Final = """
import json, sys, time
from pathlib import Path
from analysis.importers import Context, ImportProblem, read, vendors

def peak():
    try:
        return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return 0

vendors()
for path in sys.argv[1:]:
    before, start = peak(), time.process_time()
    try:
        read(path, Context(athlete="anna", unit="kg"), "optojump" if "in XML" in path else None)
        said = "read"
    except ImportProblem as problem:
        said = str(problem)
    print(json.dumps([Path(path).name, said, time.process_time() - start, peak() - before]), flush=True)
"""


def test_bombs_are_refused_quickly_and_in_little_memory(tmp_path: Path) -> None:
    for name, (make, _) in BOMBS.items():
        (tmp_path / name).write_bytes(make())
    files = [str(tmp_path / name) for name in BOMBS]
    done = subprocess.run([sys.executable, "-c", CHILD, *files], capture_output=True, text=True, check=True)
    told = {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}
    assert set(told) == set(BOMBS)
    for name, (_, says) in BOMBS.items():
        words, seconds, megabytes = told[name]
        assert says in words, name
        assert (seconds < SECONDS, megabytes < MEGABYTES) == (True, True), f"{name}: {seconds:.1f} s, {megabytes} MB"


def test_a_workbook_of_usual_size_with_a_row_far_below_is_read() -> None:
    far = original("a.xlsx", workbook(ROWS + "<row r='1048576' ht='12'/><row r='9'><c r='XFD9' s='1'/></row>"))
    assert [row[0] for row in far.sheets["S"]] == ["exercise_raw", "Sqaut"]


# --- XML ------------------------------------------------------------------------------------------------------------

ROOTS: Final = {
    "tcx": "<TrainingCenterDatabase>{}</TrainingCenterDatabase>",
    "gpx": "<gpx>{}</gpx>",
    "apple_health": "<HealthData>{}</HealthData>",
    "optojump": f"<Workbook xmlns='{SPACE}' xmlns:ss='{SPACE}'><Worksheet><Table><Row><Cell><Data>{{}}</Data></Cell></Row></Table></Worksheet></Workbook>",  # noqa: E501
}


def refusal(data: bytes, vendor: str) -> str:
    """What the problem with these bytes says."""
    source = original("file", data)
    start = time.process_time()
    for module in vendors().values():
        module.matches(source.head)
    with pytest.raises(ImportProblem) as caught:
        vendors()[vendor].read(source, context())
    assert time.process_time() - start < SECONDS
    return str(caught.value)


@pytest.mark.parametrize("vendor", ROOTS)
def test_entities_are_never_expanded_and_files_never_fetched(tmp_path: Path, vendor: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        body = XML + "{}" + ROOTS[vendor]
        words = [
            refusal(body.format(LAUGHS, "&a9;").encode(), vendor),
            refusal(body.format(f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>", "&e;").encode(), vendor),
            refusal(body.format(f"<!DOCTYPE x [<!ENTITY e SYSTEM '{url}'>]>", "&e;").encode(), vendor),
            refusal(body.format(f"<!DOCTYPE x SYSTEM '{url}'>", "").encode(), vendor),
            refusal(body.format(f"<!DOCTYPE x [<!ENTITY % p SYSTEM '{url}'> %p;]>", "").encode(), vendor),
        ]
        with pytest.raises(BlockingIOError):
            server.accept()
    assert not any("TOP-SECRET" in said for said in words)
    if vendor != "apple_health":  # whose document type is cut out, since no parser accepts the true one
        assert all("declares entities or a document type" in said for said in words)


def test_entities_in_the_sheet_of_a_workbook(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET")
    outside = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>"
    for before, entity in ((LAUGHS, "&a9;"), (outside, "&e;")):
        with pytest.raises(ImportProblem, match="cannot be opened as a workbook") as caught:
            _ = original("a.xlsx", workbook(ROWS.replace("Sqaut", entity), before)).text
        assert "TOP-SECRET" not in str(caught.value)


@pytest.mark.parametrize("vendor", ROOTS)
def test_bottomless_nesting_in_xml(vendor: str) -> None:
    assert refusal((XML + ROOTS[vendor].format("<a>" * 200_000 + "</a>" * 200_000)).encode(), vendor)


# --- text -----------------------------------------------------------------------------------------------------------


def rows_of(data: bytes, folder: Path) -> Reading:
    path = folder / "file"
    path.write_bytes(data)
    start = time.process_time()
    reading = read(path, context())
    assert time.process_time() - start < SECONDS
    return reading


def test_line_ends_of_every_age_and_utf_16_without_a_mark(tmp_path: Path) -> None:
    plain = rows_of(STRONG.data, tmp_path).tables["sets"]
    text = STRONG.data.decode()
    for data in (text.replace("\n", "\r").encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        assert rows_of(data, tmp_path).tables["sets"].equals(plain)


TEXTS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "NUL": (lambda: STRONG.data.replace(b"deep", b"de\x00ep"), "is not text"),
    "one line of 10 MB": (lambda: b"x" * 10_000_000, "not known to any importer"),
    "a cell of 10 MB": (lambda: ALIASES + b'"' + b"x" * 10_000_000 + b'",y\n', "cannot be split into fields"),
    "a million columns": (lambda: b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n", "not known"),
    "a million columns of ours": (lambda: ALIASES + b"," * 1_000_000 + b"\n", "columns in line 3"),
    "a million empty lines": (lambda: b"\n" * 1_000_000, "is empty"),
    "a million empty rows": (lambda: b",\n" * 1_000_000, "is empty"),
    "deep JSON": (lambda: b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
    "deep JSON objects": (lambda: b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "nested too deeply"),
    "JSON, whole numbers without end": (lambda: b'[{"activityId": ' + b"9" * 10_000 + b"}]", "cannot be read"),
    "JSON, cut off": (lambda: SAMPLES["polar"].data[:-5], "not whole JSON"),
    "empty": (lambda: b"", "is empty"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_are_no_log(tmp_path: Path, name: str) -> None:
    make, says = TEXTS[name]
    path = tmp_path / "file"
    path.write_bytes(make())
    start = time.process_time()
    with pytest.raises(ImportProblem) as caught:
        read(path, context())
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1500
    assert time.process_time() - start < SECONDS


def test_a_million_empty_lines_in_a_log_are_counted(tmp_path: Path) -> None:
    reading = rows_of(ALIASES + b"\n" * 1_000_000, tmp_path)
    assert (reading.n_read, reading.n_loaded, reading.n_ignored) == (1_000_001, 1, 1_000_000)


@pytest.mark.parametrize("text", ["\n", "\r", " ", "(", "[", "#", '"', "<", "1", "a", ",", "1x", "<Row ", ". "])
def test_no_header_keeps_the_importers_busy(text: str) -> None:
    start = time.process_time()
    for module in vendors().values():
        module.matches(Head("file", (text * 65_536)[:65_536]))
    assert time.process_time() - start < SECONDS


def test_numbers_that_json_allows_and_nobody_runs(tmp_path: Path) -> None:
    runs = json.loads(SAMPLES["garmin_json"].data)
    text = json.dumps([*runs, {**runs[0], "activityId": 3, "distance": 12345.678}, {**runs[0], "activityId": 4}])
    for value in ("1e300", "1e999", "NaN", "-Infinity", "9" * 400):
        reading = rows_of(text.replace("12345.678", value).encode(), tmp_path)
        assert reading.n_read == 4
        assert all(distance is None or 0 < distance < 1e6 for distance in reading.tables["runs"]["distance_m"])


def test_doubled_keys_and_half_letters_in_json(tmp_path: Path) -> None:
    text = SAMPLES["garmin_json"].data.decode()
    twice = text.replace(
        '"activityName": "Morning"', r'"activityName": "a", "activityName": "b \ud800\u0000 \ud83d\ude00"'
    )
    titles = rows_of(twice.encode(), tmp_path).tables["sessions"]["title"].to_list()
    assert titles == ["b \ufffd\ufffd \U0001f600", "Gym"]


# --- archives and folders -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../evil.csv", "/tmp/evil.csv", "C:\\evil.csv", "..\\evil.csv", "a/../../b"])  # noqa: S108
def test_a_name_in_an_archive_leads_nowhere(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    before = sorted(tmp_path.rglob("*"))
    reading = read_bytes(zipped(**{name: ALIASES}))
    assert reading.n_loaded == 1
    assert sorted(tmp_path.rglob("*")) == before


def read_bytes(data: bytes) -> Reading:
    return read_source(original("file", data), context())


def test_a_link_in_an_archive_is_the_text_that_it_holds() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("activities.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ImportProblem, match=r"not known to any importer .first line '/etc/passwd'"):
        read_bytes(out.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_doubled_names_and_locked_files() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", ALIASES)
        archive.writestr("a.csv", STRONG.data)
    with pytest.raises(ImportProblem, match=r"holds 'a\.csv' twice"):
        read_bytes(out.getvalue())
    locked = bytearray(zipped(**{"a.csv": ALIASES}))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ImportProblem, match=r"cannot be unpacked .*encrypted"):
        read_bytes(bytes(locked))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_links_devices_and_pipes_are_no_files(tmp_path: Path) -> None:
    targets: dict[str, str | Path] = {
        "folder": tmp_path,
        "zero": "/dev/zero",
        "nowhere": tmp_path / "no",
        "itself": tmp_path / "itself",
    }
    for name, target in targets.items():
        (tmp_path / name).symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    says = {"folder": "a folder or a device", "zero": "a folder or a device", "pipe": "a folder or a device",
            "nowhere": "does not exist", "itself": "cannot be opened"}  # fmt: skip
    for name, words in says.items():
        with pytest.raises(ImportProblem, match=words):
            identify(tmp_path / name)
    (tmp_path / "log.csv").write_bytes(ALIASES)
    (tmp_path / "link").symlink_to(tmp_path / "log.csv")
    assert identify(tmp_path / "link") == "alias_sheet"


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(ALIASES)

    def gone(_path: Path) -> bytes:
        raise FileNotFoundError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", gone)
        with pytest.raises(ImportProblem, match="does not exist"):
            load(path)
    path.write_bytes(SAMPLES["apple_health"].data)
    monkeypatch.setenv("STRIDELIFT_MAX_BYTES", "100")
    source = load(path)
    path.unlink()
    with pytest.raises(ImportProblem):
        vendors()["apple_health"].read(source, context())


# --- caps -----------------------------------------------------------------------------------------------------------

CAPS: Final[dict[str, tuple[Callable[[], bytes], int, str]]] = {
    "BYTES": (lambda: ALIASES, len(ALIASES), "bytes"),
    "ROWS": (lambda: ALIASES, 2, "rows"),
    "COLUMNS": (lambda: ALIASES, 2, "columns"),
    "CELLS": (workbook, 4, "spans 4 cells"),
    "MEMBERS": (lambda: EVERY["whoop, archive"][1].data, 2, "holds 2 files"),
    "UNPACKED_BYTES": (lambda: zipped(**{"a.csv": ALIASES}), len(ALIASES), "unpacks to more than"),
    "STREAM_BYTES": (lambda: SAMPLES["apple_health"].data, len(SAMPLES["apple_health"].data), "bytes"),
}


def test_every_cap_is_tried() -> None:
    assert set(CAPS) == set(_limits._DEFAULTS)


@pytest.mark.parametrize("cap", CAPS)
def test_each_cap_is_a_setting(tmp_path: Path, cap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, needed, says = CAPS[cap]
    path = tmp_path / "file"
    path.write_bytes(make())
    if cap == "STREAM_BYTES":
        monkeypatch.setenv("STRIDELIFT_MAX_BYTES", "100")
    monkeypatch.setenv(f"STRIDELIFT_MAX_{cap}", str(needed))
    assert read(path, context()).n_loaded > 0
    monkeypatch.setenv(f"STRIDELIFT_MAX_{cap}", str(needed - 1))
    with pytest.raises(ImportProblem, match=says) as caught:
        read(path, context())
    assert "STRIDELIFT_MAX_" in str(caught.value)


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "many", "²", "9" * 5000])
def test_a_cap_that_is_no_number_is_one_clear_error(
    tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(ALIASES)
    monkeypatch.setenv("STRIDELIFT_MAX_BYTES", value)
    with pytest.raises(SystemExit) as done:
        main(["identify", str(tmp_path / "file")])
    assert done.value.code == 1
    assert "STRIDELIFT_MAX_BYTES is" in capsys.readouterr().err


# --- the terminal ---------------------------------------------------------------------------------------------------

NASTY: Final = "\x1b[31m\x1b]0;pwned\x07\x9b2J\u202egnp.exe\u200f=HYPERLINK(0)<script>"
ACTS: Final = {*map(chr, range(32)), *map(chr, range(127, 160)), "\u202e", "\u200f"} - {"\n", "\t"}


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_that_acts_on_a_terminal_is_printed(
    tmp_path: Path, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("log \x1b[31m.csv" if os.name != "nt" else "log.csv")
    rows = STRONG.data.decode().replace("Squat", NASTY).replace("deep, slow", NASTY)
    path.write_text(rows + f"2024-05-09 07:08:09,A,1h,{NASTY},1,60,{NASTY},0,0,,,\n", encoding="utf-8")
    book = str(tmp_path / "book.duckdb")
    first = ["import", str(path), "--athlete", NASTY, "--unit", "kg", "--logbook", book]
    commands = [
        ["identify", str(path)], [*first, "--dry-run"], first, ["rejected", "--logbook", book],
        ["template", "aliases", "--logbook", book, "--out", str(tmp_path / "names.csv")],
        ["reimport", "--logbook", book],
        ["import", str(path), "--athlete", "a", "--logbook", book, "--vendor", NASTY],
    ]  # fmt: skip
    shown = ""
    for command in commands:
        with pytest.raises(SystemExit):
            main([*form, *command])
        out, err = capsys.readouterr()
        shown += out + err
    assert "pwned" in shown
    assert not ACTS & set(shown)
