"""What MkDocs asks for while it builds: generated pages, and links that lead out of docs/."""

from __future__ import annotations

import re
from collections.abc import Callable

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.building.catalogues import changelog, commands, keys, outcomes, python
from docs.made_of import ROOT

#: Pages that are made while the site is built, and are in no folder.
GENERATED: dict[str, Callable[[], str]] = {
    "reference/python.md": python,
    "reference/outcomes.md": outcomes,
    "reference/keys.md": keys,
    "reference/commands.md": commands,
    "changelog.md": changelog,
}
#: A link into the project beside docs/, which the site does not show.
_OUT = re.compile(r"(?<!!)\[([^\]]*)\]\(((?:\.\./)+)([^)#\s]+)(?:#[^)\s]*)?\)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for name, make in GENERATED.items():
        files.append(File.generated(config, name, content=make()))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Name a file of the project where a page links to it: it is there, and not on the site."""
    depth = page.file.src_uri.count("/")

    def named(link: re.Match[str]) -> str:
        text, up, path = link.groups()
        leads_out = up.count("../") == depth + 1 and (ROOT / path).exists()
        return (f"{text} (`{path}`)" if path not in text else text) if leads_out else link[0]

    return _OUT.sub(named, markdown)
