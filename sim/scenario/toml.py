"""Reading TOML: whatever is wrong with a file is told with its name and what to do about it."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any

from sim.scenario.errors import Problem, ScenarioError

Raw = dict[str, Any]

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_toml(path: Path) -> Raw:
    """Read a TOML file as it stands; a byte-order mark before it is passed over.

    Raises
    ------
    ScenarioError
        If it is missing, unreadable, a folder, no text in UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(text_of(path.read_bytes()))
    except FileNotFoundError:
        message = "no such file"
    except IsADirectoryError:
        message = "is a folder: give a file"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        message = f"not a text in UTF-8: byte {error.start + 1} is none; save the file as UTF-8"
    except RecursionError:
        message = "not usable: tables or lists lie too deep inside one another"
    except ValueError as error:  # TOMLDecodeError; a number of thousands of digits; a path no
        message = f"not valid TOML: {error}"  # system can have
    raise ScenarioError([Problem(str(path), "", message)])


def is_file(path: Path) -> bool:
    """Tell whether there is such a file; a name that no system can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def value_of(text: str) -> Any:
    """Read one value as it stands in a TOML file; what is no such value is plain text."""
    try:
        content = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text.strip()
    return content["value"] if len(content) == 1 else text.strip()


def text_of(content: bytes) -> str:
    """Return a file's content as text in UTF-8, without a byte-order mark."""
    if content.startswith(_UTF_16):
        raise ValueError("the file is a text in UTF-16: save it as UTF-8")
    text = content.decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("it holds zero bytes: this is no text, or one in UTF-16; save it as UTF-8")
    return text.replace("\r\n", "\n")
