"""Networks: read, write, check, and the sea graph."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from karwan.network.grades import source_grades, worst
from karwan.network.network import Network
from karwan.network.read import open_atlas, read_network

if TYPE_CHECKING:
    from karwan.network.own_rows import read_rows
    from karwan.network.validate import check_network
    from karwan.network.write import write_network

_HOME = {"check_network": "validate", "read_rows": "own_rows", "write_network": "write"}
"""What is imported when it is first used: rules are not needed to open the atlas."""

__all__ = [
    "Network",
    "check_network",
    "open_atlas",
    "read_network",
    "read_rows",
    "source_grades",
    "worst",
    "write_network",
]


def __getattr__(name: str) -> Any:
    """Import a name of `_HOME` when it is first used."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
