"""What the commands say, to a reader who may go away: nothing that is printed can cost a result."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, NoReturn, TextIO

from sim.errors import PrisonflowError
from sim.scenario.errors import ScenarioError

#: Exit codes: of an interrupt, as shells have it; of what was wrong, but not with the input.
INTERRUPTED, FAILED = 130, 1


def say(text: str = "") -> None:
    """Print a line."""
    print(text)


def fail(lines: Sequence[str], code: int = 2) -> NoReturn:
    """Print what is wrong on standard error, line by line, and exit."""
    for line in lines:
        print(f"prisonflow: {line}", file=sys.stderr)
    sys.exit(code)


class Reader:
    """A stream whose reader may go away; what is said after that is dropped, and noted.

    A command goes on when nobody listens any more: it has files to write, and an exit code that
    says how it went.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text; what its encoding lacks is replaced."""
        try:
            return self._stream.write(text)
        except UnicodeEncodeError:
            encoding = self._stream.encoding
            return self.write(text.encode(encoding, "replace").decode(encoding))
        except OSError as error:
            self._drop(error)
        return len(text)

    def flush(self) -> None:
        """Send on what was written."""
        try:
            self._stream.flush()
        except OSError as error:
            self._drop(error)

    def _drop(self, error: OSError) -> None:
        """Send to nowhere what is written from now on, and what could not be."""
        self.error = error
        with suppress(OSError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def readers() -> Iterator[None]:
    """Let standard output and error be streams whose readers may go away.

    A reader who has read enough (`prisonflow ... | head`) is no failure; a full disk is one.
    """
    before = sys.stdout, sys.stderr
    # Closed ones are None: what is said then goes nowhere.
    out, err = (Reader(one or open(os.devnull, "w")) for one in before)  # noqa: SIM115
    sys.stdout, sys.stderr = out, err
    code: str | int | None = 0
    try:
        yield
    except SystemExit as ended:
        code = ended.code
    finally:
        out.flush()
        if out.error is not None and out.error.errno != errno.EPIPE:
            print(f"prisonflow: {_unsaid(out.error)}", file=err)
            code = code or FAILED
        err.flush()
        sys.stdout, sys.stderr = before
    sys.exit(code)


def _unsaid(error: OSError) -> str:
    return (
        f"standard output cannot be written to ({error.strerror}): not all was said; files are "
        "not touched by that"
    )


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that tells what went wrong in a sentence: an error of ours, an interrupt."""

    @wraps(command)
    def told(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except PrisonflowError as error:
            fail(str(error).splitlines(), code=2 if isinstance(error, ScenarioError) else FAILED)
        except KeyboardInterrupt:
            fail(["stopped"], code=INTERRUPTED)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            fail([f"{where}{error.strerror or error}"], code=FAILED)

    return told
