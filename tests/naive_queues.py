"""Queues as one would do them by hand: slow, plain, hour by hour."""

WEEK = 168.0


def is_open(spans, moment):
    return any(opens <= moment % WEEK < closes for opens, closes in spans)


def waits_in_hours(arrivals, service, servers, spans, *, rests, tick):
    """Walk a clock in ticks; all times must be multiples of it. Return the waits."""
    waits, queue, busy = {}, [], []
    coming = list(zip(arrivals, service, strict=True))
    moment, n = 0.0, 0
    while n < len(coming) or queue or busy:
        busy = [left for left in busy if left > 0]
        while n < len(coming) and coming[n][0] <= moment:
            queue.append(n)
            n += 1
        while queue and len(busy) < servers and is_open(spans, moment):
            who = queue.pop(0)
            waits[who] = moment - coming[who][0]
            busy.append(coming[who][1])
        if not rests or is_open(spans, moment):
            busy = [left - tick for left in busy]
        moment += tick
    return [waits[i] for i in range(len(coming))]
