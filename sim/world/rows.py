"""What a row of the flow says: of a stay, of a stage of the removal case, of an exit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sim.world.stages import CaseStage, Exit, Stay

#: Roles of the places that scenarios name, by what stands for them in the rows. Names differ from
#: scenario to scenario; roles are the same in all, and tables carry both.
ROLES = {
    "rented": "rented_prison",
    "detention": "detention",
    "centre": "departure_centre",
    "host_detention": "host_detention",
}


class Phase(Enum):
    """Part of the journey."""

    SERVING = "until the sentence ends"
    ABROAD = "in and on the way to the rented prison"
    AFTER = "after the sentence"
    STAYING = "staying abroad"


@dataclass(frozen=True)
class About:
    """What tables say of a stay: its stage, its place, and whether the person is held."""

    stage: str
    place: str
    held: bool
    title: str

    @property
    def role(self) -> str:
        """The stage, by the name that it has in every scenario."""
        return self.stage.format_map(ROLES)

    @property
    def place_role(self) -> str:
        """The place, by the name that it has in every scenario."""
        return self.place.format_map(ROLES)


@dataclass(frozen=True, kw_only=True)
class StayRow(About):
    """All that is known of a stay."""

    institution: str
    """The module of `sim.world` that logs it."""
    phase: Phase
    story: str
    """What the person does, in a story."""
    band: str
    """The part of pictures that it belongs to."""
    stage_title: str = ""
    """Title of the stage, where several stays are one."""
    then: Mapping[Stay, str] = field(default_factory=dict)
    """Stays that may follow, with a word on when."""
    exits: tuple[Exit, ...] = ()
    """Exits that may follow."""
    queue: str = ""
    """What the person waits for, a name in `flow.QUEUES`."""
    momentary: bool = False
    """Whether it counts even if it lasts no time: to wait for no time is to wait, too, and who is
    flown out has been there, even if due back at once."""
    rented_place: bool = False
    """Whether the person holds a place in the rented prison."""
    away_from: Stay | None = None
    """The stay that goes on meanwhile."""
    price: str = ""
    """The item of cost that its days are."""
    price_at_home: str = ""
    """The item that its days abroad would be otherwise."""
    group: str = ""
    """The group under which its days held are told."""
    let_out: str = "prison"
    """What someone is let out of who is released from it."""


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """All that is known of a stage of the removal case."""

    title: str
    story: str
    """What happens, in a story."""
    then: tuple[CaseStage, ...]
    """Stages that may follow."""
    queue: str = ""
    """What the case waits for, a name in `flow.QUEUES`."""
    momentary: bool = False
    """Whether it counts even if it lasts no time."""
    idle: bool = False
    """Whether nobody works on the case."""
    requested: bool = False
    """Whether it can come as soon as a travel document has been asked for."""


@dataclass(frozen=True, kw_only=True)
class ExitRow:
    """All that is known of an exit."""

    title: str
    leaves: str
    """What the person does, in the diagram."""
    story: str
    """What the person does, in a story; `%s` leaves room for the escort."""
    band: str
    """The end of the ribbons that it belongs to."""
    departure: bool = False
    """Whether it is a registered departure from the sending state."""
    removal: bool = False
    """Whether a removal case ends with it, in a removal."""
    early: bool = False
    """Whether it comes before the sentence has ended."""
