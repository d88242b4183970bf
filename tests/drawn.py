"""Uncertain inputs of the tiny network, and studies for tests that other processes can import."""

import multiprocessing
import os
import signal
from pathlib import Path

import polars as pl

import karwan
from tiny import tiny_network

UNCERTAIN = """factor_id,table,grade,columns,where,operation,distribution,low,high,source_id
border-times,border_procedures,A,mean_h|p50_h|p95_h,,multiply,lognormal,0.5,2,guess
gate-reopens,closures,A,ends,target_kind=crossing,outlast,uniform,0.1,2,guess
late-lines,links,C,opens,status!=open,shift,triangular,-365,730,guess
sea-tariffs,tariffs,C,usd_per_unit|usd_per_unit_km,mode=sea,multiply,uniform,0.5,1.5,guess
sea-tariffs,tariffs,A,usd_per_unit|usd_per_unit_km,mode=sea,multiply,uniform,0.9,1.1,guess"""
RANGED = f"""{UNCERTAIN}
demand,demand,C,tonnes|tonnes_low|tonnes_high|teu,kind=trade,range,triangular,-1,1,guess
opening,measures,C,opening_year|opening_year_low|opening_year_high,,range,uniform,-1,1,guess"""
DEMAND = """demand_id,origin,destination,commodity,cargo_unit,year,tonnes,teu,tonnes_low,tonnes_high,kind,source_id
boxes,XAALP,XCFAR,general,TEU,2025,1000,100,500,3000,trade,guess
others,XAALP,XCFAR,general,TEU,2025,1000,100,500,3000,transit,guess
none,XAALP,XCFAR,general,TEU,2030,0,0,0,10,trade,guess"""
MEASURES = """measure_id,name,description,status,capital_usd_m,capital_low_usd_m,capital_high_usd_m,yearly_usd_m,opening_year,opening_year_low,opening_year_high,life_years,owners,cost_source_id,yearly_source_id,last_look,source_id
quick-exit,Quick exit,Done.,planned,0.01,0.005,0.02,0.001,2028,2027,2030,20,XB,guess,guess,2026-01-01,guess
cheap-rail,Cheap rail,Done.,planned,0.02,0.01,0.04,0.001,2028,2027,2030,20,XB,guess,guess,2026-01-01,guess"""
CHANGES = """measure_id,change,table,row,column,operation,value,source_id
quick-exit,1,border_procedures,gate-rail/XA/exit,mean_h,multiply,0.5,guess
cheap-rail,1,tariffs,rail-teu,usd_per_unit_km,multiply,0.5,guess"""
COUNTS = """count_id,target_kind,target,cargo,unit,value,low,high,year,state_of,use,note,source_id
road,crossing,gate-road,all,teu,150,100,200,2025,2026-01-31,fit,,guess
rail,crossing,gate-rail,all,teu,50,40,60,2025,2026-01-31,hold out,,guess"""
CAPITAL = """
capital,measures,C,capital_usd_m|capital_low_usd_m|capital_high_usd_m,,range,triangular,-1,1,guess"""
TRADED = {
    "uncertainties": RANGED + CAPITAL,
    "demand": DEMAND,
    "measures": MEASURES,
    "measure_changes": CHANGES,
    "scenarios": "scenario_id,name,measures,description,source_id",
    "counts": COUNTS,
}
"""Tables with which trade of the tiny network can be assigned, ranked and compared."""
IS_SEA_TEU = pl.col("tariff_id") == "sea-teu"
TRIP = {"origin": "Alpha", "destination": "Farport"}


def uncertain_tiny(**changes):
    """Return the tiny network with uncertain border times and tariffs at sea."""
    return tiny_network(**{"uncertainties": UNCERTAIN, **changes})


def sea_price(network):
    """Return one drawn cell."""
    row = network.table("tariffs").row(by_predicate=IS_SEA_TEU, named=True)
    return {"price": row["usd_per_unit"], "where": "at sea"}


def dear_fails(network):
    """Fail where the drawn price is above its middle."""
    found = sea_price(network)
    if found["price"] > 200:
        message = "too dear"
        raise ValueError(message)
    return found


def with_luck(network, seed):
    """Return the seed that the draw brings."""
    return {**sea_price(network), "seed": seed}


def dies_once(network, flag):
    """Kill the worker process the first time."""
    if multiprocessing.parent_process() is not None and not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return sea_price(network)


def assigned_but_dies_once(network, flag):
    """Kill the worker process the first time, assign the next times."""
    dies_once(network, flag)
    return karwan.assign(network, year=2025)


def always_dies_when_dear(network):
    """Kill the worker process of the dearest draw every time."""
    found = sea_price(network)
    if multiprocessing.parent_process() is not None and found["price"] > 280:
        os.kill(os.getpid(), signal.SIGKILL)
    return found


def other_version():
    """Return one version here and another on a worker."""
    return "0.0.1" if multiprocessing.parent_process() is None else "0.0.2"
