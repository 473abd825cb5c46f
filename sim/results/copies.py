"""Tables that are handed out: whoever gets one may sort, rename or fill it, and harms nobody."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

T = TypeVar("T")


class Shelf(Mapping[str, "pd.DataFrame"]):
    """Tables by name that lie on a disk, and need not be held whole."""

    @abstractmethod
    def read(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table, or some of its columns."""

    @abstractmethod
    def blocks(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a table, or some of its columns, a part at a time, in order."""

    @abstractmethod
    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the same as it is stored, for what is only passed on."""

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.read(name)

    def __contains__(self, name: object) -> bool:
        return any(name == there for there in self)


class Tables(Mapping[str, "pd.DataFrame"]):
    """Tables by name; each time one is asked for, it is a copy of its own."""

    def __init__(self, own: Mapping[str, pd.DataFrame]) -> None:
        self._own: Mapping[str, pd.DataFrame] = own._own if isinstance(own, Tables) else own

    def lent(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the table itself, for those who only read it: without the cost of a copy."""
        if isinstance(self._own, Shelf):
            return self._own.read(name, columns)
        return self._own[name] if columns is None else self._own[name][[*columns]]

    def blocks(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the table a part at a time, for those who only read it and sum it up."""
        if isinstance(self._own, Shelf):
            yield from self._own.blocks(name, columns)
        else:
            yield self.lent(name, columns)

    def parts(self, name: str) -> Iterator[pa.Table]:
        """Yield the table a part at a time as Arrow has it, for what is only passed on."""
        import pyarrow as pa

        if isinstance(self._own, Shelf):
            yield from self._own.parts(name)
        else:
            yield pa.Table.from_pandas(self.lent(name), preserve_index=False)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._own[name].copy()

    def __contains__(self, name: object) -> bool:
        return name in self._own

    def __or__(self, other: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        """Return copies of all, and those given in place of any of the same name."""
        return {**self, **other}

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


def copied(*names: str) -> Callable[[type[T]], type[T]]:
    """Make fields of a dataclass that hold tables give a copy to whoever asks for one.

    Parameters
    ----------
    *names
        The fields; the decorator stands above `@dataclass`.
    """

    def with_copies(kind: type[T]) -> type[T]:
        for name in names:
            setattr(kind, name, _Copied(name))
        return kind

    return with_copies


class _Copied:
    """The descriptor of such a field."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else instance.__dict__[self._name].copy()

    def __set__(self, instance: object, table: pd.DataFrame) -> None:
        instance.__dict__[self._name] = table.copy()
