"""Generated pages: outcomes, keys, commands and the Python interface, each from what defines it."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

from docs.made_of import ROOT


def _cell(text: object) -> str:
    """Write a text as one cell of a table in Markdown."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def changelog() -> str:
    """Return what changed, release by release."""
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# ---------------------------------------------------------------------- outcomes


def outcomes() -> str:
    """Return the catalogue of outcomes: words, unit, population, and the formula as it is run."""
    import sim
    from sim.results.outcomes import OUTCOMES

    world = sim.load("baseline")
    lines = [
        "# Outcomes",
        "",
        "What one replication says about the observed period, one number each, with the names of "
        "the baseline. `sim.outcomes()` and `prisonflow outcomes` list the same. A definition says "
        "of whom and over what; *formula* is the function that measures it. What does not exist "
        "(a wait where nobody waited) is missing, never zero.",
    ]
    for one in OUTCOMES:
        lines += [
            "",
            f"## `{one.name}` {{#{one.name}}}",
            "",
            f"**{_cell(world.told(one.title))}**, in {one.unit}.",
            "",
            _cell(world.told(one.definition)),
            "",
            f"A difference matters from {_margin(one.margin)}.",
        ]
        if one.section:
            lines += ["", f"It exists where the scenario has `{one.section}`."]
        lines += ["", '??? note "Formula"', "", *_code(one.value)]
    return "\n".join(lines) + "\n"


def _margin(margin: Any) -> str:
    share = f"{margin.relative:.0%} of the reference's value"
    if not margin.relative:
        return f"{margin.absolute:g}"
    return f"the larger of {margin.absolute:g} and {share}" if margin.absolute else share


def _code(function: Any) -> Iterator[str]:
    """Yield the text of a function as an indented block of code."""
    text = inspect.cleandoc("\n" + inspect.getsource(inspect.unwrap(function)))
    yield "    ```python"
    yield from (f"    {line}" for line in text.splitlines())
    yield "    ```"


# ---------------------------------------------------------------------- keys


def keys() -> str:
    """Return the catalogue of keys: unit, what is allowed, and evidence as the baseline has it."""
    import sim
    from sim.scenario.evidence import evidence_for
    from sim.scenario.json_schema import schema

    world = sim.load("baseline")
    evidence, leaves = evidence_for(world), dict(world.leaves())
    lines = [
        "# Keys of a scenario",
        "",
        "Every key that a scenario file may have, then every number of the baseline with its "
        "evidence. `*` stands for a name that the scenario gives. `prisonflow describe baseline` "
        "prints the same values; `prisonflow schema` writes the rules for editors.",
        "",
    ]
    section = ""
    document = schema()
    for key, said in _described(document, document, "", ()):
        if (top := key.split(".")[0]) != section:
            section = top
            lines += ["", f"## {top} {{#{top}}}", "", "| Key | Unit | Allowed | Meaning |",
                      "|---|---|---|---|"]  # fmt: skip
        meaning = said.get("description", "")
        lines.append(
            f"| `{key}` | {_cell(world.unit_of(key))} | {_cell(_allowed(said))} "
            f"| {_cell(meaning)} |"
        )
    lines += [
        "",
        "## Values of the baseline {#values-of-the-baseline}",
        "",
        "| Key | Value | Unit | Status | Plausible range | Source |",
        "|---|---|---|---|---|---|",
    ]
    for key, value in leaves.items():
        record = evidence.of(key)
        if record is not None:
            lines.append(
                f"| `{key}` | {_cell(_short(value))} | {_cell(world.unit_of(key))} "
                f"| {record.status} | {_range(record)} | {_cell(record.source)} |"
            )
    return "\n".join(lines) + "\n"


def _short(value: Any) -> str:
    from sim.scenario.base import in_short

    return in_short(value)


def _range(record: Any) -> str:
    if record.low is None:
        return ""
    factor = "times " if record.range_of == "factor" else ""
    return f"{factor}{_short(record.low)} to {_short(record.high)}"


