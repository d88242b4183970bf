"""Each rule across tables lets a sound network pass and names what breaks it."""

import pytest

from drawn import uncertain_tiny
from karwan import check_network
from karwan.network import rules_terminal_fit, rules_terminals
from karwan.network.validate import RULES
from tiny import TEXT, added, edited, tiny_network
from tiny_zone import ROWS, ZONES, zone_network

SEEN = "seen,Alpha,Farport,,rail,,,,,2025"
ELSEWHERE = "10 40 20 40 20 50 10 50 10 40"
SQUARE = "58 42 62 42 62 35.95 58 35.95 58 42"


def railway(*calls, **tables):
    """Return the network with a train; each call says node, stay, its P95 and whether it loads."""
    head = "service_id,call,node_id,stay_h,stay_p95_h,loads,source_id"
    lines = [f"express,{n},{call},book" for n, call in enumerate(calls, 1)]
    services = TEXT["services"] + (
        "\nexpress,Express,A railway,rail,container,7,,,,,operating,,,2026-01-01,book"
    )
    return tiny_network(services=services, service_calls="\n".join([head, *lines]), **tables)


def wanted(**changes):
    """Return a sound row of demand, with some cells changed."""
    row = {
        "demand_id": "boxes", "origin": "XAALP", "destination": "XCFAR", "commodity": "general",
        "cargo_unit": "TEU", "year": "2025", "tonnes": "1000", "teu": "100", "tonnes_low": "500",
        "tonnes_high": "1500", "kind": "trade", "source_id": "guess",
    }  # fmt: skip
    return ",".join({**row, **changes}.values())


def idle(costs):
    """Return a row of measures that changes nothing."""
    return f"idle,Idle,Nothing.,{costs},2026-01-01,guess"


def room(**changes):
    """Return a sound row of capacity, with some cells changed."""
    row = {
        "capacity_id": "gate", "target_kind": "crossing", "target": "gate-rail", "form": "",
        "capacity_teu_per_year": "1000", "load_teu_per_year": "500", "other_teu_per_year": "100",
        "function": "bpr", "alpha": "1", "power": "4", "hard": "false",
        "last_look": "2026-01-01", "source_id": "guess",
    }  # fmt: skip
    return ",".join({**row, **changes}.values())


