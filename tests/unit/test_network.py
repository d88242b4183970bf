"""A network is frozen, has one fingerprint, and survives any way of storing it."""

import pickle

import polars as pl
import pytest

import karwan
from karwan.schema import load
from tiny import TEXT, raw_tables, tiny_network


def write_folder(folder, **changes):
    folder.mkdir(exist_ok=True)
    for name, text in {**TEXT, **changes}.items():
        (folder / f"{name}.csv").write_text(text + "\n", "utf-8")
    (folder / "network.toml").write_text('name = "Tiny"\nprice_year = 2024\nas_of = 2026-01-31\n')
    return folder


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_network_reads_back_as_it_was_written(tmp_path, form):
    network = tiny_network()
    karwan.write_network(network, tmp_path / "out", file_format=form)
    again = karwan.read_network(tmp_path / "out")
    assert again.fingerprint == network.fingerprint
    assert all(again.table(t).equals(network.table(t)) for t in network.tables)


def test_the_fingerprint_follows_the_data_and_not_the_order_of_rows(tmp_path):
    header, *rows = TEXT["links"].splitlines()
    turned = karwan.read_network(
        write_folder(tmp_path / "turned", links="\n".join([header, *rows[::-1]]))
    )
    assert turned.fingerprint == tiny_network().fingerprint
    links = tiny_network().table("links").with_columns(pl.col("distance_km") * 1.01)
    assert tiny_network().with_tables(links=links).fingerprint != turned.fingerprint


def test_a_network_cannot_be_changed_in_place():
    network = tiny_network()
    with pytest.raises(TypeError):
        network.tables["links"] = network.table("links")
    with pytest.raises(AttributeError):
        network.name = "Other"


def test_a_network_survives_pickling():
    again = pickle.loads(pickle.dumps(tiny_network()))
    assert again.fingerprint == tiny_network().fingerprint


def test_an_unknown_table_is_named_with_its_nearest_match():
    with pytest.raises(
        karwan.InputError, match="'link' is no table of a network; did you mean 'links'"
    ):
        tiny_network().table("link")


def test_a_frame_that_lacks_a_column_is_refused():
    links = tiny_network().table("links").drop("distance_km")
    with pytest.raises(karwan.InputError, match="links lacks the column distance_km"):
        tiny_network().with_tables(links=links)


def test_a_folder_names_all_its_problems_at_once(tmp_path):
    folder = write_folder(
        tmp_path / "mine",
        links=TEXT["links"].replace("rail,true,600", "rail,true,-600"),
        nodes=TEXT["nodes"].replace("city,XA", "city,XY"),
    )
    (folder / "speeds.csv").unlink()
    (folder / "spedes.csv").write_text("mode\nrail\n")
    (folder / "network.toml").write_text('name = "Tiny"\nprice_year = "2024"\n')
    with pytest.raises(karwan.DataError) as caught:
        karwan.read_network(folder)
    text = str(caught.value)
    for part in (
        "spedes.csv: is no table of a network; did you mean 'speeds'?",
        "speeds: the table is missing",
        "links[alpha-agate-rail].distance_km is -600 km; it must be at least 0.05",
        "nodes[XAALP].country is 'XY', which is not in countries",
        "network.toml.as_of is missing",
        "network.toml.price_year is '2024'",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is an empty file; it needs at least a header line"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b'a,"b\nc', "is not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_named(tmp_path, content, sentence):
    folder = write_folder(tmp_path / "mine")
    (folder / "links.csv").write_bytes(content)
    assert any(sentence in str(p) for p in karwan.check_network(folder))


def test_a_parquet_file_that_is_none_is_named(tmp_path):
    folder = write_folder(tmp_path / "mine")
    (folder / "links.csv").unlink()
    (folder / "links.parquet").write_bytes(b"PAR1 no")
    assert any("cannot be read as Parquet" in str(p) for p in karwan.check_network(folder))


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "mine")
    monkeypatch.setattr(load, "LARGEST_BYTES", 100)
    problems = [str(p) for p in karwan.check_network(folder)]
    assert any("links: has" in p and "use Parquet" in p for p in problems)


def test_rules_that_had_to_wait_are_counted():
    raw = raw_tables()
    frame = tiny_network().table("links").with_columns(distance_km=pl.lit(-1.0))
    problems = [str(p) for p in karwan.check_network(tiny_network().with_tables(links=frame))]
    assert sum("distance_km is -1.0 km" in p for p in problems) == len(raw["links"].rows)
    assert any("rules across tables were not tried" in p for p in problems)


def test_a_folder_that_is_none_is_named(tmp_path):
    assert "is no folder" in str(karwan.check_network(tmp_path / "nowhere")[0])
