"""Tables that are handed out: whoever gets one may sort, rename or fill it, and harms nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import pandas as pd


class Tables(Mapping[str, "pd.DataFrame"]):
    """Tables by name; each time one is asked for, it is a copy of its own."""

    def __init__(self, own: Mapping[str, pd.DataFrame]) -> None:
        self._own = own

    def lent(self, name: str) -> pd.DataFrame:
        """Return the table itself, for those who only read it: without the cost of a copy."""
        return self._own[name]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._own[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


class TableField:
    """A field of a dataclass that holds a table, and gives a copy to whoever asks for it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> Any: ...

    @overload
    def __get__(self, instance: object, owner: type) -> pd.DataFrame: ...

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:  # a dataclass asks for a default: there is none
            raise AttributeError(self._name)
        return instance.__dict__[self._name].copy()

    def __set__(self, instance: object, table: pd.DataFrame) -> None:
        instance.__dict__[self._name] = table.copy()
