"""Calibrate the baseline, and keep ensemble and report: half an hour. `make calibration`.

    python -m docs.make_calibration

Waves are kept in outputs/calibrate, in another folder for other code or other configs; stopped, it
goes on.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from docs.validating.common import DOCS, outputs
from sim.scenario.cases import cases

ROOT = DOCS.parent


def main() -> None:
    """Run what is missing, and copy what is kept in git."""
    out = outputs("calibrate")
    out.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "sim", "calibrate", "--out", str(out)], cwd=ROOT, check=True
    )
    figures = DOCS / "calibration" / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(out / "ensemble.toml", cases()["gjilan"].ensemble)
    shutil.copyfile(out / "calibration.md", DOCS / "calibration" / "baseline.md")
    for picture in (out / "figures").glob("*.png"):
        shutil.copyfile(picture, figures / picture.name)


if __name__ == "__main__":
    main()
