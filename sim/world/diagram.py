"""The flow as a diagram in Mermaid's words, made from the table: `docs/make_flow.py` writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.world.flow import EXITS, FREED, LET_OUT, STAYS
from sim.world.rows import Phase
from sim.world.stages import Exit, Stay

#: Institutions of more than one stay, by their modules, with titles.
INSTITUTIONS = {
    "journey": "Court and {adjective} prison",
    "transfer": "Transfer",
    "rented_prison": "The rented prison",
    "detention": "Detention",
    "departure_centre": "After release",
    "host": "{host}",
}
#: Where ways meet: the end of custody, and being let out.
_CASE, _OUT = "case", "let_out"
#: Exits that are drawn behind the removal case; and death, which comes from everywhere.
_BEHIND_CASE, _ANYWHERE = {Exit.REMOVED, Exit.ABSCONDED}, {Exit.DIED}


def mermaid(told: Callable[[str], str]) -> str:
    """Return the flow of people as a Mermaid flowchart, stays grouped by institution.

    Parameters
    ----------
    told
        What puts names into texts, such as `Scenario.told`.
    """
    lines = ["flowchart LR", *_nodes(), *_ways(), *_ways_out()]
    return told("\n  ".join(_braced(line) for line in lines)) + "\n"


def _braced(line: str) -> str:
    """Keep the braces of a diamond from those that leave room for a name."""
    return line.replace("<<", "{{").replace(">>", "}}")


def _by_institution() -> dict[str, list[Stay]]:
    found: dict[str, list[Stay]] = {}
    for stay, row in STAYS.items():
        found.setdefault(row.institution, []).append(stay)
    return found


def _nodes() -> Iterator[str]:
    """Yield the stays, those of an institution in a box, and where ways meet."""
    for institution, stays in _by_institution().items():
        boxed = len(stays) > 1
        if boxed:
            yield f'subgraph {institution}_["{INSTITUTIONS[institution]}"]'
        for stay in stays:
            yield f'{"  " * boxed}{_name(stay)}["{STAYS[stay].title}"]'
        if boxed:
            yield "end"
    yield f'{_CASE}<<"sentence over: removal case?">>'
    yield f'{_OUT}<<"let out">>'


def _ways() -> Iterator[str]:
    """Yield ways from stay to stay; those that many share lead through where they meet."""
    for institution, stays in _by_institution().items():
        to_case = [stay for stay in stays if _reaches(stay, FREED)]
        if len(to_case) == len(stays) > 1:
            yield f"{institution}_ --> {_CASE}"
        else:
            yield from (f"{_name(stay)} --> {_CASE}" for stay in to_case)
        for stay in stays:
            if stay not in to_case and _reaches(stay, LET_OUT):
                yield f"{_name(stay)} --> {_OUT}"
            for there, when in STAYS[stay].then.items():
                if there not in _shared(stay):
                    yield _way(stay, there, when)
    for there, when in FREED.items():
        yield f"{_OUT if there in LET_OUT else _CASE} -->|{when}| {_name(there)}"
    yield f"{_CASE} -->|no prospect, or not detained| {_OUT}"


def _way(here: Stay, there: Stay, when: str) -> str:
    """Draw one way; into a stay abroad that only stress tests know, a dotted one."""
    abroad = Phase.STAYING
    dotted = STAYS[there].phase is abroad and STAYS[here].phase is not abroad
    return f"{_name(here)} {'-.->' if dotted else '-->'}|{when}| {_name(there)}"


def _shared(stay: Stay) -> dict[Stay, str]:
    """Return the stays that follow a stay by way of the removal case, or of being let out."""
    return next((shared for shared in (FREED, LET_OUT) if _reaches(stay, shared)), {})


def _reaches(stay: Stay, stays: dict[Stay, str]) -> bool:
    return set(stays) <= set(STAYS[stay].then)


def _ways_out() -> Iterator[str]:
    """Yield the exits from each institution, equal ones once."""
    nodes: dict[tuple[Exit, ...], str] = {}
    sources = {_CASE: _BEHIND_CASE}
    for institution, stays in _by_institution().items():
        name = f"{institution}_" if len(stays) > 1 else _name(stays[0])
        sources[name] = set()
        for stay in stays:
            behind = _BEHIND_CASE if _reaches(stay, FREED) else set()
            sources[name] |= set(STAYS[stay].exits) - behind - _ANYWHERE
    for name, exits in sources.items():
        ways = tuple(exit for exit in EXITS if exit in exits)
        if ways not in nodes:
            nodes[ways] = f"out_{len(nodes)}"
            words = "<br>".join(EXITS[exit].leaves for exit in ways)
            yield f'{nodes[ways]}(["{words}"])'
        yield f"{name} --> {nodes[ways]}"


def _name(stay: Stay) -> str:
    return stay.name.lower()
