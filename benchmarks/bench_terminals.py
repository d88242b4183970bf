"""Terminals by the event loop, beside Ciw on M/M/4 and SimPy on a port of boxes, same process."""

import json
import os
import resource
import subprocess
import sys
import time

import ciw

import karwan
from karwan.kernels import terminal_layout as c
from karwan.terminals.build import build
from karwan.terminals.replicate import replicate
from naive_terminal import Twin
from tiny_terminal import lanes

MEAN_H, SERVERS, OCCUPANCY = 1.0 / 60.0, 4, 0.8
EXACT = 0.7455405897
"""Erlang C: wait over service of M/M/4 at 0.8."""
PORT_TEU_PER_YEAR = 2.65e6
"""Traffic of the port of Karachi in FY2024-25."""


def cpu(run):
    began = time.process_time()
    found = run()
    return time.process_time() - began, found


def events_per_second(model, hours):
    spent, runs = cpu(lambda: replicate(model, [0], 1, 0.0, hours))
    return runs[0].n[c.EVENTS] / spent, runs[0]


def test_four_servers_beside_ciw(benchmark):
    model = lanes(OCCUPANCY, SERVERS, service_h=MEAN_H)
    events_per_second(model, 24.0)
    rate, run = benchmark.pedantic(events_per_second, (model, 20_000.0), rounds=3)
    wait = run.level[c.LANE_QUEUE, c.AREA] / run.tally[0, c.TURNS] / MEAN_H
    assert abs(wait - EXACT) < 0.03
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(OCCUPANCY * SERVERS / MEAN_H)],
        service_distributions=[ciw.dists.Exponential(1.0 / MEAN_H)],
        number_of_servers=[SERVERS],
    )
    ciw.seed(1)
    beside = ciw.Simulation(network)
    spent, _ = cpu(lambda: beside.simulate_until_max_customers(20_000))
    benchmark.extra_info["million_events_per_s"] = rate / 1e6
    benchmark.extra_info["times_ciw"] = rate * spent / (2 * 20_000)
    assert rate > 5e6


def test_a_port_of_boxes_beside_simpy(benchmark):
    """KICT for 20 days; the twin is `tests/naive_terminal.py`."""
    model, hours = build(karwan.open_atlas(), "karachi-kict"), 480.0
    replicate(model, [0], 1, 0.0, 24.0)
    quick, _ = benchmark.pedantic(
        cpu, (lambda: replicate(model, range(20), 1, 0.0, hours),), rounds=3
    )
    slow, twin = cpu(lambda: Twin(model, 1, 0.0, hours))
    assert twin.events > 50_000
    benchmark.extra_info["times_simpy"] = slow / (quick / 20)


def test_a_year_of_the_port_of_karachi_fifty_times(benchmark):
    """Its three terminals from the shell, start and leave included, by the clock of all cores."""
    command = [sys.executable, "-m", "karwan", "simulate", "Karachi", "--no-compare", "--json"]
    subprocess.run([*command, "--days", "1"], check=True, capture_output=True)
    benchmark.extra_info["load before"] = os.getloadavg()[0]

    def run():
        before = cpu_of_children()
        out = subprocess.run([*command, "--replications", "50"], check=True, capture_output=True)
        return json.loads(out.stdout), cpu_of_children() - before

    told, spent = benchmark.pedantic(run, rounds=3)
    benchmark.extra_info["cpu_s"] = spent
    assert all(terminal["stable"] for terminal in told["terminals"])
    assert [t["run"]["options"]["replications"] for t in told["terminals"]] == 3 * [50]
    assert told["together"][0]["measure"] == "throughput"
    assert abs(told["together"][0]["mean"] / PORT_TEU_PER_YEAR - 1.0) < 0.01


def cpu_of_children():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
