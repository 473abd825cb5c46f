"""The store: one folder an experiment, in which a finished cell is a file that is there.

::

    manifest.json                     what was run, with what, when, and how far it got
    experiment.toml                   the definition, its scenarios beside it
    scenarios/<name>.toml             every scenario with all its values
  cases/<case>/                     a case of one's own: arrangement, evidence, these scenarios
    figures.toml                      the published figures measured, if any are
    ensemble.toml                     the ensemble that the points are drawn from, if they are
    design.parquet                    one row a point
    tables/<table>/<cell>.parquet     the tables of each cell
    failures/<cell>.json              cells that failed, and why; gone once they succeed

A file is written beside its place, forced to the disk and renamed into place, so that it is whole
or not there. The outcomes of a cell come last: a cell whose outcomes are there is done. Only one
process, the parent, ever writes; it holds a lock while it does.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.experiment.cells import Cell, Failed, Finished
from sim.experiment.definition import Experiment
from sim.experiment.design import ensemble_of, with_ensemble
from sim.experiment.provenance import (
    code_hash,
    evidence_hash,
    machine,
    revision,
    versions,
)
from sim.experiment.stored import StoreError as StoreError
from sim.experiment.stored import is_readable, is_whole
from sim.results.files import obstacle, replace
from sim.results.published.file import as_toml
from sim.scenario.cases import EVIDENCE
from sim.scenario.evidence import files_of_evidence
from sim.scenario.files import as_lists, base_of_case, can_be_named
from sim.scenario.schema import Scenario
from sim.scenario.toml import is_file

FORMAT = 1
FIGURES = "figures.toml"
ENSEMBLE = "ensemble.toml"
_LEFTOVER = re.compile(r"\..+\.(parquet|json|toml)\.\d+")
_CELL = re.compile(r"(?P<scenario>.+)-p(?P<point>\d+)-r(?P<first>\d+)-(?P<last>\d+)")


@dataclass(frozen=True)
class Key:
    """What a cell is about, whatever the number of its replications."""

    point: int
    scenario: str
    first: int


class Store:
    """The folder of one experiment."""

    #: Whether what is stored must outlast a loss of power.
    durable = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest_file = folder / "manifest.json"

    # ------------------------------------------------------------------ whose folder it is

    def is_begun(self) -> bool:
        """Tell whether an experiment was ever begun here."""
        return is_file(self.manifest_file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for writing.

        Raises
        ------
        StoreError
            If another process holds it, it cannot be written to, or what it holds is no
            experiment (nothing is written then, not even a lock).
        """
        from filelock import FileLock, Timeout

        self._see_that_it_is_ours()
        owner = self.folder / ".owner"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock")
            lock.acquire(timeout=0)
        except Timeout:
            told = owner.read_text(encoding="utf-8") if owner.is_file() else "another process"
            raise StoreError(
                f"{self.folder}: {told} is writing here. Wait for it, stop it, or choose another "
                "folder."
            ) from None
        except OSError as error:
            told = f"{self.folder}: cannot be written to ({obstacle(self.folder, error)})"
            raise StoreError(told) from None
        try:
            since = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
            with suppress(OSError):  # a full disk is told by who has something to lose
                owner.write_text(f"process {os.getpid()} on {socket.gethostname()}, since {since},")
            yield
        finally:
            owner.unlink(missing_ok=True)
            lock.release()

    def _see_that_it_is_ours(self) -> None:
        """See that a folder without an experiment is empty, or not there."""
        if not self.folder.is_dir() or self.is_begun():
            return
        if any(not file.name.startswith(".") for file in self.folder.iterdir()):
            raise StoreError(
                f"{self.folder}: holds files, but no experiment. Choose a folder that is empty or "
                "not there yet."
            )

    def begin(self, experiment: Experiment) -> None:
        """Make the folder that of an experiment, or see that it is; the lock must be held.

        Raises
        ------
        StoreError
            If the folder holds something else: another experiment, other scenarios, results of
            other code. Nothing is changed then.
        """
        if self.is_begun():
            differences = list(_differences(self.manifest(), experiment))
            if differences:
                raise StoreError(_refusal(self.folder, differences))
        self._describe(experiment)
        self._tidy(("outcomes", *experiment.definition.tables))

    def _describe(self, experiment: Experiment) -> None:
        """Write the manifest, the definition, the scenarios and the points.

        The manifest comes first: a folder where anything is without it is not ours.
        """
        buffer = io.BytesIO()  # made before anything is written: a folder is whole or not there
        experiment.plan.table().to_parquet(buffer, index=False)
        definition = _definition_text(experiment)
        begun = self.manifest().get("runs", []) if self.is_begun() else []
        self._write_manifest(_described(experiment) | {"runs": begun})
        for file, content in _scenario_files(experiment):
            replace(self.folder / file, content)
        if experiment.figures:
            replace(self.folder / FIGURES, as_toml(experiment.figures))
        if (ensemble := ensemble_of(experiment.definition.design)) is not None:
            replace(self.folder / ENSEMBLE, Path(ensemble).read_bytes())
        replace(self.folder / "experiment.toml", definition)
        replace(self.folder / "design.parquet", buffer.getvalue())

    def _tidy(self, tables: Sequence[str]) -> None:
        """Remove half files, cells that are part of longer ones, and cells that are damaged.

        Killed runs leave the first two; what befell a file since it was stored makes the third.
        """
        for file in self.folder.rglob(".*"):
            if _LEFTOVER.fullmatch(file.name):
                file.unlink()
        longest = self.cells()
        for file in (self.folder / "tables" / "outcomes").glob("[!.]*.parquet"):
            cell = _cell_of(file.stem)
            if cell is not None:
                whole = longest.get(key_of(cell))
                if whole is None:
                    file.unlink()  # damaged: it is run again
                else:
                    self.supersede(whole, cell.replications)
        for cell in self.cells().values():
            if not all(is_readable(self.file(t, cell)) for t in tables if cell.has(t)):
                self.file("outcomes", cell).unlink()

    def file(self, table: str, cell: Cell) -> Path:
        """Return the file of a table of a cell."""
        return self.folder / "tables" / table / f"{cell.name}.parquet"

    def manifest(self) -> dict[str, Any]:
        """Return the manifest.

        Raises
        ------
        StoreError
            If there is none, or it cannot be read.
        """
        try:
            content = json.loads(self.manifest_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StoreError(f"{self.folder}: holds no experiment (no manifest.json)") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.manifest_file}: cannot be read ({error})") from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise StoreError(f"{self.manifest_file}: is of another format than {FORMAT}")
        return content

    def note_run(self, run: Mapping[str, Any]) -> None:
        """Add a run to the manifest, or renew what it says of the run begun at that time."""
        manifest = self.manifest()
        runs = [one for one in manifest["runs"] if one["began"] != run["began"]]
        self._write_manifest(manifest | {"runs": [*runs, dict(run)]})

    def _write_manifest(self, content: Mapping[str, Any]) -> None:
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        replace(self.manifest_file, text, sync=self.durable)

    # ------------------------------------------------------------------ cells

    def done(self) -> dict[Key, int]:
        """Return the number of replications of every cell that is done."""
        return {key: cell.replications for key, cell in self.cells().items()}

    def cells(
        self, scenario: str | None = None, points: Collection[int] | None = None
    ) -> dict[Key, Cell]:
        """Return every cell that is done; of two with the same beginning the longer.

        Of all scenarios and points, or of those named. One whose outcomes are damaged is not done.
        """
        found: dict[Key, Cell] = {}
        for file in (self.folder / "tables" / "outcomes").glob("[!.]*.parquet"):
            cell = _cell_of(file.stem)
            if cell is None or scenario not in (None, cell.scenario):
                continue
            if (points is None or cell.point in points) and is_whole(file):
                key = key_of(cell)
                found[key] = max(found.get(key, cell), cell, key=lambda one: one.replications)
        return found

    def failed(self) -> dict[Cell, dict[str, Any]]:
        """Return what is known of every cell that failed and was not run again since."""
        found = {}
        for file in sorted((self.folder / "failures").glob("*.json")):
            cell = _cell_of(file.stem)
            if cell is not None:
                try:
                    found[cell] = json.loads(file.read_text(encoding="utf-8"))
                except ValueError:
                    found[cell] = {"cell": str(cell), "error": f"{file} cannot be read"}
        return found

    def put(self, finished: Finished) -> None:
        """Store the tables of a cell, its outcomes last; OSError if the disk is full."""
        for table in sorted(finished.tables, key=lambda table: table == "outcomes"):
            file = self.file(table, finished.cell)
            replace(file, finished.tables[table], sync=self.durable)
        for failure in (self.folder / "failures").glob(f"{_beginning(finished.cell)}-*.json"):
            failure.unlink()

    def supersede(self, cell: Cell, replications: int) -> None:
        """Remove a shorter cell with the same beginning, once the longer one is stored."""
        shorter = Cell(cell.point, cell.first, cell.scenario, replications)
        if replications < cell.replications:
            for table in [t for t in self.tables() if t != "outcomes"] + ["outcomes"]:
                self.file(table, shorter).unlink(missing_ok=True)

    def fail(self, failed: Failed) -> None:
        """Record why a cell failed."""
        about = {
            "cell": str(failed.cell),
            "stage": failed.stage,
            "error": failed.error,
            "details": failed.details,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        replace(self.folder / "failures" / f"{failed.cell.name}.json", text, sync=self.durable)

    def tables(self) -> list[str]:
        """Return the names of the tables there are."""
        folder = self.folder / "tables"
        return sorted(f.name for f in folder.iterdir()) if folder.is_dir() else []

    def files(
        self,
        table: str,
        *,
        scenario: str | None = None,
        points: Collection[int] | None = None,
        without: Collection[int] = (),
    ) -> list[Path]:
        """Return the files of a table, in order of scenario, point and replication.

        Those of cells that are done: not the first tables of one that was being stored; of all
        points, or of those named, `without` some.
        """
        chosen = sorted(
            cell.name for cell in self.cells(scenario, points).values() if cell.point not in without
        )
        files = (self.folder / "tables" / table / f"{name}.parquet" for name in chosen)
        return [file for file in files if file.is_file()]

    def outcomes_of(self, point: int, scenario: str) -> list[Path]:
        """Return the files with the outcomes of one scenario at one point, in order."""
        folder = self.folder / "tables" / "outcomes"
        return sorted(folder.glob(f"{scenario}-p{point:06d}-r*.parquet"))


def key_of(cell: Cell) -> Key:
    """Return what a cell is about."""
    return Key(cell.point, cell.scenario, cell.first)


def _beginning(cell: Cell) -> str:
    """Return what the names of all cells with the same first replication begin with."""
    return f"{cell.scenario}-p{cell.point:06d}-r{cell.first:06d}"


def _cell_of(name: str) -> Cell | None:
    match = _CELL.fullmatch(name)
    if match is None:
        return None
    first, last = int(match["first"]), int(match["last"])
    return Cell(int(match["point"]), first, match["scenario"], last - first + 1)


def _kept_as(scenario: Scenario) -> str:
    """Return where a scenario is kept: that of a case of one's own in a folder of the case."""
    own = scenario.home is not None and not can_be_named(scenario.home)
    folder = f"cases/{scenario.case}/variants" if own else "scenarios"
    return f"{folder}/{scenario.name}.toml"


def _scenario_files(experiment: Experiment) -> Iterator[tuple[str, str | bytes]]:
    """Yield the files of the scenarios, and of cases that nobody else has what draws need.

    They are the arrangement and the evidence: what stands in its folder may change, or go.
    """
    for scenario in experiment.scenarios:
        yield _kept_as(scenario), scenario.as_toml()
    for base in dict.fromkeys(map(base_of_case, experiment.scenarios)):
        folder, variants, _ = _kept_as(base).rpartition("/variants/")
        if not variants:
            continue
        sending = json.dumps(base.countries.sending)
        yield f"{folder}/country/country.toml", f"[countries]\nsending = {sending}\n"
        yield f"{folder}/scenario.toml", f'extends = "country/country.toml"\n{base.as_toml()}'
        for file in files_of_evidence(base):
            of_country = "" if file.parent == base.home else "country/"
            yield f"{folder}/{of_country}{EVIDENCE}", file.read_bytes()


def _described(experiment: Experiment) -> dict[str, Any]:
    """Return what the manifest says of an experiment and of the code that runs it."""
    definition = experiment.definition
    return {
        "format": FORMAT,
        "name": definition.name,
        "title": definition.title,
        "definition": definition.model_dump(mode="json"),
        "fingerprint": experiment.fingerprint(),
        "scenarios": experiment.hashes,
        "points": len(experiment.plan),
        "seed": definition.seed,
        "evidence": evidence_hash(*experiment.scenarios),
        "code": {"hash": code_hash()} | revision(),
        "versions": versions(),
        "machine": machine(),
    }


def _differences(manifest: Mapping[str, Any], experiment: Experiment) -> Iterator[str]:
    """Say in what a folder differs from what is about to be run."""
    now = _described(experiment)
    if manifest["name"] != now["name"]:
        yield f"it holds the experiment {manifest['name']!r}, not {now['name']!r}"
    before, after = manifest["scenarios"], now["scenarios"]
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            what = "is new" if name not in before else "is gone" if name not in after else "changed"
            yield f"scenario {name} {what} ({before.get(name)} there, {after.get(name)} here)"
    if manifest["seed"] != now["seed"]:
        yield f"its seed is {manifest['seed']}, not {now['seed']}"
    if manifest["code"]["hash"] != now["code"]["hash"]:
        changed = [
            f"{package} {manifest['versions'].get(package)} there, {number} here"
            for package, number in now["versions"].items()
            if manifest["versions"].get(package) != number
        ]
        detail = "; ".join(changed) or _revisions(manifest["code"], now["code"])
        yield f"it was written by other code ({detail})"
    elif manifest["fingerprint"] != now["fingerprint"]:
        yield "the design, the tables or figures kept, or the replications in a cell are others"


def _revisions(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    told = [
        str(code.get("revision", f"code {code['hash']}"))[:12]
        + ("" if code.get("clean", True) else " with changes")
        for code in (before, after)
    ]
    return f"{told[0]} there, {told[1]} here"


def _refusal(folder: Path, differences: list[str]) -> str:
    listing = "\n".join(f"  - {difference}" for difference in differences)
    return (
        f"{folder}: is not the folder of what you are about to run, and stays as it is:\n"
        f"{listing}\n"
        "Choose another folder, or go back to what was run there."
    )


def _definition_text(experiment: Experiment) -> str:
    """Return the definition with its scenarios as the files beside it."""
    import tomli_w

    names = [_kept_as(scenario) for scenario in experiment.scenarios]
    content = experiment.definition.model_dump(mode="python", exclude_none=True)
    content |= {"scenarios": names, "changes": {}}
    if experiment.figures:
        content["figures"] = FIGURES
    if ensemble_of(design := experiment.definition.design) is not None:
        content["design"] = with_ensemble(design, ENSEMBLE).model_dump(exclude_none=True)
    return tomli_w.dumps(as_lists(content))
