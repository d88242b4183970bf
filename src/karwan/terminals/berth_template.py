"""Write an example of a berth problem, to be changed into one's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["write_template"]


def write_template(folder: Path | str, *, is_quay: bool = False) -> list[Path]:
    """Write an example of a berth problem.

    Parameters
    ----------
    folder : Path or str
        Folder to write to; made if it is not there.
    is_quay : bool
        One quay with cranes instead of discrete berths.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    FileExistsError
        One of them is there already; nothing is written.
    """
    folder = Path(folder)
    example = files("karwan.terminals") / "examples" / ("quay" if is_quay else "berths")
    found = {folder / f.name: f for f in sorted(example.iterdir(), key=lambda f: f.name)}
    for file in found:
        if file.exists():
            raise FileExistsError(file)
    folder.mkdir(parents=True, exist_ok=True)
    for file, source in found.items():
        file.write_text(source.read_text("utf-8"), "utf-8", newline="\n")
    return list(found)
