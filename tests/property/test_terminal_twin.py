"""The event loop and SimPy processes of the same model give the same law of everything seen."""

import numpy as np
import polars as pl
import pytest

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import build
from karwan.terminals.replicate import replicate
from naive_terminal import Twin
from tiny_terminal import port

WARM, HOURS = 240.0, 480.0
TWINS, RUNS = 16, 300


def of_run(model, run):
    stays = run.hist[:, c.STAY].sum()
    seen = {
        "box time": run.tally[:, c.TOTAL_SUM].sum() / run.tally[:, c.GONE].sum(),
        "turn": run.tally[:, c.TURN_SUM].sum() / run.tally[:, c.TURNS].sum(),
        "boxes": run.tally[:, c.GONE].sum(),
    }
    if stays:
        yard = run.series[:, c.IN_YARD]
        seen |= {"dwell": run.tally[:, c.STAY_SUM].sum() / stays, "yard": yard.mean()}
        seen |= {"yard P95": np.quantile(yard, 0.95), "yard peak": yard.max()}
    for k in range(len(model.carriers)):
        own = run.record[run.record[:, c.SEEN_CLASS] == k]
        if len(own):
            seen[f"wait {k}"] = (own[:, c.SEEN_BERTHED] - own[:, c.SEEN_ARRIVED]).mean()
            seen[f"berth {k}"] = (own[:, c.SEEN_LEFT] - own[:, c.SEEN_BERTHED]).mean()
    return seen


def of_twin(twin):
    seen = {name: np.mean(values) for name, values in twin.out.items() if len(values)}
    seen["boxes"] = len(twin.out["box time"])
    yard = twin.out["yard"]
    return seen | {"yard P95": np.quantile(yard, 0.95), "yard peak": np.max(yard)}


def border(network):
    """The same lanes without ships: trucks pass both ways."""
    flows = network.table("terminal_flows").head(1).with_columns(
        from_carriers=pl.lit("truck"), to_carriers=pl.lit("truck"), share=pl.lit(1.0),
        customs_share=pl.lit(1.0), examined_share=pl.lit(0.1),
    )  # fmt: skip
    terminals = network.table("terminals").with_columns(
        kind=pl.lit("border"), throughput_teu_per_year=pl.lit(60_000.0)
    )
    return network.with_tables(terminals=terminals, terminal_flows=flows)


@pytest.mark.parametrize("what", ["port", "border"])
def test_every_output_agrees_with_the_twin_within_three_standard_errors(what):
    network = port() if what == "port" else border(port())
    model = build(network, "port")
    loop = [of_run(model, r) for r in replicate(model, range(RUNS), 11, WARM, HOURS)]
    twins = [of_twin(Twin(model, 1_000 + s, WARM, WARM + HOURS)) for s in range(TWINS)]
    apart = {}
    for name in loop[0]:
        a = np.array([seen[name] for seen in loop if name in seen])
        b = np.array([seen[name] for seen in twins if name in seen])
        error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        apart[name] = 0.0 if error == 0.0 else float((a.mean() - b.mean()) / error)
    assert all(abs(z) < 3.0 for z in apart.values()), apart
