"""Figure: durations that were observed, and the distributions fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.analysis.fitting import Fits, title_of
from sim.language import tr
from sim.numbers import grouped, plain
from sim.show.draw import style
from sim.show.draw.drawing import Drawing
from sim.show.draw.page import page
from sim.show.words.names import capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = 8
#: Inches: height of the panel, what stands below it, and what stands left of it.
_TALL, _BELOW, _LEFT = 3.8, 0.9, 1.3


def fit(found: Fits, unit: str) -> Drawing:
    """Draw the share that lasts longer against time: data as steps, fits as dashed curves."""
    title = tr("Which distribution describes the data?")
    message = tr(
        "{family} has the least AIC, and lies at most {distance} from the data.",
        family=capital(title_of(found.best.fit.family)),
        distance=grouped(found.best.fit.ks, 3),
    )
    note = tr("Steps are the Kaplan-Meier curve. Families are listed from the least AIC up.")
    form = tr("A curve of steps for the data, and a dashed curve for each family.")
    numbers = _numbers(found)
    with style.look():
        on = page(title, message, note, _TALL + _BELOW)
        ax = on.box(_LEFT, 0.15, style.WIDTH - _LEFT - 0.3, _TALL)
        days = numbers["time"]
        ax.step(days, numbers["observed"], where="post", color=style.DARK, linewidth=2.4,
                label=tr("observed"))  # fmt: skip
        for place, one in enumerate(found.families):
            ax.plot(
                days, numbers[one.fit.family], color=style.COLOURS[place],
                linestyle=style.DASHES[place + 1], linewidth=1.6, label=title_of(one.fit.family),
            )  # fmt: skip
        ax.set_xlim(0, float(days.iloc[-1]))
        ax.set_ylim(0, 1.02)
        ax.set_ylabel(tr("share that lasts longer"))
        ax.set_xlabel(unit)
        ax.grid(axis="y", color=style.PALE, linewidth=0.6)
        ax.legend(frameon=False, fontsize=style.BODY, handlelength=4)
        _at_risk(found, ax)
    return Drawing("fit", title, on.figure, form, message, note, numbers=lambda: numbers)


def _numbers(found: Fits) -> pd.DataFrame:
    """Lay out the curves at 400 times up to the last."""
    days = np.linspace(0, found.curve.last_time, 400)
    fitted = {one.fit.family: one.fit.survival(days) for one in found.families}
    return pd.DataFrame({"time": days, "observed": found.curve.at(days), **fitted})


def _at_risk(found: Fits, ax: Axes) -> None:
    """Write below the axis how many lasted at least so long."""
    from matplotlib.ticker import MaxNLocator

    last = found.curve.last_time
    ticks = [float(tick) for tick in MaxNLocator(_TICKS).tick_values(0, last) if 0 <= tick <= last]
    ax.set_xticks(ticks, [plain(tick) for tick in ticks])
    for tick in ticks:
        ax.annotate(
            grouped(int((found.duration >= tick).sum())), (tick, 0), (0, -46),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
            size=style.SMALL, color=style.DARK,
        )  # fmt: skip
    ax.annotate(
        tr("at risk"), (0, 0), (-16, -46), xycoords="axes fraction", textcoords="offset points",
        ha="right", size=style.SMALL, color=style.GREY,
    )  # fmt: skip
