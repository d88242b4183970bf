"""The process in which HiGHS solves programs, whole or relaxed, so that it can be ended in time.

It reads programs from its input and writes solutions to its output, each as the length of a NumPy
archive in eight bytes and the archive. Run by `karwan.terminals.berth_milp`.
"""

from __future__ import annotations

import io
import sys
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["receive", "send", "serve"]

Arrays = dict[str, NDArray[np.float64]]


def send(stream: BinaryIO, arrays: Arrays) -> None:
    """Write arrays to a stream."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    data = buffer.getvalue()
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def receive(stream: BinaryIO) -> Arrays | None:
    """Read arrays from a stream; None at its end."""
    size = stream.read(8)
    if len(size) < 8:
        return None
    data = stream.read(int.from_bytes(size, "big"))
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _rows(program: Arrays) -> csr_array:
    shape = tuple(int(n) for n in program["shape"])
    return csr_array((program["data"], program["indices"], program["indptr"]), shape=shape)


def _relax(program: Arrays) -> Arrays:
    """Solve the linear program of all rows but the last; return the prices of the rows."""
    from scipy.optimize import linprog  # noqa: PLC0415

    found = linprog(
        program["cost"],
        A_eq=_rows(program)[:-1],
        b_eq=program["low"][:-1],
        method="highs-ipm",
        options={"time_limit": float(program["limit"])},
    )
    if found.status != 0:
        return {"price": np.zeros(0), "cost": np.array(np.inf)}
    return {"price": found.eqlin.marginals, "cost": np.array(found.fun)}


def _solve(program: Arrays) -> Arrays:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

    rows = _rows(program)
    options = {"time_limit": float(program["limit"]), "mip_rel_gap": 0.0}
    found = milp(
        program["cost"],
        integrality=np.ones(rows.shape[1]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, program["low"], program["high"]),
        options=options,
    )
    bound = getattr(found, "mip_dual_bound", None)
    x = np.zeros(0) if found.x is None else found.x
    bound = np.inf if found.status == 2 else -np.inf if bound is None else bound
    return {"x": x, "bound": np.array(bound, float)}


def serve() -> None:
    """Solve programs until the input ends."""
    import scipy.optimize  # noqa: F401, PLC0415  (loaded before the first program comes)

    while (program := receive(sys.stdin.buffer)) is not None:
        task = _relax if "relaxed" in program else _solve
        send(sys.stdout.buffer, task(program))


if __name__ == "__main__":
    serve()
