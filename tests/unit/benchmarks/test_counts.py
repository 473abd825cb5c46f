"""The counts of a house of five files."""

from __future__ import annotations

from benchmarks.counts import counts

HOUSE = {
    "sim/errors.py": "NAME = 1\n",
    "sim/results/run.py": "NAME, own = 2, 3\n\ndef size():\n    return 1\n",
    "sim/show/report.py": "def write():\n    from sim.show.words import size\n"
    "    from sim.results import run\n",
    "sim/show/words.py": "import sim.errors\nfrom typing import TYPE_CHECKING\n"
    "from sim.show.report import write\nif TYPE_CHECKING:\n    from sim.show.never import T\n"
    "class Word:\n    def size(self):\n        pass\n    def _own(self): ...\ndef size(): ...\n",
    "sim/show/never.py": "def long():\n" + "    pass\n" * 51,
    "sim/show/templates/page.html.j2": "<p>\n</p>\n",
}


def test_lines_functions_names_and_the_trip_are_counted() -> None:
    assert counts(HOUSE) == {
        "lines in sim": 1,
        "lines in sim/results": 4,
        "lines in sim/show": 3 + 10 + 52 + 2,
        "lines": 72,
        "files": 5,
        "functions": 6,
        "functions above 50 lines": 1,
        "public names defined twice": 1,  # size
        "constants defined twice": 1,  # NAME
        "trip: files": 3,  # report, words, run
        "trip: stays": 3,  # there, back, and on to the run
        "trip: turns": 2,  # report and words go to each other
    }
