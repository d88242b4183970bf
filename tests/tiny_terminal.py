"""A small port with everything, a small border, and plain queues, on the tables of the atlas."""

import numpy as np
import polars as pl

import karwan
from karwan.kernels import terminal_layout as c
from karwan.schema import load_schema
from karwan.schema.load import polars_types
from karwan.terminals.build import Model

SOURCE = "terminal-kict"


def frame(table, rows):
    """Rows of a table, missing cells empty, with a source."""
    schema = load_schema(table)
    whole = [dict.fromkeys(schema.names) | {"source_id": SOURCE} | r for r in rows]
    return pl.DataFrame(whole, polars_types(schema))


def element(name, kind, count, **cells):
    return {"element_id": name, "terminal_id": "port", "kind": kind, "count": count, **cells}


def carrier(name, kind, **cells):
    cells = {"share": 1.0, "arrivals": "poisson"} | cells
    return {"carrier_id": name, "terminal_id": "port", "kind": kind, **cells}


def flow(name, brings, takes, share, **cells):
    cells = {"box": "laden", "customs": "local"} | cells
    ends = {"from_carriers": brings, "to_carriers": takes}
    return {"flow_id": name, "terminal_id": "port", "share": share, **ends, **cells}


ELEMENTS = [
    element("quay", "berth", 2, length_m=200.0, depth_m=10.0, capital_usd=5e6),
    element("cranes", "quay_crane", 3, moves_per_h=20.0, service_cv=0.2, up_h=60.0, down_h=4.0),
    element("tracks", "track", 1, length_m=500.0, track_gauge_mm=1520),
    element("loaders", "rail_crane", 1, moves_per_h=15.0),
    element("stacks", "block", 2, capacity_teu=700.0),
    element("bonded", "block", 1, capacity_teu=300.0, holds="transit"),
    element("gate", "gate_lane", 2, service_min=3.0, service_cv=1.0, up_h=100.0, down_h=5.0),
    element("papers", "customs_lane", 2, service_min=8.0, service_cv=0.5),
    element("scanner", "scanner", 1, service_min=5.0, service_cv=0.3),
    element("bays", "examination_bay", 2, service_min=60.0, service_cv=0.7),
]
CARRIERS = [
    carrier("ship", "vessel", boxes_per_call=120.0, boxes_cv=0.5, boxes_max=220.0, share=0.7,
            length_m=180.0, draft_m=9.0, arrivals="erlang", erlang_shape=2, cranes_max=3,
            preparation_h=2.0),
    carrier("feeder", "vessel", boxes_per_call=60.0, boxes_cv=0.5, boxes_max=120.0, share=0.3,
            length_m=120.0, draft_m=6.0, cranes_max=2, preparation_h=1.0),
    carrier("train", "train", calls_per_year=365.0, boxes_max=40.0, length_m=400.0,
            track_gauge_mm=1520, arrivals="schedule", lateness_h=2.0, preparation_h=2.0),
    carrier("truck", "truck"),
]  # fmt: skip
SHIPS = "ship|feeder"
FLOWS = [
    flow("import", SHIPS, "truck", 0.42, dwell_h=30.0, dwell_cv=0.7, scanned_share=0.1),
    flow("import-rail", SHIPS, "train", 0.05, dwell_h=24.0, dwell_cv=0.5),
    flow("transit", SHIPS, "truck", 0.08, customs="transit", dwell_h=40.0, dwell_cv=0.7,
         customs_share=1.0, sealing_min=6.0, scanned_share=0.8, examined_share=0.2),
    flow("export", "truck", SHIPS, 0.40, dwell_h=12.0, dwell_cv=0.7, customs_share=0.5,
         scanned_share=0.2, examined_share=0.05),
    flow("export-rail", "train", SHIPS, 0.05, dwell_h=12.0, dwell_cv=0.5),
]  # fmt: skip
PORT = {
    "terminal_id": "port", "name": "Port", "kind": "sea", "target_kind": "node",
    "target": "PKKHI", "throughput_teu_per_year": 150_000.0, "year": 2025, "teu_per_box": 1.5,
    "approach_depth_m": 9.0, "tide_range_m": 2.0, "clearance_m": 1.0, "crane_interference": 0.9,
    "storms_per_year": 20.0, "storm_h": 10.0, "peak_opens_h": 8.0, "peak_closes_h": 12.0,
    "peak_factor": 2.0,
}  # fmt: skip
HOURS = [
    {"hours_id": "gate", "terminal_id": "port", "part": "gate", "days": "1234567",
     "opens_h": 5.0, "closes_h": 23.0},
    {"hours_id": "customs", "terminal_id": "port", "part": "customs", "days": "12345",
     "opens_h": 7.0, "closes_h": 22.0},
    {"hours_id": "customs-weekend", "terminal_id": "port", "part": "customs", "days": "67",
     "opens_h": 8.0, "closes_h": 18.5},
]  # fmt: skip


