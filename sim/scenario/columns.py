"""Columns of numbers in CSV files, as scenarios and fits take them."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.scenario.base import MOST_DAYS
from sim.scenario.empirical import MOST_VALUES
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.toml import Raw, text_of

_NAMES = {"kind", "file", "column", "times"}
_FLAGS = {"0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


def read_values(table: Raw, path: Path, above: str = "") -> Iterator[Problem]:
    """Put values in the place of each `file` and `column` that plain data name, in place.

    Files are looked for from the folder of the file at `path`. Values are put in order, so that
    the order of lines is no part of a scenario. Yields what cannot be read.
    """
    for name, value in table.items():
        key = f"{above}{name}"
        if not isinstance(value, dict):
            continue
        if value.get("kind") != "empirical" or not {"file", "column"} & value.keys():
            yield from read_values(value, path, f"{key}.")
            continue
        try:
            file, column = _named(value)
            numbers = sorted(read_column(path.parent / file, column))
        except _UnclearError as error:
            yield Problem(str(path), key, str(error))
        except ScenarioError as error:
            yield from (Problem(str(path), f"{key}.file", str(found)) for found in error.problems)
        else:
            del value["file"], value["column"]
            value["values"] = numbers


def read_column(file: Path, column: str) -> list[float]:
    """Return the numbers in a column of a CSV file, which are zero or more.

    Raises
    ------
    ScenarioError
        If there is no such file or column, or it holds what is no such number: the first few.
    """
    return [_number(text) for text in _texts(file, column, _fault)]


def read_flags(file: Path, column: str) -> list[bool]:
    """Return the answers in a column of a CSV file: 1, true or yes; or 0, false or no.

    Raises
    ------
    ScenarioError
        If there is no such file or column, or it holds anything else: the first few.
    """
    return [_FLAGS[text.lower()] for text in _texts(file, column, _no_flag)]


class _UnclearError(Exception):
    """A table that does not say which column is meant."""


def _named(table: Raw) -> tuple[str, str]:
    file, column = table.get("file"), table.get("column")
    if unknown := sorted(table.keys() - _NAMES):
        raise _UnclearError(
            f"has {unknown[0]!r} beside file and column: values from a file have kind, file, "
            "column and perhaps times"
        )
    if not isinstance(file, str) or not isinstance(column, str):
        lacking = "file" if not isinstance(file, str) else "column"
        raise _UnclearError(
            f'does not say its {lacking}: write file = "data/stays.csv", column = "days"'
        )
    return file, column


def _texts(file: Path, column: str, fault: object) -> list[str]:
    """Return what stands in a column, without blanks around it, once all of it is usable."""
    assert callable(fault)
    lines = list(csv.reader(_read(file).splitlines()))
    heads = [head.strip() for head in lines[0]] if lines else []
    if column not in heads:
        raise _wrong(file, f"has no column {column!r}{_instead(column, heads)}")
    place = heads.index(column)
    rows = [(n, line) for n, line in enumerate(lines[1:], 2) if any(map(str.strip, line))]
    texts = [line[place].strip() if place < len(line) else "" for _, line in rows]
    if not texts:
        raise _wrong(file, f"has no line below its heads: column {column!r} is empty")
    if len(texts) > MOST_VALUES:
        raise _wrong(file, f"has {len(texts)} lines: at most {MOST_VALUES} are read")
    faults = [
        f"line {n}, column {column!r}: {fault(text)}"
        for (n, _), text in zip(rows, texts, strict=True)
        if fault(text)
    ]
    if faults:
        more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise _wrong(file, "; ".join(faults[:3]) + more)
    return texts


def _read(file: Path) -> str:
    try:
        return text_of(file.read_bytes())
    except FileNotFoundError:
        message = "no such file"
    except IsADirectoryError:
        message = "is a folder: give a CSV file"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        message = "not a text in UTF-8: save it as CSV in UTF-8"
    except ValueError as error:
        message = str(error)
    raise _wrong(file, message)


def _instead(column: str, heads: Sequence[str]) -> str:
    near = difflib.get_close_matches(column.lower(), [head.lower() for head in heads], n=1)
    if near:
        return f"; did you mean {next(h for h in heads if h.lower() == near[0])!r}?"
    return f"; there are: {', '.join(heads)}" if any(heads) else ": the file is empty"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _fault(text: str) -> str:
    """Say what is wrong with a number; nothing for a good one."""
    number = _number(text)
    if not text:
        return "is empty"
    if math.isnan(number):
        comma = "; write a point, not a comma" if "," in text else ""
        return f"is {text!r}: should be a number{comma}"
    if number < 0:
        return f"is {text}: should be at least 0"
    return "" if number <= MOST_DAYS else f"is {text}: should be at most {MOST_DAYS}"


def _no_flag(text: str) -> str:
    return "" if text.lower() in _FLAGS else f"is {text!r}: should be 1 or 0, true or false"


def _wrong(file: Path, message: str) -> ScenarioError:
    return ScenarioError([Problem(str(file), "", message)])
