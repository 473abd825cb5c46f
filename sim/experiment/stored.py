"""Tables as files: read, or said to be damaged by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import PrisonflowError

if TYPE_CHECKING:
    import pyarrow as pa

#: What every Parquet file begins and ends with, and the least it can hold.
_MAGIC, _LEAST = b"PAR1", 12


class StoreError(PrisonflowError):
    """A folder that cannot be used, or not now; the message says why and what to do."""


def is_whole(file: Path) -> bool:
    """Tell whether a file is there and begins and ends as a table does."""
    try:
        with file.open("rb") as opened:
            begins = opened.read(len(_MAGIC))
            size = opened.seek(0, 2)
            opened.seek(max(0, size - len(_MAGIC)))
            return size >= _LEAST and begins == _MAGIC == opened.read()
    except FileNotFoundError:
        return False


def is_readable(file: Path) -> bool:
    """Tell whether a file is whole and says what it holds, which takes longer to find out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return is_whole(file) and pq.read_metadata(file) is not None
    except (OSError, pa.ArrowException):
        return False


def read_table(
    file: Path, columns: Sequence[str] | None = None, categories: Sequence[str] = ()
) -> pa.Table:
    """Read a table.

    Parameters
    ----------
    file
        A Parquet file.
    columns
        Only these columns.
    categories
        Columns of words that come as categories.

    Raises
    ------
    StoreError
        If it is damaged.
    """
    import pyarrow.parquet as pq

    with _named(file):
        opened = pq.ParquetFile(file, read_dictionary=list(categories))
        return opened.read(columns=None if columns is None else list(columns))


def words_in(file: Path) -> list[str]:
    """Return the columns of a table that hold words; StoreError if it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _named(file):
        return [field.name for field in pq.read_schema(file) if pa.types.is_string(field.type)]


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Name the file in what is said about it."""
    import pyarrow as pa

    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"{file}: is damaged, or no table ({str(error).splitlines()[0]}). Give the "
            "experiment's command again: it runs anew what cannot be read; if that does not help, "
            "remove the file first"
        ) from None
