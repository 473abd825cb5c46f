"""What is known of several replications, or draws, of one scenario: their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sim.results.copies import Tables

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from sim.experiment.design import Plan
    from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Replications:
    """The tables of several replications of one scenario, each row with its replication.

    Of draws a row's replication is the number of the draw: they differ by assumptions and chance,
    and `scenario` is the world as it is, from which no draw is taken.
    """

    scenario: Scenario
    seed: int
    number: int
    tables: Mapping[str, pd.DataFrame]
    """By name; each that is asked for is a copy of its own. Those who only read use `lent`."""
    first: int = 0
    """Number of the first of them; the others follow without a gap."""
    drawn: bool = False
    """Whether they are draws."""
    chance: Replications | None = None
    """Of draws: replications of the scenario at its own values, which differ by chance alone."""
    plan: Plan | None = None
    """Of draws: the design that they are of, which knows the assumptions of each."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Tables(self.tables))

    def lent(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table itself, to be read and not changed: without the cost of a copy."""
        return cast(Tables, self.tables).lent(name, columns)

    def blocks(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a table some replications at a time, in their order, to be summed up."""
        return cast(Tables, self.tables).blocks(name, columns)

    def parts(self, name: str) -> Iterator[pa.Table]:
        """Yield a table some replications at a time as Arrow has it, to be passed on."""
        return cast(Tables, self.tables).parts(name)

    def varies(self, key: str) -> bool:
        """Tell whether draws differ in an assumption, given by the name of its factor."""
        return self.drawn and (self.plan is None or key in {f.name for f in self.plan.factors})

    @property
    def numbers(self) -> range:
        """The numbers of the replications."""
        return range(self.first, self.first + self.number)

    def __repr__(self) -> str:
        what = "draws" if self.drawn else "replications"
        return f"<{self.number} {what} of {self.scenario.name}, seed {self.seed}>"
