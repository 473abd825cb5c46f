"""The cache: results that were simulated before, found again by what they are of.

An entry is the folder of an experiment (`sim.experiment.store`), named by a hash of everything that
decides its results: scenarios, seed, assumptions, tables kept, code and libraries. How many runs is
no part of it: 50 runs begin with the 20 that are there. What is used least goes first once there is
more than the limit.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import PrisonflowError
from sim.experiment.provenance import code_hash, evidence_hash
from sim.experiment.store import Store, StoreError
from sim.numbers import grouped

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.definition import Experiment

#: Environment variables that set the folder and its limit.
FOLDER, LIMIT = "PRISONFLOW_CACHE", "PRISONFLOW_CACHE_GIB"
#: GiB that the cache may hold, unless it is said otherwise.
DEFAULT_GIB = 4.0
#: Seconds for which an entry that was used stays, whatever the limit: someone may be reading it.
IN_USE = 3600.0
_MIB, _GIB = 2**20, 2**30


class Cache:
    """The folder of results that `sim.runs` has simulated; `sim.cache` is the one there is.

    `PRISONFLOW_CACHE` sets the folder, `PRISONFLOW_CACHE_GIB` its limit.

        sim.cache              # where it is, and how large
        sim.cache.entries()    # what is in it
        sim.cache.clear()
    """

    @property
    def folder(self) -> Path:
        """Where it is; made when something is first kept."""
        given = os.environ.get(FOLDER)
        return Path(given).expanduser() if given else _folder_of_user() / "prisonflow"

    @property
    def limit_gib(self) -> float:
        """GiB that it may hold.

        Raises
        ------
        PrisonflowError
            If `PRISONFLOW_CACHE_GIB` is no number of at least 0.
        """
        given = os.environ.get(LIMIT, str(DEFAULT_GIB))
        try:
            limit = float(given)
        except ValueError:
            limit = -1.0
        if not 0 <= limit < float("inf"):
            raise PrisonflowError(f"{LIMIT} is {given!r}: give a number of GiB, such as 4")
        return limit

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return sum(map(_bytes_in, self._folders()))

    def entries(self) -> pd.DataFrame:
        """One row for each entry, those used last first.

        Columns: scenarios, seed, runs (of all scenarios, draws included), mib, used (UTC), folder.
        """
        import pandas as pd

        rows = []
        for folder in sorted(self._folders(), key=_used, reverse=True):
            store = Store(folder)
            try:
                manifest = store.manifest()
            except StoreError:  # begun, and killed before it was described
                manifest = {"scenarios": {}, "seed": None}
            rows.append(
                {
                    "scenarios": ", ".join(manifest["scenarios"]),
                    "seed": manifest["seed"],
                    "runs": sum(store.done().values()),
                    "mib": _bytes_in(folder) / _MIB,
                    "used": pd.Timestamp(_used(folder), unit="s"),
                    "folder": str(folder),
                }
            )
        return pd.DataFrame(rows, columns=["scenarios", "seed", "runs", "mib", "used", "folder"])

    def clear(self) -> int:
        """Remove all entries, and return the bytes freed.

        One that another process is writing stays. `Runs` that were read from it can be read no
        longer: simulate them again.
        """
        return sum(map(self._remove, self._folders()))

    @contextmanager
    def entry(self, experiment: Experiment) -> Iterator[Store]:
        """Hold the entry of an experiment while it is written; waits for another process that does.

        Raises
        ------
        OSError
            If the folder cannot be written to.
        """
        from filelock import FileLock

        folder = self.folder / key_of(experiment)
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(_lock_of(folder)):
            yield Store(folder)
            os.utime(folder)
        self._keep_to_limit()

    def _keep_to_limit(self) -> None:
        """Remove what was used least, until the rest is within the limit."""
        left, now = self.size, time.time()
        for folder in sorted(self._folders(), key=_used):
            if left <= self.limit_gib * _GIB or now - _used(folder) < IN_USE:
                return
            left -= self._remove(folder)

    def _remove(self, folder: Path) -> int:
        """Remove an entry that nobody is writing; returns the bytes freed."""
        from filelock import FileLock, Timeout

        lock = FileLock(_lock_of(folder))
        try:
            with lock.acquire(timeout=0):
                freed = _bytes_in(folder)
                shutil.rmtree(folder, ignore_errors=True)
        except Timeout:
            return 0
        return freed

    def _folders(self) -> list[Path]:
        """Return the folders of the entries: of others in the same place nothing is touched."""
        if not self.folder.is_dir():
            return []
        return [one for one in self.folder.iterdir() if one.is_dir() and _is_key(one.name)]

    def told(self) -> str:
        """Say how much is kept, and where."""
        number, size = len(self._folders()), self.size / _MIB
        entries = "1 entry" if number == 1 else f"{grouped(number)} entries"
        limit = grouped(round(self.limit_gib * _GIB / _MIB))
        return f"{entries}, {grouped(round(size))} of {limit} MiB, in {self.folder}"

    def __repr__(self) -> str:
        return f"<Cache: {self.told()}>"


cache = Cache()


def key_of(experiment: Experiment) -> str:
    """Return the name of the entry of an experiment: a hash of all that decides its results."""
    parts = [experiment.fingerprint(), code_hash(), evidence_hash(*experiment.scenarios)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:_DIGITS]


_DIGITS = 24


def _is_key(name: str) -> bool:
    return len(name) == _DIGITS and set(name) <= set("0123456789abcdef")


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _used(folder: Path) -> float:
    """Return when an entry was used, in seconds of the clock; 0 if it has just gone."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _bytes_in(folder: Path) -> int:
    found = 0
    for file in folder.rglob("*"):
        try:
            found += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:  # another process is at work
            continue
    return found


def _folder_of_user() -> Path:
    """Return where programs keep what they can make again, by the custom of the system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
