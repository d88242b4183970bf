"""A user's own demand: what is read, what is counted once, what is refused and why."""

import sys

import numpy as np
import polars as pl
import pytest

import karwan
from demand_files import BACI, COMTRADE, OD, ZONES, write_omx
from karwan import DataError, ImportOptions, InputError, import_demand
from karwan.assignment.codes import country_codes, goods_by_hs, main_places
from karwan.errors import MissingExtra
from tiny import tiny_network


@pytest.fixture(scope="module")
def atlas():
    return karwan.open_atlas()


@pytest.fixture
def read(atlas, tmp_path):
    def call(text, file_format, network=atlas, **options):
        file = tmp_path / f"own.{file_format}"
        file.write_text(text, "utf-8")
        return import_demand(network, file, file_format, ImportOptions(**options))

    return call


def refused(call, *arguments, **options):
    with pytest.raises((DataError, InputError)) as caught:
        call(*arguments, **options)
    return str(caught.value)


def amounts(found):
    """Tonnes by country pair and commodity."""
    nodes = karwan.open_atlas().table("nodes")
    country = dict(nodes.select("node_id", "country").iter_rows())
    return {
        (country[r["origin"]], country[r["destination"]], r["commodity"]): r["tonnes"]
        for r in found.demand.iter_rows(named=True)
    }


def test_codes_of_countries_are_known_in_every_form():
    codes = country_codes()
    assert {codes[c] for c in ("KZ", "KAZ", "398")} == {"KZ"}
    assert {codes[c] for c in ("AF", "AFG", "004", "4")} == {"AF"}
    assert codes["699"] == codes["356"] == "IN"
    assert codes["842"] == codes["840"] == "US"
    assert codes["W00"] == codes["0"] == ""


def test_the_narrowest_commodity_takes_a_code(atlas):
    goods = goods_by_hs(atlas)
    assert goods["1001"] == "wheat"
    assert {goods[c] for c in ("1204", "1205", "1206")} == {"oilseeds"}
    assert goods["07"] == "vegetables"
    assert goods["26"] == "ores"


def test_a_country_stands_at_its_busiest_place(atlas):
    assert main_places(atlas)["AE"] == "AEJEA"
    assert main_places(atlas, {"KZ": "KZAST"})["KZ"] == "KZAST"
    with pytest.raises(InputError) as caught:
        main_places(atlas, {"KZ": "PKKHI", "UZ": "NOWHERE"})
    assert "'PKKHI' for KZ lies in PK" in str(caught.value)
    assert "'NOWHERE' for UZ is not in nodes" in str(caught.value)


def test_a_network_without_demand_takes_origins_and_markets():
    assert main_places(tiny_network()) == {"XA": "XAALP", "XB": "XBBET", "XC": "XCFAR"}


def test_a_table_of_places_is_read(read):
    found = read(OD, "od", interval=0.5)
    rows = {r["commodity"]: r for r in found.demand.iter_rows(named=True)}
    assert rows["wheat"]["origin"] == "KZKSN"
    assert rows["wheat"]["cargo_unit"] == "wagonload"
    assert rows["wheat"]["teu"] is None
    assert rows["ferroalloys"]["teu"] == pytest.approx(8000 / 26)
    assert rows["ferroalloys"]["tonnes_low"] == 4000
    assert rows["ferroalloys"]["demand_id"] == "KZ-AKSU-AEJEA-ferroalloys-teu-2025-trade"
    assert "add a row for 'own-data' to sources.csv" in found.notes[-1]


def test_containers_stand_for_tonnes_and_equal_rows_are_added_up(read):
    text = "origin,destination,teu\nAlmaty,Karachi,10\nKZALA,PKKHI,5\n"
    found = read(text, "od", year=2027)
    (row,) = found.demand.iter_rows(named=True)
    assert (row["tonnes"], row["teu"], row["year"]) == (180, 15, 2027)
    assert "2 lines are added up to 1 rows" in found.notes


