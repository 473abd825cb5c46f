"""A store for results that are not to be kept: gone with the last that reads in it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

from sim.experiment.store import Store


class TemporaryStore(Store):
    """A folder of its own, which is there as long as this object is."""

    durable = False

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="prisonflow-"))
        super().__init__(folder)
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
