"""The tiny network with a through train from Alpha to Haven and back."""

from __future__ import annotations

from karwan import Network
from tiny import TEXT, tiny_network

SPEEDS = """mode,country,form,terrain,train,year,speed_kmh,hours_per_day,dispersion_h,source_id,drivers
rail,,,,,,40,24,2,book,
rail,,,,through,,80,24,2,book,
road,,,,,,50,12,1,book,
sea,,,,,,20,24,1,book,"""
EXPRESS = "\nexpress,Express,A railway,rail,container,7,,,,,operating,,,2026-01-01,book"
OFTEN = EXPRESS.replace(",container,7,", ",container,28,")
CALLS = "service_id,call,node_id,stay_h,stay_p95_h,loads,source_id\n"
WHOLE = (
    CALLS + "express,1,XAALP,0,,,book\nexpress,2,XBBET,4,,no,book\nexpress,3,XBHAV,0,,,book\n"
    "express,4,XBBET,4,,no,book\nexpress,5,XAALP,0,,,book"
)


def with_train(calls: str = WHOLE, express: str = EXPRESS, **tables: str) -> Network:
    """Return the network with the train; its calls say "no" where nothing is loaded."""
    calls = calls.replace(",no,", ",false,")
    services = TEXT["services"] + express
    return tiny_network(speeds=SPEEDS, services=services, service_calls=calls, **tables)
