"""What a user feels: one plan in a warm process, one from the shell, and help.

Targets: median 20 ms warm with all criteria and all gateways, 3 s from the shell with a filled
cache, 0.3 s of CPU for help.
"""

import resource
import subprocess
import sys

import karwan

TRIP = ("Karaganda", "Mombasa", "--commodity", "ferroalloys", "--teu", "20")


def test_warm_plan(benchmark):
    """Karaganda to Mombasa, 20 TEU of ferroalloys, today."""
    atlas = karwan.open_atlas()
    consignment = karwan.Consignment("Karaganda", "Mombasa", "ferroalloys", teu=20)
    karwan.plan(atlas, consignment)
    routes = benchmark(karwan.plan, atlas, consignment)
    assert routes.is_complete
    assert len(routes.best) > 10


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
