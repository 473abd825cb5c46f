"""The command that opens the page."""

from __future__ import annotations

import os
import socket
import webbrowser
from pathlib import Path
from threading import Timer
from typing import Annotated

import typer

from sim.cli.output import fail, say

#: The only address at which the page is served: this machine alone can reach it.
ADDRESS = "127.0.0.1"
#: Seconds after which the page answers; a browser waits for it if it takes longer.
_STARTS = 2.0


def app(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASE]...",
            help="Folder or name of a case to open on, or scenario files, to choose from, too.",
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port of the page.")] = 8501,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open it in a browser.")
    ] = True,
) -> None:
    """Open a page in the browser to ask "what if": on this machine only, no Python needed."""
    try:
        from streamlit.web import cli
    except ImportError:
        fail(["the page needs Streamlit: pip install 'prisonflow[app]'"])
    import sim.show.app
    from sim.scenario.files import find, load
    from sim.show.app.setting import FILES, files_of

    files = [
        Path(name).resolve() if Path(name).exists() else find(name) for name in scenarios or []
    ]
    for file in (own for path in files for own in files_of(path)):
        load(file)  # what cannot be read is told here, not in the browser
    if not _is_free(port):
        fail([f"--port {port}: something else uses it; choose another"])
    os.environ[FILES] = os.pathsep.join(map(str, files))
    say("Only this machine can reach the page. Ctrl-C ends it.")
    if browser:
        opening = Timer(_STARTS, webbrowser.open, [f"http://{ADDRESS}:{port}"])
        opening.daemon = True
        opening.start()
    cli.main(
        [
            "run",
            str(Path(sim.show.app.__file__).with_name("page.py")),
            *_options(port),
        ],
        standalone_mode=False,
    )


def _options(port: int) -> list[str]:
    """Return how Streamlit is to serve the page: to this machine, reporting to nobody."""
    options = {
        "server.address": ADDRESS,
        "server.port": port,
        "server.headless": True,  # asks nobody for an address, and opens no browser by itself
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "runner.magicEnabled": False,
        "theme.base": "light",
        "theme.primaryColor": "#005a91",
        "logger.level": "warning",
    }
    return [f"--{name}={str(value).lower()}" for name, value in options.items()]


def _is_free(port: int) -> bool:
    """Tell whether a port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
