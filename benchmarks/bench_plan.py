"""What a user feels: one plan in a warm process, one from the shell, and help.

Targets: median 40 ms warm on the clock with all criteria and all gateways, 3 s from the shell with
a filled cache, 0.3 s of CPU for help.
"""

import resource
import subprocess
import sys
import time
from itertools import product

import numpy as np

import karwan
from karwan.errors import RouteNotFound

ORIGINS = (
    *("Almaty", "Astana", "Karaganda", "Pavlodar", "Aktau", "Shymkent", "Tashkent", "Samarkand"),
    *("Bishkek", "Dushanbe", "Ashgabat", "Kabul"),
)
MARKETS = ("Karachi", "Jebel Ali", "Mombasa", "Singapore")
DATES = ("2024-02-15", "2024-06-01", "2025-11-15", None)
TRIP = ("Karaganda", "Mombasa", "--commodity", "ferroalloys", "--teu", "20")


def test_warm_plan(benchmark):
    """Karaganda to Mombasa, 20 TEU of ferroalloys, today."""
    atlas = karwan.open_atlas()
    consignment = karwan.Consignment("Karaganda", "Mombasa", "ferroalloys", teu=20)
    karwan.plan(atlas, consignment)
    routes = benchmark(karwan.plan, atlas, consignment)
    assert routes.is_complete
    assert len(routes.best) > 10


def test_warm_plans_of_many_pairs(benchmark):
    """Twelve origins, four markets, four dates; CPU of each plan in the extra info.

    One round plans each once; what the dates need was made before.
    """
    atlas = karwan.open_atlas()
    for date in DATES:
        karwan.plan(atlas, karwan.Consignment("Almaty", "Karachi"), depart=date)

    def every():
        spent, offered = [], []
        for origin, market, date in product(ORIGINS, MARKETS, DATES):
            begun = time.process_time()
            try:
                routes = karwan.plan(atlas, karwan.Consignment(origin, market), depart=date)
            except RouteNotFound:
                continue
            spent.append(1000 * (time.process_time() - begun))
            offered.append(len(routes))
        median, high, most = np.percentile(spent, (50, 90, 100)).round(1).tolist()
        benchmark.extra_info |= {"median ms": median, "P90 ms": high, "largest ms": most}
        benchmark.extra_info["median itineraries"] = int(np.median(offered))
        return offered

    offered = benchmark.pedantic(every, rounds=3)
    assert len(offered) == len(ORIGINS) * len(MARKETS) * len(DATES)


def test_plan_from_the_shell(benchmark):
    """`karwan plan` with compiled kernels in the cache, until the table is printed."""
    command = [sys.executable, "-m", "karwan", "plan", *TRIP]
    subprocess.run(command, check=True, capture_output=True)

    def run():
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    out = benchmark.pedantic(run, rounds=5)
    assert "Best itinerary through each gateway" in out


def test_help_from_the_shell(benchmark):
    """`karwan -h`: wall clock; CPU in the extra info."""
    command = [sys.executable, "-m", "karwan", "-h"]

    def run():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        benchmark.extra_info["CPU s"] = round(spent, 3)
        return out

    assert benchmark.pedantic(run, rounds=5).startswith("Usage: karwan")


def test_bare_python_from_the_shell(benchmark):
    """The yardstick: an interpreter that does nothing."""
    command = [sys.executable, "-c", "pass"]
    benchmark.pedantic(subprocess.run, (command,), {"check": True}, rounds=5)
