"""Networks: read, write, check, and the sea graph."""

from karwan.network.grades import source_grades, worst
from karwan.network.network import Network
from karwan.network.own_rows import read_rows
from karwan.network.read import open_atlas, read_network
from karwan.network.validate import check_network
from karwan.network.write import write_network

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
