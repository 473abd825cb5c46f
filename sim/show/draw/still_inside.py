"""Panel: the share of people still in a stage, some time after they entered it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.show import words
from sim.show.draw import scales, style
from sim.show.draw.letters import in_key

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Days at which curves are drawn: five years, by the week.
DAYS = tuple(np.arange(0, 5 * words.YEAR_DAYS, 7).tolist())

#: Curves up to this number are named inside the panel, more at its right.
_INSIDE = 6


def curves(table: pd.DataFrame, titles: Mapping[str, str], ax: Axes) -> Axes:
    """Draw survival curves.

    Parameters
    ----------
    table
        As `sim.analysis.durations.survival_curves` gives it.
    titles
        Titles of stages.
    ax
        Where to draw.
    """
    keys = list(table.columns[: list(table.columns).index("days")])
    several = [name for name in keys if table[name].nunique() > 1]
    banded = int(table["replications"].max()) > 1
    for number, (_, rows) in enumerate(table.groupby(keys, sort=False)):
        years, colour = rows["days"] / words.YEAR_DAYS, style.colour(number)
        named = [titles.get(str(v), str(v)) for v in rows[several].iloc[0]]
        if banded:
            ax.fill_between(
                years, rows["low"], rows["high"], step="post", color=colour, alpha=0.18, linewidth=0
            )
        ax.step(
            years, rows["share"], where="post", color=colour, linestyle=style.dash(number),
            linewidth=1.9, label=in_key(", ".join(named)),
        )  # fmt: skip
    scales.share_axis(ax)
    ax.set_xlim(0, DAYS[-1] / words.YEAR_DAYS)
    ax.grid(color=style.PALE, linewidth=0.6)
    ax.set_xlabel(
        "years since the stay began (Kaplan-Meier: those still inside at the end count as such)"
        + ("\nband: 95 % interval of the mean over replications" if banded else "")
    )
    ax.set_ylabel("still inside")
    stages = dict.fromkeys(titles.get(str(stage), str(stage)) for stage in table["stage"])
    ax.set_title(" / ".join(stages) if len(stages) < 3 else "How long stays last")
    if several:
        if len(ax.lines) <= _INSIDE:
            ax.legend(frameon=False, fontsize=style.SMALL)
        else:
            ax.legend(
                frameon=False, fontsize=style.SMALL, loc="upper left", bbox_to_anchor=(1.0, 1.0)
            )
    return ax