def test_every_fault_of_a_table_is_named(read):
    text = (
        "origin,destination,commodity,tonnes,year\n"
        "Almaty,Karachy,wheat,100,2025\n"
        "Almaty,Karachi,wheat,-5,2025\n"
        "Almaty,Almaty,wheat,5,2025\n"
        "Almaty,Karachi,wheat,many,2025.5\n"
        "Almaty,Karachi,wheat,,2025\n"
    )
    said = refused(read, text, "od")
    for sentence in (
        "own.od[line 2].destination is 'Karachy', which is not in nodes; did you mean Karachi",
        "own.od[line 3].tonnes is -5 t/year; it must be at least 0",
        "own.od[line 4].destination is 'KZALA'; it must differ from origin",
        "own.od[line 5].tonnes is many t/year",
        "own.od[line 5].year is 2025.5; it must be a whole year",
        "own.od[line 6].tonnes is empty; give tonnes or teu",
    ):
        assert sentence in said


def test_unknown_goods_and_units_are_named(read):
    text = "origin,destination,commodity,cargo_unit,tonnes\nAlmaty,Karachi,gold,TEU,5\n"
    assert "commodity is 'gold', which is not in commodities" in refused(read, text, "od")
    text = text.replace("gold", "coal")
    assert "cargo_unit is 'TEU', of the form 'container', in which coal does not" in refused(
        read, text, "od"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("origin,tonnes\nAlmaty,5\n", "own.od.destination is missing"),
        ("origin,destination\nAlmaty,Karachi\n", "has neither tonnes nor teu"),
        ("", "is an empty file"),
        ("origin,destination,tonnes\n", "holds no demand"),
    ],
)
def test_a_table_that_is_none_is_refused(read, text, sentence):
    assert sentence in refused(read, text, "od")


def test_comtrade_counts_every_flow_once(read):
    found = read(COMTRADE, "comtrade", year=2023, commodity="general")
    assert amounts(found) == {
        ("IN", "KZ", "tea"): pytest.approx(900),
        ("IN", "KZ", "pharmaceuticals"): pytest.approx(7e6 / 28572),
        ("KZ", "PK", "ferroalloys"): pytest.approx(5200),
        ("KZ", "UZ", "wheat"): pytest.approx(2e6),
    }
    said = "\n".join(found.notes)
    assert "1 lines are left out: they are breakdowns by motCode" in said
    assert "1 lines are left out: they are totals, not goods" in said
    assert "1 lines are left out: they are neither imports nor exports" in said
    assert "1 lines are left out: they are sums of longer codes" in said
    assert "2 lines of exports are left out: the importer reports that trade too" in said
    assert "1 lines with the world or an unknown area are left out" in said
    assert "1 lines without a weight" in said


def test_comtrade_of_before_2022_is_read(read):
    text = (
        "Year,Trade Flow,Reporter ISO,Partner ISO,Commodity Code,Netweight (kg),Trade Value (US$)\n"
        "2019,Export,KAZ,UZB,1001,1000000,200000\n"
    )
    assert amounts(read(text, "comtrade")) == {("KZ", "UZ", "wheat"): 1000}


def test_baci_is_read_in_its_units(read):
    found = read(BACI, "baci", commodity="general", leave_out=["places"])
    assert amounts(found) == {
        ("KZ", "UZ", "wheat"): 2e6,
        ("IN", "KZ", "tea"): 1000,
        ("KZ", "PK", "general"): 50000,
    }
    said = "\n".join(found.notes)
    assert "counted as general: HS chapter 27: 20 USD M, 50,000 t (270900)" in said
    assert "left out without a place: 842, 14 USD M" in said


def test_goods_and_countries_that_would_be_lost_are_refused_with_their_value(read):
    said = refused(read, BACI, "baci")
    assert "2 problems" in said
    assert "country '842' has no place in the network (1 lines, 14 USD M)" in said
    assert "no commodity names HS chapter 27: 20 USD M, 50,000 t (270900)" in said
    left = read(BACI, "baci", leave_out=["places", "goods"])
    assert ("KZ", "PK", "general") not in amounts(left)
    assert "left out without a commodity: HS chapter 27" in "\n".join(left.notes)


