"""Columns of the arrays that a run of a terminal keeps, and the kinds of its events."""

__all__ = [
    "AREA", "ARRIVE", "ARRIVED", "AT", "AT_CUSTOMS", "BERTH", "BERTHED", "BERTHS_BUSY",
    "BERTH_DEPTH", "BERTH_GAUGE", "BERTH_LENGTH", "BERTH_SIDE", "BINS", "BLOCK", "BLOCKS", "BORN",
    "BOXES", "BOX_TIMES", "BROUGHT", "BUSY", "CALLS", "CALLS_WAITING", "CALL_COLUMNS", "CAME",
    "CARRIER_COLUMNS", "CHANNEL", "CLASS", "CLOCK", "COMES", "COMING", "COMING_N", "COUNT",
    "CRANES", "CRANES_BUSY", "CRANES_MOST", "CUSTOMS", "DONE", "DOWN", "DRAFT", "DWELL",
    "DWELL_SHAPE", "EVENTS", "EXAMINED", "FETCHES", "FIRST_LANE", "FLOW", "FOR_CARRIERS", "FREE",
    "FREE_CALLS", "FROM", "FULL", "GATE", "GAUGE", "GONE", "HEAD", "HELD", "HELD_BACK", "IN",
    "INTERFERENCE", "INTERVAL", "IN_SYSTEM", "IN_YARD", "LANES", "LANE_BUSY", "LANE_QUEUE", "LATE",
    "LEAVE", "LENGTH", "LEVEL", "LEVEL_COLUMNS", "LOADED", "LOOK", "MEAN", "MEAN_SIZE", "MEND",
    "MEND_H", "MOST", "NEXT", "NONE", "NUMBERS", "OCCUPANT", "ON_THE_WAY", "ORIGIN", "OUT",
    "OUTSIDE", "PARTS", "PHASE", "PLACED", "PREPARE", "QUAY", "QUEUED", "QUEUE_COLUMNS", "RAIL",
    "RATE", "READY", "RECORDS", "REFUSED", "RESERVED", "SCANNED", "SCHEDULED", "SEALING",
    "SEEN_ARRIVED", "SEEN_BERTHED", "SEEN_CLASS", "SEEN_COLUMNS", "SEEN_IN", "SEEN_LEFT",
    "SEEN_OUT", "SERIES", "SERVED", "SHAPE", "SIDE", "SINCE", "SIZE", "SIZE_SHAPE", "SLOTS",
    "SPEED", "SPREAD", "STAGE", "START", "STAY", "STAY_SUM", "STEP", "STORM", "STORMS",
    "STORM_CHANGE", "STORM_H", "SYSTEM", "TALLIES", "TICK", "TIDE", "TIDE_PERIOD", "TO", "TOTAL",
    "TOTAL_SUM", "TRUCKS", "TRUCKS_WAITING", "TRUCK_SIDE", "TURN", "TURNS", "TURN_SUM", "UP_H",
    "VERSION", "WAITING", "WAY", "WEEK", "WEEK_ROWS", "WORK", "WORKED", "WORKING", "YARDED",
]  # fmt: skip

NONE = -1
TICK = 0.5
"""Hours between two looks at yards, hours and tides."""
WEEK = 336
"""Ticks in a week; the first begins on Monday at midnight."""
TIDE_PERIOD = 12.42
"""Hours from high water to high water."""
BINS = 1024
"""Bins of a histogram of times: 32 in each doubling, from a thousandth of an hour."""

CLOCK, SCHEDULED, ARRIVE, START, WORKED, LEAVE, SERVED, MEND, STORM_CHANGE = range(9)
"""Kinds of events; they stand in the low four bits of an event, what it is about above.

Trucks come in order of time and need no place among the events: the next one is kept apart.
"""

# numbers of a run
SIZE, FREE, READY, COMING, COMING_N, WAITING, WORKING = 0, 1, 2, 3, 5, 7, 8
STORM, FULL, RECORDS, EVENTS, STEP, BOXES, FREE_CALLS, LOOK, NUMBERS = range(10, 19)

# boxes: integers, and times [h]
WAY, NEXT = 0, 1
ORIGIN, BORN, YARDED, CAME, STAGE, BOX_TIMES = 0, 1, 2, 3, 4, 5

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

# parts: quay cranes, rail cranes, then lanes: gate, customs, scanners, examination
PARTS, FIRST_LANE, LANES = 6, 2, 4
COUNT, DOWN, UP_H, MEND_H, MEAN, SPREAD = range(6)

# queues: four of lanes, then one of each carrier
HEAD, QUEUED, BUSY, RESERVED, QUEUE_COLUMNS = 0, 1, 2, 3, 4

# ways and flows, given
FLOW, FROM, TO, BLOCK = range(4)
DWELL, DWELL_SHAPE, AT_CUSTOMS, SEALING, SCANNED, EXAMINED = range(6)

# rows of the week: what is open, how many trucks come, and how many fetch a box that is ready
QUAY, CHANNEL, GATE, CUSTOMS, RAIL, COMES, FETCHES, WEEK_ROWS = range(8)

# site: crane interference, mean h between storms, their mean length, trucks let in a tick
INTERFERENCE, STORMS, STORM_H, SLOTS = range(4)

# levels over time: what stands where, its integral, the same by what was held there, and what
# trucks that were let in bring to a block, and the first box that it has refused
SYSTEM, CALLS, BERTHS_BUSY, CRANES_BUSY, LANE_QUEUE, LANE_BUSY, BLOCKS = 0, 1, 3, 5, 7, 11, 15
LEVEL, AT, AREA, HELD, ON_THE_WAY, REFUSED, LEVEL_COLUMNS = range(7)

# what was seen of a flow after the warm-up, and its three histograms
GONE, STAY_SUM, TOTAL_SUM, TURNS, TURN_SUM, BROUGHT, TALLIES = range(7)
STAY, TOTAL, TURN = range(3)

# columns of a record of a call, and of the series of looks
SEEN_CLASS, SEEN_ARRIVED, SEEN_BERTHED, SEEN_LEFT, SEEN_IN, SEEN_OUT, SEEN_COLUMNS = range(7)
IN_SYSTEM, IN_YARD, CALLS_WAITING, TRUCKS_WAITING, FOR_CARRIERS, OUTSIDE, SERIES = range(7)
