"""A network small enough to be reckoned by hand.

Alpha, inland in A-land (XA), sends goods by rail of 1520 mm or by road over the border pair
Agate - Bgate to B-land (XB). The railway changes gauge at Beta and ends, like the road, at the
port of Haven. Ships sail from Haven to Farport (XC), 1,000 km through the strait or 3,000 km
round it. Every figure is round.
"""

from __future__ import annotations

import csv
import datetime as dt
import io

from karwan import Network
from karwan.schema import RawTable, load_schema, typed

TEXT = {
    "sources": """source_id,title,publisher,url,year,grade,licence,method
book,A book,A press,,2024,A,facts,
guess,A guess,A press,,2024,C,facts,Made up for tests""",
    "countries": """country,name,landlocked,track_gauge_mm,customs_union,tir_since,time_zone,source_id
XA,A-land,true,1520,,,Asia/Tashkent,book
XB,B-land,false,1435,,,Asia/Tashkent,book
XC,C-land,false,1435,,,Asia/Tashkent,book""",
    "modes": """mode,name,medium,has_track_gauge,forms,colour,source_id
rail,Rail,land,true,container|wagon,#009e73,book
road,Road,land,false,container|truck,#e69f00,book
sea,Sea,sea,false,container|bulk,#0072b2,book""",
    "cargo_units": """cargo_unit,name,form,payload_t,teu,charge_factor,source_id
FEU,40-foot container,container,26,2,1.5,book
TEU,20-foot container,container,26,1,1,book
tonne,Tonne,bulk,1,0,1,book
truckload,Truckload,truck,20,2,1,book
wagonload,Wagonload,wagon,60,3,1,book""",
    "commodities": """commodity,name,aliases,hs,forms,value_usd_per_t,tonnes_per_teu,value_of_time_share_per_day,reliability_ratio,source_id
general,General cargo,boxes,,container|truck,1000,10,0.002,0.8,book
ore,Ore,,2601,wagon|bulk,100,,0.0005,0.5,book""",
    "nodes": """node_id,name,aliases,kind,country,lon_deg,lat_deg,unlocode,region,role,source_id
XAALP,Alpha,First,city,XA,60,40,XAALP,,origin,book
XA-AGATE,Agate,,border,XA,60,36,,,,book
XB-BGATE,Bgate,,border,XB,60,35.9,,,,book
XBBET,Beta,,city,XB,60,34,XBBET,,,book
XBHAV,Haven,,sea_port,XB,60,31,XBHAV,,gateway,book
XCFAR,Farport,,sea_port,XC,52,27,XCFAR,,market,book""",
    "links": """link_id,from_node,to_node,mode,two_way,distance_km,running_time_h,track_gauge_mm,terrain,status,opens,capacity_teu_per_day,last_look,source_id
alpha-agate-rail,XAALP,XA-AGATE,rail,true,600,,1520,,open,,,2026-01-01,book
agate-bgate-rail,XA-AGATE,XB-BGATE,rail,true,12,,1520,,open,,,2026-01-01,book
bgate-beta-rail,XB-BGATE,XBBET,rail,true,240,,1520,,open,,,2026-01-01,book
beta-haven-rail,XBBET,XBHAV,rail,true,480,,1435,,open,,,2026-01-01,guess
alpha-agate-road,XAALP,XA-AGATE,road,true,500,,,,open,,,2026-01-01,book
agate-bgate-road,XA-AGATE,XB-BGATE,road,true,20,,,,open,,,2026-01-01,book
bgate-haven-road,XB-BGATE,XBHAV,road,true,600,,,,open,,,2026-01-01,book""",
    "border_crossings": """crossing_id,name,mode,node_a,node_b,source_id
gate-rail,Gate,rail,XA-AGATE,XB-BGATE,book
gate-road,Gate (road),road,XA-AGATE,XB-BGATE,book""",
    "border_procedures": """crossing_id,country,direction,mean_h,cv,p50_h,p95_h,cost_usd_per_unit,year,source_id
gate-rail,XA,entry,6,1,,,30,2024,book
gate-rail,XA,exit,6,1,,,30,2024,book
gate-rail,XB,entry,,,8,24,50,2024,book
gate-rail,XB,exit,,,8,24,50,2024,book
gate-road,XA,entry,10,1,,,40,2024,book
gate-road,XA,exit,10,1,,,40,2024,book
gate-road,XB,entry,10,1,,,60,2024,book
gate-road,XB,exit,10,1,,,60,2024,book""",
    "transfers": """transfer_id,node_id,from_mode,to_mode,from_track_gauge_mm,to_track_gauge_mm,from_form,to_form,handling_h,dwell_p50_h,dwell_p95_h,cost_usd_per_unit,category,capacity_units_per_day,source_id
beta-out,XBBET,rail,rail,1520,1435,container,container,2,10,10,40,handling,,book
beta-home,XBBET,rail,rail,1435,1520,container,container,2,10,10,40,handling,,book
haven-rail-sea,XBHAV,rail,sea,1435,,container,container,4,44,44,150,port,,book
haven-sea-rail,XBHAV,sea,rail,,1435,container,container,4,44,44,150,port,,book
haven-road-sea,XBHAV,road,sea,,,container,container,4,44,44,150,port,,book
haven-sea-road,XBHAV,sea,road,,,container,container,4,44,44,150,port,,book
haven-truck-sea,XBHAV,road,sea,,,truck,container,8,44,44,300,port,,book""",
    "speeds": """mode,country,form,terrain,year,speed_kmh,hours_per_day,dispersion_h,source_id,drivers,train
rail,,,,,40,24,2,book,,
road,,,,,50,12,1,book,,
sea,,,,,20,24,1,book,,""",
    "tariffs": """tariff_id,kind,mode,country,link_id,from_node,to_node,cargo_unit,usd_per_unit,usd_per_unit_km,low_share,high_share,valid_from,valid_to,source_id,from_region,to_region,series
rail-feu,line_haul,rail,,,,,FEU,0,0.8,,,,,book,,,
rail-teu,line_haul,rail,,,,,TEU,0,0.5,,,,,book,,,
rail-wagon,line_haul,rail,,,,,wagonload,0,1,,,,,book,,,
road-feu,line_haul,road,,,,,FEU,0,1.5,,,,,book,,,
road-teu,line_haul,road,,,,,TEU,0,1,,,,,book,,,
road-truck,line_haul,road,,,,,truckload,0,1.5,,,,,book,,,
sea-bulk,line_haul,sea,,,,,tonne,5,0.002,,,,,book,,,
sea-feu,line_haul,sea,,,,,FEU,300,0.15,,,,,guess,,,
sea-teu,line_haul,sea,,,,,TEU,200,0.1,,,,,guess,,,""",
    "first_last_mile": """end,mode,cargo_unit,p50_h,p95_h,cost_usd_per_unit,source_id
first,rail,FEU,24,24,120,book
first,rail,TEU,24,24,100,book
first,rail,wagonload,24,24,200,book
first,road,FEU,12,12,90,book
first,road,TEU,12,12,80,book
first,road,truckload,12,12,90,book
last,rail,TEU,24,24,100,book
last,road,TEU,12,12,80,book
last,road,truckload,12,12,90,book
last,sea,FEU,48,48,250,book
last,sea,TEU,48,48,200,book
first,sea,TEU,48,48,200,book""",
    "emission_factors": """mode,country,ship_class,gco2e_per_tkm,distance_factor,source_id
rail,,,20,1,book
road,,,80,1,book
sea,,,10,1,book""",
    "handling_emissions": """category,kgco2e_per_t,source_id
handling,1,book
port,2,book""",
    "document_rules": """rule_id,document,country,role,mode,commodities,legal_basis,cost_usd,starts,ends,source_id
export-declaration,Export declaration,,origin,,,Customs code,25,,,book""",
    "passages": """passage,name,sea_going,lon_deg,lat_deg,source_id
strait,The Strait,true,56,29,book""",
    "sea_nodes": """sea_node,lon_deg,lat_deg,node_id,source_id
0,60,31,XBHAV,book
1,57,29.5,,book
2,55,28.5,,book
3,52,27,XCFAR,book
4,58,20,,book""",
    "sea_links": """from_sea_node,to_sea_node,distance_km,passage,source_id
0,1,350,,book
1,2,250,strait,book
2,3,400,,book
0,4,1300,,book
4,3,1700,,book""",
    "services": """service_id,name,operator,mode,forms,departures_per_week,speed_kn,ship_teu,relay_p50_h,relay_p95_h,status,starts,ends,last_look,source_id
liner,Any liner,any,sea,container,2,,1000,,,operating,,,2026-01-01,book
tramp,Tramp,tramp,sea,bulk,1,,,,,operating,,,2026-01-01,book""",
    "closures": """closure_id,target_kind,target,effect,starts,ends,season_from,season_to,delay_p50_h,delay_p95_h,surcharge_usd_per_teu,event,reason,last_look,source_id
gate-road-2025,crossing,gate-road,shut,2025-03-01,2025-03-31,,,,,,,Bridge repair.,2025-04-01,book
strait-2025,passage,strait,hampered,2025-06-01,2025-06-30,,,24,24,100,,Mines were seen.,2025-07-01,book
strait-2025-shut,passage,strait,shut,2025-07-01,2025-07-31,,,,,,,Mines were laid.,2025-08-01,book""",
    "measures": """measure_id,name,description,status,capital_usd_m,capital_low_usd_m,capital_high_usd_m,yearly_usd_m,opening_year,opening_year_low,opening_year_high,life_years,owners,cost_source_id,yearly_source_id,last_look,source_id
faster-gate,Quicker border,The rail border takes half the time.,proposed,30,20,60,2,2028,2027,2030,20,XA|XB,book,guess,2026-01-01,guess""",
    "measure_changes": """measure_id,change,table,row,column,operation,value,source_id
faster-gate,1,border_procedures,gate-rail/XA/exit,mean_h,multiply,0.5,guess""",
    "scenarios": """scenario_id,name,measures,description,source_id
quick,Quick border,faster-gate,One measure alone.,guess""",
}

AS_OF = dt.date(2026, 1, 31)


def raw_tables() -> dict[str, RawTable]:
    """Return every table as text."""
    tables = {}
    for name, text in TEXT.items():
        header, *rows = csv.reader(io.StringIO(text))
        tables[name] = RawTable(name, tuple(header), rows)
    return tables


def tiny_network(**changes: str) -> Network:
    """Return the network, with whole tables replaced by CSV text."""
    texts = {**TEXT, **changes}
    tables = {}
    for name, text in texts.items():
        header, *rows = csv.reader(io.StringIO(text))
        tables[name] = typed(RawTable(name, tuple(header), rows), load_schema(name))
    return Network("Tiny", 2024, AS_OF, "neutral", tables)


def edited(table: str, old: str, new: str) -> Network:
    """Return the network with some text of one table replaced."""
    text = TEXT[table]
    if old not in text:
        message = f"{old!r} is not in {table}"
        raise ValueError(message)
    return tiny_network(**{table: text.replace(old, new)})


def added(table: str, line: str) -> Network:
    """Return the network with a row added to one table."""
    header = ",".join(load_schema(table).names)
    return tiny_network(**{table: f"{TEXT.get(table, header)}\n{line}"})
