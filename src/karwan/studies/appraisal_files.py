"""Write the tables of an appraisal to a folder."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from karwan.kernels.venture_rows import MEASURES
from karwan.studies.appraisal import Appraisal

__all__ = ["write_tables"]


def write_tables(found: Appraisal, folder: Path | str) -> list[Path]:
    """Write one CSV file for each table, and the draws as Parquet.

    Parameters
    ----------
    found : Appraisal
        Appraisal.
    folder : Path or str
        Folder; made if it is not there.

    Returns
    -------
    list of Path
        Files written.
    """
    at = Path(folder)
    at.mkdir(parents=True, exist_ok=True)
    tables = {
        "assumptions": found.assumptions,
        "measures": found.measures,
        "tornado": found.tornado,
        "spider": found.spider,
        "scenarios": found.scenarios.with_columns(pl.col("why_not").cast(pl.String)),
        **found.statements,
    }
    if found.risk:
        tables |= {"risk": found.risk.summary, "importance": found.risk.importance}
    files = []
    for name, table in tables.items():
        files.append(at / f"{name}.csv")
        table.write_csv(files[-1])
    if found.risk:
        files.append(at / "draws.parquet")
        pl.DataFrame(found.risk.draws, schema=list(MEASURES)).write_parquet(files[-1])
    return files
