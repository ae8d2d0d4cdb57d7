"""What figures are taken with and how busy it was; no names."""

import os
import platform

import numpy
import scipy


def machine(*more: str) -> str:
    """Processors, system and versions."""
    parts = [
        f"{os.cpu_count()} processors ({platform.machine()})",
        platform.system(),
        f"Python {platform.python_version()}",
        f"numpy {numpy.__version__}",
        f"scipy {scipy.__version__}",
        *more,
    ]
    return ", ".join(parts)


class Load:
    """The load of the machine, taken when this is made and when it is shown."""

    def __init__(self) -> None:
        self._before = os.getloadavg()[0]

    def shown(self) -> str:
        """Both figures in words."""
        return f"{self._before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"

    def crowded(self) -> bool:
        """Whether others have kept every processor busy."""
        return min(self._before, os.getloadavg()[0]) > (os.cpu_count() or 1)
