"""What is shown at the door of the package."""

from . import plots

__all__ = ["plots"]
