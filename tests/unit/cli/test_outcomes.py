"""The list of outcomes on the command line, in every format."""

import csv
import io
import json

import pytest

from sim.results.outcomes import OUTCOMES
from tests.helpers.misuse import call

NAMES = [one.name for one in OUTCOMES]


@pytest.mark.parametrize("form", ["text", "csv", "json", "markdown"])
def test_every_outcome_stands_in_every_format(form):
    said = call("outcomes", "--format", form)
    assert said.code == 0
    if form == "json":
        found = [row["outcome"] for row in json.loads(said.out)]
    elif form == "csv":
        found = [row["outcome"] for row in csv.DictReader(io.StringIO(said.out))]
    elif form == "markdown":
        found = [line.split(" | ")[0].lstrip("| ") for line in said.out.splitlines()[2:]]
    else:
        found = [line.split()[0] for line in said.out.splitlines()]
    assert found == NAMES


def test_another_format_or_scenario_is_refused():
    assert call("outcomes", "--format", "xml").code == 2
    said = call("outcomes", "nowhere")
    assert said.code == 2
    assert "no shipped scenario of that name" in said.err