@pytest.mark.parametrize(
    ("text", "file_format", "sentences"),
    [
        (
            COMTRADE.replace("5000000,6500000", "-5,lots"),
            "comtrade",
            ["[line 8].kg is -5 kg; it must be", "[line 8].usd is lots USD; it must be"],
        ),
        (
            COMTRADE.replace("netWgt", "weight"),
            "comtrade",
            ["kg is missing; it may be called 'netWgt'"],
        ),
        (BACI.replace("2000000", "-7"), "baci", ["[line 2].tonnes is -7 t; it must be"]),
        ("t,i,j\n", "baci", ["own.baci.k is missing", "own.baci.v is missing"]),
    ],
)
def test_faults_of_trade_files_are_named(read, text, file_format, sentences):
    said = refused(read, text, file_format)
    for sentence in sentences:
        assert sentence in said


def test_options_that_make_no_sense_are_named_at_once(read):
    said = refused(
        read, OD, "od", commodity="gold", cargo_unit="cart", kind="smuggling", interval=2,
        leave_out=["all"],
    )  # fmt: skip
    for sentence in (
        "commodity is 'gold'",
        "cargo_unit is 'cart'",
        "kind is 'smuggling'; use trade, transit, diversion",
        "interval is 2; it must be at least 0 and below 1",
        "leave_out is 'all'; use places or goods",
    ):
        assert sentence in said
    assert "format is 'xls'" in refused(read, OD, "xls")
    assert "give one option" in refused(read, OD, "od", commodity="wheat", leave_out=["goods"])


@pytest.fixture
def omx(atlas, tmp_path):
    pytest.importorskip("openmatrix")
    zones = tmp_path / "zones.csv"
    zones.write_text(ZONES, "utf-8")

    def call(matrices, ids=(1, 2, 7), zones=zones):
        write_omx(tmp_path / "own.omx", matrices, list(ids))
        return import_demand(atlas, tmp_path / "own.omx", "omx", ImportOptions(zones=zones))

    return call


MATRIX = np.array([[0.0, 12.0, 24.0], [6.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_matrices_are_read_by_the_name_of_their_goods(omx):
    found = omx({"general": MATRIX, "wheat": MATRIX.T})
    assert found.demand.height == 6
    general = found.demand.filter(pl.col("commodity") == "general")
    assert set(general.select("origin", "destination", "tonnes", "teu").iter_rows()) == {
        ("KZALA", "PKKHI", 12.0, 1.0),
        ("KZALA", "AEJEA", 24.0, 2.0),
        ("PKKHI", "KZALA", 6.0, 0.5),
    }


def test_faults_of_matrices_are_named(omx):
    wrong = MATRIX + np.diag([1.0, 0, 0])
    wrong[1, 0] = -3
    said = refused(omx, {"general": wrong}, ids=(1, 2, 9))
    for sentence in (
        "own.omx[zone 9]: has no place; add the zone to zones.csv",
        "own.omx[general[2, 1]].tonnes is -3 t/year; it must be at least 0",
        "1 cells of general go from a zone to itself; set the diagonal to 0 (1 t/year)",
    ):
        assert sentence in said
    said = refused(omx, {"general": MATRIX}, zones=None)
    assert "own.omx[zone 1].place is '1', which is not in nodes; name the places of" in said


def test_a_file_that_is_no_matrix_is_refused(atlas, tmp_path):
    pytest.importorskip("openmatrix")
    (tmp_path / "own.omx").write_text("no matrix", "utf-8")
    said = refused(import_demand, atlas, tmp_path / "own.omx", "omx")
    assert "cannot be read as OMX" in said


def test_without_the_package_the_extra_is_named(atlas, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openmatrix", None)
    with pytest.raises(MissingExtra, match=r"pip install 'karwan\[omx\]'"):
        import_demand(atlas, tmp_path / "own.omx", "omx")