BROKEN = {
    "what_has_capacity_exists": lambda: added("capacities", room(target="gate-rial")),
    "what_a_corridor_passes_exists": lambda: tiny_network(
        corridors="corridor_id,name,description,passes,colour,source_id\n"
        "south,South,To the sea,crossing:gate-rial,#ff0000,book",
        corridor_links="corridor_id,link_id,source_id\nsouth,alpha-agate-rail,book",
    ),
    "load_functions_have_their_parameters": lambda: added("capacities", room(power="")),
    "other_traffic_fits_a_hard_capacity": lambda: added(
        "capacities", room(hard="true", other_teu_per_year="2000")
    ),
    "curves_rise_and_bend_upwards": lambda: added("capacities", room(function="curve")),
    "what_was_counted_exists": lambda: added(
        "counts", "n,crossing,gate-rial,all,teu,5,9,9,2025,2025-01-01,fit,,book"
    ),
    "choice_parameters_apply_to_something": lambda: added(
        "choice_parameters", "scale,orre,8,,,guess"
    ),
    "a_link_joins_two_places": lambda: added(
        "links", "loop,XAALP,XAALP,road,true,5,,,,open,,,2026-01-01,book"
    ),
    "a_rail_link_has_a_track_gauge": lambda: edited(
        "links", "rail,true,600,,1520", "rail,true,600,,"
    ),
    "a_link_is_not_shorter_than_the_great_circle": lambda: edited(
        "links", "road,true,500", "road,true,300"
    ),
    "a_gauge_break_has_a_transfer": lambda: edited(
        "transfers",
        "beta-out,XBBET,rail,rail,1520,1435,container,container,2,10,10,40,handling,,book\n",
        "",
    ),
    "a_transfer_is_where_its_modes_are": lambda: added(
        "transfers", "odd,XAALP,rail,sea,1520,,container,container,2,10,10,40,port,,book"
    ),
    "a_mode_carries_the_form": lambda: added(
        "transfers", "odd,XBHAV,road,rail,,1435,truck,truck,2,10,10,40,handling,,book"
    ),
    "a_crossing_has_two_sides": lambda: edited(
        "border_crossings",
        "gate-road,Gate (road),road,XA-AGATE,XB-BGATE",
        "gate-road,Gate (road),road,XA-AGATE,XAALP",
    ),
    "a_pair_of_nodes_is_one_crossing": lambda: added(
        "border_crossings", "gate-twin,Gate again,rail,XB-BGATE,XA-AGATE,book"
    ),
    "a_crossing_has_a_link": lambda: added(
        "border_crossings", "far,Far gate,rail,XAALP,XBBET,book"
    ),
    "a_link_between_countries_is_a_crossing": lambda: added(
        "links", "smuggler,XAALP,XBBET,road,true,900,,,,open,,,2026-01-01,book"
    ),
    "a_crossing_has_four_procedures": lambda: edited(
        "border_procedures",
        "gate-road,XB,exit,10,1,,,60,2024,book",
        "gate-road,XC,exit,10,1,,,60,2024,book",
    ),
    "a_procedure_has_a_mean_or_percentiles": lambda: edited(
        "border_procedures", "gate-rail,XB,exit,,,8,24", "gate-rail,XB,exit,,,24,8"
    ),
    "what_has_opening_hours_exists": lambda: added(
        "opening_hours", "day,crossing,gate-raod,XA,12345,8,20,,,2026-01-01,book"
    ),
    "opening_hours_are_some_hours": lambda: added(
        "opening_hours", "day,crossing,gate-road,XA,12345,8,8,,,2026-01-01,book"
    ),
    "weekdays_exist": lambda: added(
        "opening_hours", "day,crossing,gate-road,XA,12389,8,20,,,2026-01-01,book"
    ),
    "a_timetable_leaves_where_its_service_calls": lambda: added(
        "timetables", "liner,XBHAV,2,12,,,2026-01-01,book"
    ),
    "departures_do_not_overlap": lambda: tiny_network(
        service_calls="service_id,call,node_id,stay_h,source_id,stay_p95_h,loads\n"
        "liner,1,XBHAV,10,book\nliner,2,XCFAR,10,book",
        timetables="service_id,node_id,days,departs_h,starts,ends,last_look,source_id\n"
        "liner,XBHAV,25,12,2025-01-01,,2026-01-01,book\n"
        "liner,XBHAV,57,12,2025-06-01,,2026-01-01,book",
    ),
    "a_network_has_rows": lambda: tiny_network(
        commodities=TEXT["commodities"].splitlines()[0],
    ),
    "a_place_lies_in_its_country": lambda: added("country_shapes", f"XA,1,{ELSEWHERE},book"),
    "names_of_places_differ": lambda: edited("nodes", "XBBET,Beta,", "XBBET,Alpha,"),
    "a_role_is_known": lambda: edited("nodes", ",gateway,book", ",gatway,book"),
    "an_estimate_says_how_it_was_made": lambda: edited("sources", "Made up for tests", ""),
    "every_source_is_used": lambda: added("sources", "spare,Spare,A press,,2024,A,facts,"),
    "origins_and_gateways_are_joined": lambda: added(
        "nodes", "XAOFF,Offside,,city,XA,61,41,,,origin,book"
    ),
    "corridor_links_connect": lambda: tiny_network(
        corridors="corridor_id,name,description,passes,colour,source_id\nsouth,South,To the sea,,#112233,book",
        corridor_links="corridor_id,link_id,source_id\n"
        "south,alpha-agate-rail,book\nsouth,beta-haven-rail,book",
    ),
    "every_ferry_link_has_a_service": lambda: tiny_network(
        modes=TEXT["modes"] + "\nferry,Ferry,caspian,false,container,#56b4e9,book",
        links=TEXT["links"] + "\nlake,XAALP,XBBET,ferry,true,900,,,,open,,,2026-01-01,book",
    ),
    "a_service_has_no_calls_or_at_least_two": lambda: added(
        "service_calls", "liner,1,XBHAV,12,,,book"
    ),
    "a_service_calls_where_it_can": lambda: tiny_network(
        service_calls="service_id,call,node_id,stay_h,source_id,stay_p95_h,loads\n"
        "liner,1,XBHAV,12,book\nliner,2,XAALP,12,book"
    ),
    "a_train_loads_at_its_ends": lambda: railway("XAALP,0,,", "XBHAV,0,,false"),
    "a_train_finds_its_way": lambda: railway(
        "XAALP,0,,",
        "XBBET,0,,",
        links=TEXT["links"].replace(
            "bgate-beta-rail,XB-BGATE,XBBET,rail,true,240,,1520,,open",
            "bgate-beta-rail,XB-BGATE,XBBET,rail,true,240,,1520,,disused",
        ),
    ),
    "a_ship_says_how_long_it_stays": lambda: tiny_network(
        service_calls="service_id,call,node_id,stay_h,source_id,stay_p95_h,loads\n"
        "liner,1,XBHAV,,book\nliner,2,XCFAR,10,book"
    ),
    "a_stay_is_not_below_its_median": lambda: railway("XAALP,0,,", "XBBET,8,4,", "XBHAV,0,,"),
    "every_movement_has_a_speed": lambda: edited("speeds", "road,,,,,50,12,1,book,,\n", ""),
    "every_movement_has_a_price": lambda: edited(
        "tariffs", "rail-teu,line_haul,rail,,,,,TEU,0,0.5,,,,,book,,,\n", ""
    ),
    "a_tariff_says_what_it_is_for": lambda: added(
        "tariffs", "lane,lane,sea,,,XBHAV,,TEU,900,0,,,,,book"
    ),
    "a_direction_has_two_ends": lambda: added(
        "tariffs", "dear,line_haul,rail,,alpha-agate-rail,XAALP,XBBET,TEU,0,1,,,,,book"
    ),
    "what_is_shut_or_banned_exists": lambda: edited(
        "closures", "crossing,gate-road,", "crossing,gate-raod,"
    ),
    "what_starts_ends_later": lambda: edited(
        "closures", "2025-03-01,2025-03-31", "2025-03-31,2025-03-01"
    ),
    "a_last_look_is_not_in_the_future": lambda: edited(
        "services",
        "liner,Any liner,any,sea,container,2,,1000,,,operating,,,2026-01-01",
        "liner,Any liner,any,sea,container,2,,1000,,,operating,,,2027-01-01",
    ),
    "a_season_has_two_ends": lambda: edited(
        "closures", "2025-03-01,2025-03-31,,", "2025-03-01,2025-03-31,12-31,"
    ),
    "an_observation_says_something": lambda: added("observations", f"{SEEN},,,,,,actual,,,book"),
    "a_published_range_rises": lambda: added("observations", f"{SEEN},,9,8,,,actual,,,book"),
    "modes_of_observations_exist": lambda: added(
        "observations", f"{SEEN.replace('rail', 'camel')},9,,,,,actual,,,book"
    ),
    "demand_joins_two_places": lambda: added("demand", wanted(destination="XAALP")),
    "demand_lies_in_its_interval": lambda: added("demand", wanted(tonnes_low="2000")),
    "demand_moves_in_a_form_of_its_commodity": lambda: added(
        "demand", wanted(cargo_unit="tonne", teu="")
    ),
    "demand_in_containers_counts_them": lambda: added("demand", wanted(teu="")),
    "demand_is_counted_once": lambda: added("demand", wanted() + "\n" + wanted(demand_id="twin")),
    "an_event_is_watched": lambda: edited(
        "closures", ",,Bridge repair.", ",quake-2025,Bridge repair."
    ),
    "hampered_says_how_much": lambda: edited(
        "closures", "2025-06-30,,,24,24,100", "2025-06-30,,,,,100"
    ),
    "p95_is_not_below_p50": lambda: edited(
        "first_last_mile", "first,rail,TEU,24,24", "first,rail,TEU,24,12"
    ),
    "a_planned_link_is_looked_at_when_it_should_open": lambda: edited(
        "links", "1435,,open,,", "1435,,planned,2025-01-01,"
    ),
    "forms_are_known": lambda: edited(
        "cargo_units",
        "wagonload,Wagonload,wagon,60,3,1,book",
        "wagonload,Wagonload,bulk,60,3,1,book",
    ),
    "a_document_names_commodities": lambda: edited("document_rules", ",origin,,,", ",origin,,oer,"),
    "measures_change_what_exists": lambda: edited(
        "measure_changes", "gate-rail/XA/exit", "gate-rail/XA/exti"
    ),
    "scenarios_name_measures": lambda: edited("scenarios", "faster-gate", "faster-gates"),
    "an_uncertainty_moves_what_exists": lambda: added(
        "uncertainties", "odd,links,A,distance_kn,mood=rail & x,multiply,uniform,0.5,2,guess"
    ),
    "an_uncertainty_has_a_range": lambda: added(
        "uncertainties", "odd,speeds,A,speed_kmh,,multiply,uniform,2,0.5,guess"
    ),
    "a_cell_is_uncertain_once": lambda: added(
        "uncertainties",
        "odd,speeds,A,speed_kmh,,multiply,uniform,0.5,2,guess\n"
        "twin,speeds,A,speed_kmh,mode=rail,multiply,uniform,0.5,2,guess",
    ),
    "a_measure_changes_something": lambda: added("measures", idle("hypothetical,,,,,,,,,,,")),
    "intervals_are_in_order": lambda: edited("measures", "30,20,60,", "30,40,60,"),
    "a_measure_says_what_it_costs": lambda: added("measures", idle("proposed,,,,,,,,,,,")),
    "a_recipe_balances_in_mass": lambda: zone_network(
        recipes=ROWS["recipes"].replace("parts,1.2", "parts,1.5")
    ),
    "intervals_hold_their_value": lambda: zone_network(
        goods=ROWS["goods"].replace("900,800,1000", "900,950,1000")
    ),
    "shares_of_terms_are_shares": lambda: zone_network(
        zone_terms="haven-bond,refund_share,0.5,0.5,1.2,guess"
    ),
    "only_places_onshore_have_no_duty_at_home": lambda: zone_network(
        zones="\n".join(ZONES.values()).replace("free_zone,finished", "free_zone,none")
    ),
    "lists_name_what_exists": lambda: zone_network(
        zone_cases=ROWS["zone_cases"].replace("XCFAR|", "XCFAAR|")
    ),
    "a_case_has_what_it_needs": lambda: zone_network(
        duties=ROWS["duties"].replace("XC,kit", "XC,parts")
    ),
}


