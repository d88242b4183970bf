"""Columns of the arrays that a run of a terminal keeps, and the kinds of its events."""

import numpy as np

__all__ = [
    "AREA", "ARRIVE", "ARRIVED", "AT_CUSTOMS", "BERTH", "BERTHED", "BERTHS_BUSY", "BERTH_DEPTH",
    "BERTH_GAUGE", "BERTH_LENGTH", "BERTH_SIDE", "BINS", "BLOCK", "BLOCKS", "BOX", "BOXES",
    "BROUGHT", "BUSY", "BY_CHANCE", "BY_TRUCK", "CALLS", "CALLS_WAITING", "CALL_COLUMNS",
    "CARRIER_COLUMNS", "CHANNEL", "CLASS", "CLOCK", "COME", "COMES", "COMING", "COUNT", "CRANES",
    "CRANES_BUSY", "CRANES_MOST", "CUSTOMS", "DONE", "DOWN", "DRAFT", "DWELL", "DWELL_ROOT",
    "DWELL_SHAPE", "EVENTS", "EXAMINED", "FETCHES", "FETCH_CELLS", "FETCH_ROOM", "FETCH_WHOLE",
    "FIRST_LANE", "FLOW", "FOR_CARRIERS", "FREE", "FREE_CALLS", "FREE_CHUNK", "FRESH",
    "FRESH_CHUNK", "FROM", "FULL", "GATE", "GAUGE", "GONE", "GUIDES", "HEAD", "HELD", "HELD_BACK",
    "IN", "INTERFERENCE", "INTERVAL", "IN_SYSTEM", "IN_YARD", "LANES", "LANE_BUSY", "LANE_QUEUE",
    "LATE", "LEAVE", "LEAVES", "LENGTH", "LEVEL", "LEVEL_COLUMNS", "LOADED", "LOOK", "MARKS",
    "MEAN", "MEAN_SIZE", "MEND", "MEND_H", "MOST", "NONE", "NUMBERS", "OCCUPANT", "ON_THE_WAY",
    "OUT", "OUTSIDE", "PARTS", "PHASE", "PLACED", "PLACES", "PREPARE", "QUAY", "QUEUED",
    "QUEUE_COLUMNS", "RAIL", "RATE", "RECORDS", "RESERVED", "ROOT", "SCANNED", "SCHEDULED",
    "SEALING", "SEEN_ARRIVED", "SEEN_BERTHED", "SEEN_CLASS", "SEEN_COLUMNS", "SEEN_IN", "SEEN_LEFT",
    "SEEN_OUT", "SERIES", "SETS_DOWN", "SHAPE", "SIDE", "SINCE", "SIZE", "SIZE_SHAPE", "SLOTS",
    "SPEED", "SPREAD", "START", "STAY", "STAY_SUM", "STEP", "STORM", "STORMS", "STORM_CHANGE",
    "STORM_H", "SURE", "SYSTEM", "TAIL", "TALLIES", "TICK", "TIDE", "TIDE_PERIOD", "TO", "TOTAL",
    "TOTAL_SUM", "TRUCK", "TRUCKS", "TRUCKS_WAITING", "TRUCK_SIDE", "TURN", "TURNS", "TURN_SUM",
    "UP_H", "VERSION", "VOID", "WAITING", "WAY_COLUMNS", "WEEK", "WEEK_ROWS", "WORK", "WORKED",
    "WORKING",
]  # fmt: skip

NONE = -1
VOID = 2**32 - 1
"""No box, or none of a table, where numbers are kept without sign."""
TICK = 0.5
"""Hours between two looks at yards, hours and tides."""
WEEK = 336
"""Ticks in a week; the first begins on Monday at midnight."""
FETCH_WHOLE, FETCH_CELLS, FETCH_ROOM = 337, 338, 339
"""Where the sum of a week stands among sums of its half hours, and cells to one of its units."""
GUIDES = 1024
"""Cells of the sum of a week for which it is noted where a search begins."""
TIDE_PERIOD = 12.42
"""Hours from high water to high water."""
BINS = 1024
"""Bins of a histogram of times: 32 in each doubling, from a thousandth of an hour."""

CLOCK, SCHEDULED, ARRIVE, START, WORKED, LEAVE, MEND, STORM_CHANGE = range(8)
"""Kinds of events; they stand in the low four bits of an event, what it is about above.

Trucks are not among them: between two of these events they are taken lane by lane.
"""

