"""Make the README's picture of occupancy, with and without the agreement: `make picture`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = Path(__file__).with_name("occupancy.png")
SCENARIOS = ("baseline", "no_agreement")
REPLICATIONS = 12


def main() -> None:
    """Run both worlds, and keep one of their figures."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "sim", "run", *SCENARIOS,
             "--replications", str(REPLICATIONS), "--out", folder],
            cwd=FILE.parents[1], check=True,
        )  # fmt: skip
        shutil.copyfile(Path(folder) / "figures" / "occupancy.png", FILE)


if __name__ == "__main__":
    main()