def rule_named(name):
    return next(rule for rule in RULES if rule.__name__ == name)


def test_the_tiny_network_keeps_every_rule():
    assert check_network(tiny_network()) == []


def test_a_place_inside_the_outline_of_its_country_passes():
    assert not list(
        rule_named("a_place_lies_in_its_country")(added("country_shapes", f"XA,1,{SQUARE},book"))
    )


def test_every_rule_has_a_case_that_breaks_it():
    """Those of terminals have cases of their own in test_terminal_rules."""
    apart = (*rules_terminals.RULES, *rules_terminal_fit.RULES)
    assert set(BROKEN) == {rule.__name__ for rule in RULES if rule not in apart}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_rule_names_what_breaks_it(name):
    rule = rule_named(name)
    assert list(rule(tiny_network())) == []
    problems = list(rule(BROKEN[name]()))
    assert problems
    for problem in problems:
        assert problem.table
        assert problem.hint
        assert (problem.value or problem.message) in str(problem)


def test_sound_demand_keeps_every_rule():
    network = added("demand", wanted())
    assert check_network(network) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tonnes_high": "900"}, "tonnes_high is 900 t/year; it must be at least tonnes (1000"),
        ({"cargo_unit": "truckload"}, "teu is 100 TEU/year, but truckload is no container"),
        ({"teu": "0"}, "teu is 0 TEU/year; give the TEU that 1000 t/year fill"),
        ({"tonnes": "-1"}, "tonnes is -1.0 t/year; it must be at least 0"),
        ({"origin": "XAALQ"}, "origin is 'XAALQ', which is not in nodes; did you mean 'XAALP'?"),
        ({"kind": "smuggling"}, "kind is 'smuggling'"),
    ],
)
def test_wrong_demand_is_named(changes, sentence):
    assert any(sentence in str(p) for p in check_network(raw_demand(**changes)))


