"""A tenant's own question in a TOML file, laid over the tables of a network."""

from __future__ import annotations

from pathlib import Path

from karwan.errors import InputError
from karwan.network import Network
from karwan.schema.check import did_you_mean

__all__ = ["read_zone_file"]


def read_zone_file(network: Network, case: str | Path) -> tuple[Network, str]:
    """Return the network that holds a case, and its case_id."""
    known = network.table("zone_cases")["case_id"].to_list()
    if str(case) in known:
        return network, str(case)
    near = did_you_mean(str(case), known) or f"cases are {', '.join(known)}"
    message = f"{str(case)!r} is no case of zone_cases and no file; {near}"
    raise InputError(message)
