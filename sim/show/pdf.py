"""A page of HTML as PDF: laid out by WeasyPrint with the page's own style for print.

WeasyPrint is an extra, and stands on Pango, a library of the system. Neither is imported before a
PDF is made, and where one is missing the page itself is as good as ever.
"""

from __future__ import annotations

import warnings
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from sim.errors import PrisonflowError
from sim.language import tr

#: Where it is told how Pango is installed on each system.
_HOW = "https://doc.courtbouillon.org/weasyprint/stable/first_steps.html"


class NoPdf(PrisonflowError, RuntimeError):
    """PDF cannot be made here; the message says what it needs."""


def pdf_of(html: str) -> bytes:
    """Return a page as PDF; it loads nothing but what it holds itself.

    Parameters
    ----------
    html
        The whole page, with its style for print.

    Raises
    ------
    NoPdf
        If WeasyPrint or Pango is missing.
    """
    return bytes(laid_out(html).write_pdf())


def laid_out(html: str) -> Any:
    """Return a page as WeasyPrint lays it out, a document with its `pages`.

    Raises
    ------
    NoPdf
        If WeasyPrint or Pango is missing.
    """
    weasyprint = _weasyprint()
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"])
    return weasyprint.HTML(string=html, url_fetcher=fetcher).render()


def missing() -> str:
    """Say what PDF needs and is not there; nothing if it can be made."""
    try:
        _weasyprint()
    except NoPdf as error:
        return str(error)
    return ""


def _weasyprint() -> Any:
    """Import the library; what it prints itself where Pango is missing is said better here."""
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore", DeprecationWarning)  # of libraries of the system
            import weasyprint
    except ImportError as error:
        raise NoPdf(tr("PDF needs WeasyPrint: pip install 'prisonflow[pdf]'")) from error
    except OSError as error:
        raise NoPdf(
            tr(
                "PDF needs Pango, a library of the system, such as apt install "
                "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, or brew install pango: "
                "{address}",
                address=_HOW,
            )
        ) from error
    return weasyprint
