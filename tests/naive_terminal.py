"""The model of a terminal once more, as SimPy processes: every box, truck, train and vessel.

It reads the same arrays as the event loop and draws its own numbers, so that only the law of what
comes out can agree. Every box is a process, every move of a crane an event.
"""

import math

import numpy as np
import simpy

from karwan.kernels import terminal_layout as c
from karwan.kernels.terminal_trucks import FOR_TRUCKS

__all__ = ["Twin"]


class Twin:
    """One run; `out` holds what was seen after the warm-up."""

    def __init__(self, model, seed, warm, end):
        names = [
            "carrier",
            "ways",
            "share",
            "first_way",
            "flow",
            "room",
            "berths",
            "part",
            "week",
            "site",
        ]
        for name, array in zip(names, model.given, strict=True):
            setattr(self, name, array.copy())
        self.random, self.env = np.random.default_rng(seed), simpy.Environment()
        self.warm, self.end, self.events = warm, end, 0
        self.level, self.coming_to = [0] * len(self.room), [0] * len(self.room)
        self.ready, self.waiting, self.working = [], [], ([], [])
        self.queue = [[] for _ in self.carrier]
        self.busy, self.line = [0] * c.LANES, [[] for _ in range(c.LANES)]
        self.outside, self.storm, self.held_back = [0.0] * len(self.carrier), False, []
        self.out = {"box time": [], "turn": [], "dwell": [], "yard": []}
        for k in range(len(self.carrier)):
            self.out[f"wait {k}"], self.out[f"berth {k}"] = [], []
            if self.carrier[k, c.INTERVAL]:
                self.env.process(self.calls(k))
        for part in range(c.PARTS):
            if self.part[part, c.UP_H]:
                for _ in range(int(self.part[part, c.COUNT])):
                    self.env.process(self.breakdowns(part))
        if self.site[c.STORMS]:
            self.env.process(self.storms())
        self.env.process(self.clock())
        self.env.run(end)

    def gamma(self, mean, shape):
        return mean if shape == 0 or mean == 0 else self.random.gamma(shape, mean / shape)

    def see(self, name, value):
        if self.env.now >= self.warm:
            self.out[name].append(value)

    def is_open(self, row):
        return self.week[row, int(self.env.now / c.TICK + 1e-9) % c.WEEK] > 0

    def timeout(self, time):
        self.events += 1
        return self.env.timeout(time)

    # half hours

    def clock(self):
        for step in range(int(self.end / c.TICK)):
            self.see("yard", sum(self.level))
            self.bring(step)
            self.fetch(step)
            for lane in range(c.LANES):
                self.serve(lane)
            self.berth_calls()
            for side in (0, 1):
                self.deal(side)
            yield self.timeout(c.TICK)

    def bring(self, step):
        for k in range(len(self.carrier)):
            mean = self.carrier[k, c.TRUCKS] * self.week[c.COMES, step % c.WEEK] * c.TICK
            for _ in range(self.random.poisson(mean)):
                box = {"way": self.pick(k), "origin": self.env.now, "new": True}
                self.come(box) if self.let_in(box) else self.ready.append(box)

    def fetch(self, step):
        share, kept = self.week[c.FETCHES, step % c.WEEK], []
        left = self.site[c.SLOTS]
        for box in self.ready:
            brings = "stood" not in box
            if left > 0 and self.random.random() < share and (not brings or self.let_in(box)):
                left -= 1
                self.come(box)
            else:
                box["new"] = False
                kept.append(box)
        self.ready = kept

    def come(self, box):
        self.env.process(self.truck(box, self.random.random() * c.TICK))

    def let_in(self, box):
        block = self.ways[box["way"], c.BLOCK]
        if block == c.NONE:
            return True
        if self.level[block] + self.coming_to[block] >= FOR_TRUCKS * self.room[block]:
            return False
        self.coming_to[block] += 1
        return True

    def pick(self, k):
        first, last = self.first_way[k], self.first_way[k + 1] - 1
        return min(last, first + int(np.searchsorted(self.share[first:last], self.random.random())))

    # trucks and boxes

    def truck(self, box, delay):
        yield self.timeout(delay)
        came = self.env.now
        if box.get("new"):
            box["origin"] = came
        f, block = self.ways[box["way"], c.FLOW], self.ways[box["way"], c.BLOCK]
        shares = (
            1.0,
            self.flow[f, c.AT_CUSTOMS],
            self.flow[f, c.SCANNED],
            self.flow[f, c.EXAMINED],
        )
        for lane in range(c.LANES):
            row = self.part[c.FIRST_LANE + lane]
            if row[c.COUNT] and self.random.random() < shares[lane]:
                turn = self.env.event()
                self.line[lane].append(turn)
                self.serve(lane)
                yield turn
                extra = self.flow[f, c.SEALING] if lane == 1 else 0.0
                yield self.timeout(self.gamma(row[c.MEAN], row[c.SPREAD]) + extra)
                self.busy[lane] -= 1
                self.serve(lane)
        self.see("turn", self.env.now - came)
        if self.carrier[self.ways[box["way"], c.TO], c.SIDE] == c.TRUCK_SIDE:
            self.leave(box)
        else:
            self.coming_to[block] -= 1
            self.stand(box)

    def serve(self, lane):
        row = self.part[c.FIRST_LANE + lane]
        while (
            self.line[lane]
            and self.busy[lane] + row[c.DOWN] < row[c.COUNT]
            and self.is_open(c.GATE if lane == 0 else c.CUSTOMS)
        ):
            self.busy[lane] += 1
            self.line[lane].pop(0).succeed()

    def stand(self, box):
        self.level[self.ways[box["way"], c.BLOCK]] += 1
        box["stood"] = self.env.now
        self.env.process(self.rest(box))

    def rest(self, box):
        f, to = self.ways[box["way"], c.FLOW], self.ways[box["way"], c.TO]
        stay = self.gamma(self.flow[f, c.DWELL], self.flow[f, c.DWELL_SHAPE])
        look = max(int((self.env.now + stay) / c.TICK), int(self.env.now / c.TICK)) + 1
        yield self.timeout(look * c.TICK - self.env.now)
        trucks = self.carrier[to, c.SIDE] == c.TRUCK_SIDE
        (self.ready if trucks else self.queue[to]).append(box)

    def leave(self, box):
        self.see("box time", self.env.now - box["origin"])
        if "stood" in box:
            self.level[self.ways[box["way"], c.BLOCK]] -= 1
            self.see("dwell", self.env.now - box["stood"])

    # calls

    def calls(self, k):
        row, random = self.carrier[k], self.random
        first = row[c.INTERVAL] * random.random() if row[c.SHAPE] == 0 else None
        yield self.timeout(self.gamma(row[c.INTERVAL], row[c.SHAPE]) if first is None else first)
        while True:
            self.env.process(self.call(k, self.gamma(row[c.LATE], 1.0)))
            yield self.timeout(self.gamma(row[c.INTERVAL], row[c.SHAPE]))

    def call(self, k, late):
        yield self.timeout(late)
        row, side, arrived = self.carrier[k], int(self.carrier[k, c.SIDE]), self.env.now
        self.outside[k] += self.gamma(row[c.MEAN_SIZE], row[c.SIZE_SHAPE])
        brings = self.first_way[k] < self.first_way[k + 1]
        size = min(self.outside[k], row[c.MOST])
        size = math.floor(size) if brings else size
        self.outside[k] -= size
        call = {"k": k, "got": self.env.event(), "rate": self.gamma(1.0, self.part[side, c.SPREAD]),
                "cranes": 0, "changed": self.env.event(), "arrived": arrived}  # fmt: skip
        self.waiting.append(call)
        self.berth_calls()
        yield call["got"]
        berthed = self.env.now
        yield self.timeout(0.5 * row[c.PREPARE])
        load = self.queue[k][: int(min(row[c.MOST], len(self.queue[k])))]
        del self.queue[k][: len(load)]
        self.working[side].append(call)
        self.deal(side)
        yield from self.work(call, side, size, brings, load)
        self.working[side].remove(call)
        self.deal(side)
        yield self.timeout(0.5 * row[c.PREPARE])
        while side == 0 and not self.may_pass(k):
            yield self.timeout(c.TICK - self.env.now % c.TICK)
        self.berths[call["berth"], c.OCCUPANT] = -1.0
        if arrived >= self.warm:
            self.see(f"wait {k}", berthed - arrived)
            self.see(f"berth {k}", self.env.now - berthed)
        self.berth_calls()

    def work(self, call, side, size, brings, load):
        left = size if not brings else 0.0
        boxes = [self.pick(call["k"]) for _ in range(size)] if brings else []
        while left > 0.0 or boxes or load:
            blocked = boxes and self.full(boxes[0]) and not load
            speed = self.part[side, c.MEAN] * call["rate"] * self.hindered(call["cranes"], side)
            if speed == 0.0 or blocked:
                yield call["changed"]
                continue
            began, todo = self.env.now, left if left > 0.0 else call.pop("rest", 1.0)
            yield self.timeout(todo / speed) | call["changed"]
            done = (self.env.now - began) * speed
            if done < todo - 1e-9:
                if left > 0.0:
                    left -= done
                else:
                    call["rest"] = todo - done
            elif left > 0.0:
                left = 0.0
            elif boxes and not self.full(boxes[0]):
                self.stand({"way": boxes.pop(0), "origin": call["arrived"]})
            elif load:
                self.leave(load.pop(0))

    def full(self, way):
        block = self.ways[way, c.BLOCK]
        return self.level[block] + self.coming_to[block] >= self.room[block]

    def hindered(self, cranes, side):
        return cranes ** self.site[c.INTERFERENCE] if cranes and side == 0 else cranes

    def deal(self, side):
        row, calls = self.part[side], self.working[side]
        works = self.is_open((c.QUAY, c.RAIL)[side]) and not (side == 0 and self.storm)
        free = int(max(0, row[c.COUNT] - row[c.DOWN])) if works else 0
        shares, more = [0] * len(calls), True
        while free and more:
            more = False
            for i, call in enumerate(calls):
                if free and shares[i] < self.carrier[call["k"], c.CRANES_MOST]:
                    shares[i], free, more = shares[i] + 1, free - 1, True
        for call, share in zip(calls, shares, strict=True):
            call["cranes"] = share
            call["changed"].succeed()
            call["changed"] = self.env.event()

    def may_pass(self, k):
        half = c.TIDE_PERIOD / 2
        off = abs((self.env.now + half) % c.TIDE_PERIOD - half)
        return not self.storm and self.is_open(c.CHANNEL) and off <= self.carrier[k, c.TIDE]

    def berth_calls(self):
        for call in list(self.waiting):
            row = self.carrier[call["k"]]
            fits = [
                (b[c.BERTH_LENGTH], j)
                for j, b in enumerate(self.berths)
                if b[c.OCCUPANT] < 0
                and b[c.BERTH_SIDE] == row[c.SIDE]
                and b[c.BERTH_LENGTH] >= row[c.LENGTH]
                and b[c.BERTH_DEPTH] >= row[c.DRAFT]
                and b[c.BERTH_GAUGE] in (0.0, row[c.GAUGE])
            ]
            if fits and (row[c.SIDE] == 1 or self.may_pass(call["k"])):
                call["berth"] = min(fits)[1]
                self.berths[call["berth"], c.OCCUPANT] = 0.0
                self.waiting.remove(call)
                call["got"].succeed()

    # what goes wrong

    def breakdowns(self, part):
        row = self.part[part]
        while True:
            for change, mean in ((1, row[c.UP_H]), (-1, row[c.MEND_H])):
                yield self.timeout(self.random.exponential(mean))
                row[c.DOWN] += change
                self.deal(part) if part < c.FIRST_LANE else self.serve(part - c.FIRST_LANE)

    def storms(self):
        while True:
            yield self.timeout(self.random.exponential(self.site[c.STORMS]))
            self.storm = True
            self.deal(0)
            yield self.timeout(self.random.exponential(self.site[c.STORM_H]))
            self.storm = False
            self.deal(0)
            self.berth_calls()