def raw_demand(**changes):
    """Return the tiny network with one row of demand."""
    return added("demand", wanted(**changes))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("30,20,60,", "30,40,60,", "capital_usd_m is 30 million USD, below capital_low_usd_m (40)"),
        ("30,20,60,", "70,20,60,", "capital_high_usd_m is 60 million USD, below capital_usd_m"),
        ("2028,2027,2030", "2028,2029,2030", "opening_year is 2028, below opening_year_low"),
        ("2028,2027,2030", "2031,2027,2030", "opening_year_high is 2030, below opening_year"),
        ("30,20,60,", "30,-1,60,", "capital_low_usd_m is -1.0 million USD; it must be at least 0"),
        (",60,2,2028", ",60,-2,2028", "yearly_usd_m is -2.0 million USD/year; it must be at least"),
        ("XA|XB", "XA|XQ", "owners is 'XA|XQ', where 'XQ' is not in countries"),
        ("XA|XB", "XQ", "owners is 'XQ', which is not in countries"),
        ("XA|XB", "", "it gives a cost without owners"),
        (",60,2,2028", ",60,,2028", "it gives a cost without yearly_usd_m"),
        ("proposed,", "dreamt,", "status is 'dreamt'; it must be one of proposed"),
        (",book,guess,2026", ",bok,guess,2026", "cost_source_id is 'bok', which is not in sources"),
    ],
)
def test_costs_of_measures_that_cannot_be_are_named(old, new, sentence):
    problems = "\n".join(map(str, check_network(edited("measures", old, new))))
    assert sentence in problems, problems


