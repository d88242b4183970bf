"""Small files of a user's own demand, one in each format that is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

OD = """origin,destination,commodity,tonnes,year
Kostanay,Mombasa,wheat,12000,2025
Aksu,Jebel Ali,ferroalloys,8000,2025
"""
COMTRADE = """refYear,reporterISO,flowCode,partnerISO,cmdCode,motCode,netWgt,primaryValue
2023,KAZ,M,IND,TOTAL,0,,9000000
2023,KAZ,M,IND,0902,0,1000000,2000000
2023,KAZ,M,IND,090240,0,900000,1800000
2023,KAZ,M,IND,3004,0,0,7000000
2023,KAZ,M,IND,0902,1000,400000,800000
2023,KAZ,M,W00,0902,0,3000000,6000000
2023,KAZ,X,PAK,720241,0,5000000,6500000
2023,PAK,M,KAZ,720241,0,5200000,7000000
2023,KAZ,X,UZB,100199,0,2000000000,450000000
2023,KAZ,RX,PAK,720241,0,1000,1000
2023,KAZ,X,PAK,270900,0,50000000,20000000
2022,KAZ,X,UZB,100199,0,1000000000,250000000
"""
BACI = """t,i,j,k,v,q
2023,398,860,100199,450000,2000000
2023,699,398,090240,2000,1000
2023,398,586,270900,20000,50000
2023,842,398,870323,14000,           NA
"""
TRAFFIC = """year,teu_per_year
2026,438000
2030,553000
2034,698000
"""
ZONES = """zone,place
1,Almaty
2,Karachi
7,Jebel Ali
"""


def write_omx(file: Path, matrices: dict[str, np.ndarray], zones: list[int] | None = None) -> None:
    """Write matrices of tonnes, with a mapping of zones if any are given."""
    import openmatrix

    with openmatrix.open_file(str(file), "w") as book:
        for name, matrix in matrices.items():
            book[name] = matrix
        if zones is not None:
            book.create_mapping("zone", zones)


def write_demand_files(folder: Path) -> None:
    """Write every file that the documentation reads."""
    (folder / "od.csv").write_text(OD, "utf-8")
    (folder / "comtrade.csv").write_text(COMTRADE, "utf-8")
    (folder / "baci.csv").write_text(BACI, "utf-8")
    (folder / "zones.csv").write_text(ZONES, "utf-8")
    (folder / "traffic.csv").write_text(TRAFFIC, "utf-8")
    boxes = np.array([[0.0, 10.0, 20.0], [5.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    write_omx(folder / "flows.omx", {"general": boxes, "wheat": boxes.T * 100}, [1, 2, 7])