def port(*, elements=ELEMENTS, carriers=CARRIERS, flows=FLOWS, terminal=PORT, hours=HOURS):
    """Return a network whose one terminal is a small port with everything."""
    return karwan.open_atlas().with_tables(
        terminals=frame("terminals", [terminal]),
        terminal_elements=frame("terminal_elements", elements),
        terminal_carriers=frame("terminal_carriers", carriers),
        terminal_flows=frame("terminal_flows", flows),
        terminal_hours=frame("terminal_hours", hours),
        terminal_records=frame("terminal_records", []),
    )


LANES = [e for e in ELEMENTS if e["kind"] in {"gate_lane", "customs_lane", "scanner"}]
PASS = {"from_carriers": "truck", "to_carriers": "truck", "share": 1.0, "customs_share": 0.5,
        "dwell_h": None, "examined_share": None, "scanned_share": 0.2}  # fmt: skip


def border(**cells):
    """Return a network whose one terminal is a small border."""
    lanes = [e | {"up_h": None, "down_h": None, "capital_usd": 1e6} for e in LANES]
    terminal = PORT | {"kind": "border", "throughput_teu_per_year": 200_000.0} | cells
    return port(
        elements=lanes, carriers=[carrier("truck", "truck")], flows=[FLOWS[0] | PASS],
        terminal=terminal, hours=[],
    )  # fmt: skip


def lanes(occupancy, servers, *, service_h=0.25, shape=1.0):
    """Return trucks at random before lanes of one kind: M/Ek/c."""
    row = np.zeros((1, c.CARRIER_COLUMNS))
    row[0, c.SIDE], row[0, c.TRUCKS] = c.TRUCK_SIDE, occupancy * servers / service_h
    part = np.zeros((c.PARTS, 6))
    part[c.FIRST_LANE, [c.COUNT, c.MEAN, c.SPREAD]] = servers, service_h, shape
    ways, share, first = np.array([[0, 0, 0, -1]]), np.ones(1), np.array([0, 1])
    given = (row, ways, share, first, np.zeros((1, 6)), np.zeros(0), np.zeros((0, 5)), part,
             np.ones((c.WEEK_ROWS, c.WEEK)), np.array([1.0, 0.0, 0.0, np.inf]))  # fmt: skip
    return Model({"teu_per_box": 1.0}, ("truck",), ("all",), (), 1.0, 1.0, given, 50_000)


def quays(occupancy, servers, *, arrivals=2.0, service=2.0):
    """Return vessels before berths with a crane each, without boxes: Ek/El/c with mean 1 h."""
    row = np.zeros((1, c.CARRIER_COLUMNS))
    row[0, [c.INTERVAL, c.SHAPE]] = 1.0 / (occupancy * servers), arrivals
    row[0, [c.MEAN_SIZE, c.SIZE_SHAPE, c.MOST]] = 1.0, service, np.inf
    row[0, [c.CRANES_MOST, c.TIDE]] = 1.0, np.inf
    part = np.zeros((c.PARTS, 6))
    part[0, [c.COUNT, c.MEAN]] = servers, 1.0
    berths = np.tile([0.0, np.inf, np.inf, 0.0, -1.0], (servers, 1))
    ways, first = np.zeros((0, 4), np.int64), np.zeros(2, np.int64)
    given = (row, ways, np.zeros(0), first, np.zeros((0, 6)), np.zeros(0), berths, part,
             np.ones((c.WEEK_ROWS, c.WEEK)), np.array([1.0, 0.0, 0.0, np.inf]))  # fmt: skip
    return Model({"teu_per_box": 1.0}, ("ship",), (), (), 1.0, 1.0, given, 100)