def _described(
    document: dict[str, Any], part: dict[str, Any], prefix: str, above: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every dotted key below a part of a JSON Schema, with what is said of it."""
    for name, said in part.get("properties", {}).items():
        key = f"{prefix}{name}"
        yield key, said
        yield from _below(document, said, key, above)


def _below(
    document: dict[str, Any], said: dict[str, Any], key: str, above: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in (said, *said.get("anyOf", ())):
        name = one.get("$ref", "").rpartition("/")[2]
        # Steps and distributions have pages of their own; a mixture holds distributions.
        if name and name not in above:
            yield from _described(document, document["$defs"][name], f"{key}.", (*above, name))
        if isinstance(more := one.get("additionalProperties"), dict):
            yield from _below(document, more, f"{key}.*", above)


def _allowed(said: dict[str, Any]) -> str:
    """Say in few words what a key may hold."""
    if "enum" in said or "const" in said:
        return " or ".join(f"`{json.dumps(one)}`" for one in said.get("enum", [said.get("const")]))
    if "anyOf" in said:
        return "; or ".join(dict.fromkeys(filter(None, map(_allowed, said["anyOf"]))))
    if "oneOf" in said:
        return "a distribution"
    if name := said.get("$ref", "").rpartition("/")[2]:
        return f"a table, {name}"
    kind = "date" if said.get("format") == "date" else said.get("type", "")
    if kind == "array":
        name = said.get("items", {}).get("$ref", "").rpartition("/")[2]
        return "dated steps" if name.endswith("Step") else "a list"
    words = {"object": "a table", "number": "a number", "integer": "a whole number",
             "boolean": "`true` or `false`", "string": "text", "date": "a date"}  # fmt: skip
    limits = [
        f"{word} {said[limit]:,.10g}"
        for word, limit in (("from", "minimum"), ("above", "exclusiveMinimum"),
                            ("to", "maximum"), ("below", "exclusiveMaximum"))
        if limit in said
    ]  # fmt: skip
    return " ".join([words.get(kind, kind), *limits])


# ---------------------------------------------------------------------- commands


def commands() -> str:
    """Return the catalogue of commands, as `prisonflow COMMAND --help` says it."""
    import click
    import typer

    from sim.cli import app

    lines = ["# Commands", "", "`prisonflow COMMAND --help` says the same in a terminal."]
    whole = typer.main.get_command(app)
    for name, command in _leaves(whole, "prisonflow"):
        context = click.Context(command, info_name=name)
        lines += ["", f"## `{name}` {{#{name.replace(' ', '-')}}}", ""]
        lines += [_cell(command.help or ""), "", "| | | |", "|---|---|---|"]
        for param in command.get_params(context):
            written = ", ".join(f"`{one}`" for one in (*param.opts, *param.secondary_opts))
            if param.param_type_name == "argument":
                written = f"`{param.metavar or param.name.upper()}`"
            default = param.default
            plain = isinstance(default, str | int | float) and not isinstance(default, bool)
            shown = f"`{default}`" if plain else ""
            lines.append(f"| {written} | {_cell(getattr(param, 'help', '') or '')} | {shown} |")
    return "\n".join(lines) + "\n"


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", {})
    if not below:
        yield name, command
    for one, inner in below.items():
        yield from _leaves(inner, f"{name} {one}")


# ---------------------------------------------------------------------- Python


def python() -> str:
    """Return the reference of what `sim` exports, as its stubs list it."""
    lines = ["# Python", "", "Everything is reached from `sim`: `import sim`."]
    modules = []
    for name, path in public("sim"):
        if (ROOT / path.replace(".", "/")).is_dir() or (
            ROOT / f"{path.replace('.', '/')}.py"
        ).is_file():
            modules.append((name, path))
        else:
            lines += ["", f"## sim.{name} {{#sim.{name}}}", "", f"::: {path}"]
    for name, path in modules:
        lines += ["", f"## sim.{name} {{#sim.{name}}}"]
        if (ROOT / path.replace(".", "/")).is_dir():
            for inner, where in public(path):
                lines += ["", f"### sim.{name}.{inner} {{#sim.{name}.{inner}}}", "", f"::: {where}"]
        else:
            lines += ["", f"::: {path}"]
    return "\n".join(lines) + "\n"


def public(package: str) -> list[tuple[str, str]]:
    """Return each name that the stub of a package exports, with the full path of what it is."""
    stub = ROOT.joinpath(*package.split("."), "__init__.pyi").read_text(encoding="utf-8")
    found = []
    for node in ast.parse(stub).body:
        if isinstance(node, ast.ImportFrom):
            above = f"{package}.{node.module}" if node.module else package
            found += [(alias.name, f"{above}.{alias.name}") for alias in node.names]
    return sorted(found, key=lambda one: re.sub(r"\W", "", one[0]).lower())
