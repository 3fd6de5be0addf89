"""Names and files of reports: a name that cannot leave its folder, a file that is whole or not there."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LONGEST: Final = 120  # bytes of UTF-8, so that every file system takes the name with an ending
RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)")


def safe_name(text: str) -> str:
    """`text` as the name of a file: no separator, no `..`, no control or direction signs, no reserved Windows name.

    Letters and digits of every script stay. When anything had to change, a short hash of the original is added, so that
    two texts never share a name; a safe name comes back as it is.

    >>> safe_name("ada-block-2"), safe_name("../../etc/passwd"), safe_name("")
    ('ada-block-2', 'etc-passwd-3754d6cb', 'report-e3b0c442')
    """
    kept = "".join(
        c if unicodedata.category(c)[0] in "LMN" or c in "-_." else "-" for c in unicodedata.normalize("NFC", text)
    )
    name = re.sub(r"-{2,}", "-", re.sub(r"\.{2,}", ".", kept)).strip("-. ")
    name = name.encode()[:LONGEST].decode(errors="ignore").rstrip("-.")
    if RESERVED.match(name):
        name = f"report-{name}"
    if name and name == text:
        return name
    short = (name or "report").encode()[: LONGEST - 9].decode(errors="ignore").rstrip("-.")
    return f"{short}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:8]}"


def refuse_existing(paths: list[Path]) -> None:
    """Raises FileExistsError naming the first of `paths` that is there already."""
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists already and is not overwritten; use --force to replace it")


def write_all(texts: Mapping[Path, str]) -> None:
    """Write each text in full under another name in the same folder, then give all of them their names.

    Whatever happens, no file is there in part; the last of `texts` appears last.
    """
    halves = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in texts}
    try:
        for path, half in halves.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with half.open("wb") as file:
                file.write(texts[path].encode())
                file.flush()
                os.fsync(file.fileno())
        for path, half in halves.items():
            half.replace(path)
    finally:
        for half in halves.values():
            half.unlink(missing_ok=True)