def test_an_event_needs_no_cost_but_not_half_of_one():
    rule = rule_named("a_measure_says_what_it_costs")
    assert not list(rule(added("measures", idle("hypothetical,,,,,,,,,,,"))))
    (problem,) = rule(added("measures", idle("hypothetical,5,1,9,,,,,,,,")))
    assert "it gives a cost without yearly_usd_m, opening_year" in str(problem)


def wrong_uncertainty(line):
    network = added("uncertainties", f"odd,{line},guess")
    return " / ".join(str(p) for p in check_network(network))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tarifs,A,usd_per_unit,,multiply,uniform,1,2", "did you mean 'tariffs'"),
        ("speeds,A,speed_km,,multiply,uniform,1,2", "did you mean 'speed_kmh'"),
        ("speeds,A,mode,,multiply,uniform,1,2", "no column of speeds that multiply can move"),
        ("links,A,running_time_h,,shift,uniform,1,2", "that shift can move"),
        ("speeds,A,speed_kmh,mode~rail,multiply,uniform,1,2", "'mode~rail' is no condition"),
        ("speeds,A,speed_kmh,mood=rail,multiply,uniform,1,2", "did you mean 'mode'"),
        ("speeds,A,speed_kmh,,multiply,lognormal,0,2", "it must be above 0"),
        ("speeds,A,speed_kmh,,multiply,triangular,2,3", "a triangle has its peak at 1"),
        ("links,A,opens,,shift,triangular,2,3", "a triangle has its peak at 0"),
        ("links,A,opens,,outlast,uniform,1,2", "outlast needs a table with a column 'starts'"),
        ("demand,A,tonnes,,range,uniform,-1,1", "write it as tonnes|tonnes_low|tonnes_high"),
        ("demand,A,tonnes|tonnes_low|tonnes_high,,range,uniform,-2,1", "between -1 and 1"),
    ],
)
def test_what_is_wrong_with_an_uncertainty_is_said(line, said):
    assert said in wrong_uncertainty(line)


def test_uncertainties_of_all_kinds_pass():
    assert check_network(uncertain_tiny()) == []


def test_sound_zones_keep_every_rule():
    assert check_network(zone_network()) == []


def test_what_a_case_lacks_is_listed_at_once():
    lacking = zone_network(zone_terms="haven-bond,refund_share,0.5,0.5,1,guess", supplies="")
    said = "\n".join(map(str, rule_named("a_case_has_what_it_needs")(lacking)))
    for row in ("zone_terms[alpha-city/capital_rate]", "zone_terms[haven-bond/refund_days]"):
        assert f"zone_cases[kits]: needs {row}, which is missing; add the row" in said
    assert "needs supplies[parts]" in said
    assert "haven-bond/refund_share" not in said
