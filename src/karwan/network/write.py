"""Write networks as folders of tables."""

from __future__ import annotations

from pathlib import Path

from karwan.errors import InputError
from karwan.network.meta import META_FILE, Meta, meta_text
from karwan.network.network import Network

__all__ = ["write_network"]

FORMATS = ("csv", "parquet")


def write_network(network: Network, folder: Path | str, *, file_format: str = "csv") -> None:
    """Write a network as a folder of tables and `network.toml`.

    Parameters
    ----------
    network : Network
        Network written; empty tables are written too. Reading the folder gives a network of
        the same fingerprint.
    folder : Path or str
        Folder, made if need be; tables of the same format in it are written over.
    file_format : str
        ``csv`` or ``parquet``.

    Raises
    ------
    InputError
        The format is unknown, or the folder holds tables of the other format.
    """
    if file_format not in FORMATS:
        message = f"file_format is {file_format!r}; use 'csv' or 'parquet'"
        raise InputError(message)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    other = FORMATS[1 - FORMATS.index(file_format)]
    clash = [f"{name}.{other}" for name in network.tables if (folder / f"{name}.{other}").exists()]
    if clash:
        message = f"{folder} holds {', '.join(clash)}; name another folder or remove them"
        raise InputError(message)
    for name, frame in network.tables.items():
        if file_format == "csv":
            frame.write_csv(folder / f"{name}.csv")
        else:
            frame.write_parquet(folder / f"{name}.parquet")
    meta = Meta(
        network.name,
        network.price_year,
        network.as_of,
        network.worldview,
        network.disclaimer,
        network.licences,
    )
    (folder / META_FILE).write_text(meta_text(meta), "utf-8", newline="\n")