# numbers of a run
SIZE, COMING, WAITING, WORKING = range(4)
STORM, FULL, RECORDS, EVENTS, STEP, BOXES, FREE_CALLS, LOOK, COME, NUMBERS = range(5, 15)

# marks without sign: the first free box on a truck and the first never used, and of chunks
FREE, FRESH, FREE_CHUNK, FRESH_CHUNK, MARKS = range(5)

BOX = np.dtype([("key", "u8"), ("origin", "f8"), ("since", "f8"), ("way", "u4"), ("ready", "u4")])
"""A box: its key, when what it came with came, since when it is in the yard, or in the terminal if
it is not there yet [h], its way, and the half hour since which it waits for a vessel or train; two
fill a line of the cache of a processor."""
TRUCK = np.dtype([("at", "f8"), ("came", "f8"), ("takes", "f8"), ("box", "u4"), ("places", "u4")])
"""A truck: when it comes to a place, waits there or is done there, when it came to the terminal,
how long the lane takes [h], its box, and a bit for each place that it has yet to come to."""
LEAVES, SETS_DOWN, PLACES = 4, 5, 6
"""Places of a truck after the four lanes: out with its box, or in the yard to set it down."""

# calls
CLASS, ARRIVED, BERTH, BERTHED, IN, PLACED, OUT, LOADED, WORK, DONE = range(10)
SPEED, RATE, CRANES, VERSION, PHASE, SINCE, CALL_COLUMNS = 10, 11, 12, 13, 14, 15, 16
HELD_BACK = 2.0
"""Phase of a call that is ready to leave but held by tide, hours or weather."""

# carriers, given; then those of berths, given but for the call at it
SIDE, INTERVAL, SHAPE, LATE, MEAN_SIZE, SIZE_SHAPE, MOST, LENGTH, DRAFT, GAUGE = range(10)
CRANES_MOST, PREPARE, TIDE, TRUCKS, CARRIER_COLUMNS = 10, 11, 12, 13, 14
BERTH_SIDE, BERTH_LENGTH, BERTH_DEPTH, BERTH_GAUGE, OCCUPANT = range(5)
TRUCK_SIDE = 2
"""Side of trucks; vessels have 0, trains 1."""

# parts: quay cranes, rail cranes, then lanes: gate, customs, scanners, examination; a run adds
# the root of the shape
PARTS, FIRST_LANE, LANES = 6, 2, 4
COUNT, DOWN, UP_H, MEND_H, MEAN, SPREAD, ROOT = range(7)

# queues: four of lanes, then one of each carrier
HEAD, TAIL, QUEUED, BUSY, RESERVED, QUEUE_COLUMNS = range(6)

# ways and flows, given; a run adds whether a truck takes the box, the places its truck comes to
# and those it comes to by chance, in bits, and the root of the shape
FLOW, FROM, TO, BLOCK, BY_TRUCK, SURE, BY_CHANCE, WAY_COLUMNS = range(8)
DWELL, DWELL_SHAPE, AT_CUSTOMS, SEALING, SCANNED, EXAMINED, DWELL_ROOT = range(7)

# rows of the week: what is open, how many trucks come, and how many fetch a box that is ready
QUAY, CHANNEL, GATE, CUSTOMS, RAIL, COMES, FETCHES, WEEK_ROWS = range(8)

# site: crane interference, mean h between storms, their mean length, trucks let in a tick
INTERFERENCE, STORMS, STORM_H, SLOTS = range(4)

# levels over time: what stands where, its integral, the same by what was held there, and what
# trucks that were let in bring to a block
SYSTEM, CALLS, BERTHS_BUSY, CRANES_BUSY, LANE_QUEUE, LANE_BUSY, BLOCKS = 0, 1, 3, 5, 7, 11, 15
LEVEL, AREA, HELD, ON_THE_WAY, LEVEL_COLUMNS = range(5)

# what was seen of a flow after the warm-up, and its three histograms
GONE, STAY_SUM, TOTAL_SUM, TURNS, TURN_SUM, BROUGHT, TALLIES = range(7)
STAY, TOTAL, TURN = range(3)

# columns of a record of a call, and of the series of looks
SEEN_CLASS, SEEN_ARRIVED, SEEN_BERTHED, SEEN_LEFT, SEEN_IN, SEEN_OUT, SEEN_COLUMNS = range(7)
IN_SYSTEM, IN_YARD, CALLS_WAITING, TRUCKS_WAITING, FOR_CARRIERS, OUTSIDE, SERIES = range(7)
