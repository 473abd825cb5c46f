"""Bring the catalogues of messages up to date with what the program says.

python -m docs.make_messages

A new message gets a place for its twin, empty; one that is said no more is dropped. Messages are
the texts given to `tr`, `trn`, `told` and `mark` in the code, the things that `counted` counts,
what templates translate, and the titles that are data: of outcomes, stages, exits, queues and
shipped scenarios.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, get_args

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from sim.language import CATALOGUES
from sim.results.basis import CASE_TITLES, QUEUE_TITLES
from sim.results.outcomes import OUTCOMES
from sim.scenario.base import unit_of
from sim.scenario.evidence import Record, Role, Status
from sim.scenario.explain import SCENARIO
from sim.scenario.files import load, shipped
from sim.show.facts.agreement import claimant
from sim.world.flow import EXITS, STAYS

ROOT = Path(__file__).resolve().parents[1]
#: The functions that translate, in templates.
SAID = ("tr", "trn", "_", "gettext", "ngettext")
#: What a value rests on: `sim.calibration.baseline.ground`.
GROUNDS = ("published", "assumed", "without a source")
#: Of the names that a scenario gives, those that people read.
NAMES = (
    "sending", "adjective", "host", "hosts", "rented_title", "detention_title", "centre_title",
    "host_detention_title",
)  # fmt: skip


class Message(NamedTuple):
    """A message, the plural it may have, and the file it stands in."""

    one: str
    many: str | None
    file: str
    named: bool = False
    """Whether all names that a scenario gives are put in, so that a twin may choose among them."""


def messages() -> list[Message]:
    """Return every message of the program, in the order of files."""
    found: list[Message] = []
    for path in sorted((ROOT / "sim").rglob("*.py")):
        if "compiled" not in path.parts:
            found += of_code(path.read_text("utf-8"), _name(path))
    for path in sorted((ROOT / "sim").rglob("*.j2")):
        found += of_template(path)
    return [*found, *of_data()]


def of_code(text: str, file: str) -> Iterator[Message]:
    """Yield the messages of a module."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name == "counted" and len(node.args) > 1:
            for what in _texts(node.args[1]):
                yield Message(f"{{number}} {what}", f"{{number}} {what}s", file)
        elif name == "trn" and len(node.args) > 1:
            for one, many in zip(_texts(node.args[0]), _texts(node.args[1]), strict=True):
                yield Message(one, many, file)
        elif name == "told" and len(node.args) > 1:
            for one in _texts(node.args[1]):
                yield Message(one, None, file, named=True)
        elif name in ("tr", "mark") and node.args:
            for one in _texts(node.args[0]):
                yield Message(one, None, file, named=name == "mark")


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an expression may be: one, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def of_template(path: Path) -> Iterator[Message]:
    """Yield the messages of a template."""
    options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    with path.open("rb") as file:
        for _, name, text, _ in babel_extract(file, SAID, (), options):
            texts = [one for one in (text if isinstance(text, tuple) else (text,)) if one]
            if texts:  # none where what is translated is data
                plural = texts[1] if name in ("trn", "ngettext") else None
                yield Message(texts[0], plural, _name(path))


def of_data() -> Iterator[Message]:
    """Yield titles of outcomes, stages, exits, queues, and of what shipped scenarios name."""
    for one in OUTCOMES:
        for text in (one.title, one.unit, one.definition):
            yield Message(text, None, "sim/results/outcomes", named=True)
    titles = [title for row in STAYS.values() for title in (row.title, row.stage_title)]
    titles += [*(row.title for row in EXITS.values()), *CASE_TITLES.values()]
    for text in (*titles, *QUEUE_TITLES.values()):
        yield Message(text, None, "sim/world/flow.py", named=True)
    for text in (*get_args(Status), *get_args(Role), *GROUNDS, "no record"):
        yield Message(text, None, "sim/scenario/evidence.py")
    for text in get_args(Record.model_fields["confidence"].annotation):
        yield Message(f"{text} confidence", None, "sim/scenario/evidence.py")
    for path in shipped():
        world = load(path)
        file = _name(path)
        named = [world.names[key] for key in NAMES]
        named += [origin.title for origin in world.origins.values()]
        claims = world.host.capacity_claims.values() if world.host else ()
        named += [claimant(claim.who) for claim in claims]
        for text in (world.title, world.summary, *named):
            yield Message(text, None, file, named=True)
    for unit in sorted({unit_of(key) for key in SCENARIO.keys}):  # of any case, shipped or not
        yield Message(unit, None, "sim/scenario/base.py", named=True)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def catalogue(found: Iterable[Message], language: str) -> Catalog:
    """Return the messages as a catalogue without twins."""
    made = Catalog(locale=language, project="prisonflow", header_comment="", fuzzy=False)
    for one in found:
        if one.one:
            made.add((one.one, one.many) if one.many else one.one, locations=[(one.file, 0)])
    return made


def updated(text: bytes, found: Iterable[Message], language: str) -> bytes:
    """Return the text of a catalogue with the messages there are now, and the twins it had."""
    before = read_po(BytesIO(text), locale=language)
    after = catalogue(found, language)
    for message in after:
        known = before.get(_key(message.id)) if message.id else None
        if known and known.string and known.pluralizable == message.pluralizable:
            message.string = known.string
    written = BytesIO()
    write_po(written, after, omit_header=True, width=100, include_lineno=False)
    return HEADER.format(language=language, plural=after.plural_forms).encode() + written.getvalue()


def _key(identity: str | Sequence[str]) -> str:
    return identity if isinstance(identity, str) else identity[0]


HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: prisonflow\\n"
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def main() -> None:
    """Write the catalogues, and say what has no twin yet."""
    found = messages()
    for path in sorted(CATALOGUES.glob("*/*/prisonflow.po")):
        language = path.parts[-3]
        path.write_bytes(updated(path.read_bytes(), found, language))
        missing = [m.id for m in read_po(BytesIO(path.read_bytes())) if m.id and not m.string]
        print(f"{path.relative_to(ROOT)}: {len(missing)} messages have no twin")


if __name__ == "__main__":
    main()
