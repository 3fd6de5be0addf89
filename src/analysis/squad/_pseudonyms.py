"""Pseudonyms for squad pages: a number that follows neither from the name nor from the order of the alphabet.

The number comes from the name and a secret key. A plain hash could be undone by trying the names of a club's list, and
the SHA-256 of the logbook stands on every page; so the key is random, made once, and kept in the file `squad-key`
beside the logbook. The same logbook and key give the same numbers; athletes who join later change nobody's number.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from analysis.logbook import LogbookProblem

KEY_FILE: Final = "squad-key"
_KEY_BYTES: Final = 32
_DIGITS: Final = 3
_TRIES: Final = 20  # for a free number, before numbers get one digit more
_WAIT_S: Final = 1.0  # for another process that is just making the key


def key_beside(logbook: Path) -> bytes:
    """The secret key in the folder of a logbook, made and written for its owner alone where there is none.

    Raises LogbookProblem for a key that cannot be read or written, or is damaged: a new one would rename everybody.
    """
    path = logbook.with_name(KEY_FILE)
    try:
        _make(path)
        return _read(path)
    except OSError as error:
        raise LogbookProblem(
            f"{path}: {error.strerror}; the pseudonyms of a squad page need this key. Let the folder be written to"
            " once, or show names (--names)"
        ) from error


def pseudonyms_of(known: Iterable[tuple[int, str]], key: bytes) -> dict[str, str]:
    """Names to pseudonyms such as `Athlete 417`; `known` holds each name with the import that first named it.

    >>> both = pseudonyms_of([(1, "Ada"), (1, "Bruno")], b"secret")
    >>> pseudonyms_of([(1, "Bruno"), (2, "Chen"), (1, "Ada")], b"secret")["Ada"] == both["Ada"]
    True
    """
    taken: set[int] = set()
    found = {}
    for _, _, name in sorted((seq, _number(name, key, 0), name) for seq, name in known):
        number = next(n for attempt in range(10**6) if (n := _number(name, key, attempt)) not in taken)
        taken.add(number)
        found[name] = f"Athlete {number}"
    return found


def _number(name: str, key: bytes, attempt: int) -> int:
    lowest: int = 10 ** (_DIGITS - 1 + attempt // _TRIES)
    hashed = hashlib.blake2b(f"{attempt}|{name}".encode(), key=key, digest_size=16).digest()
    return lowest + int.from_bytes(hashed) % (9 * lowest)


def _make(path: Path) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(_KEY_BYTES) + "\n")


def _read(path: Path) -> bytes:
    until = time.monotonic() + _WAIT_S
    while True:
        text = path.read_text(encoding="ascii", errors="replace").strip()
        if len(text) == 2 * _KEY_BYTES and set(text) <= set("0123456789abcdef"):
            return bytes.fromhex(text)
        if time.monotonic() > until:
            raise LogbookProblem(
                f"{path}: this is no key for pseudonyms; put the old one back, or delete it: everybody then gets a new"
                " number"
            )
        time.sleep(0.05)
