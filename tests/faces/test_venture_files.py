"""Workbook and page of a venture: the workbook recomputes to the same numbers elsewhere."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from karwan.briefs.venture_page import venture_page_text
from karwan.briefs.venture_workbook import write_workbook
from karwan.kernels.venture_rows import LINES
from karwan.studies.appraise import appraise

FULL = Path(__file__).resolve().parents[1] / "ventures" / "full.toml"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
ANNUITY = {"debt.form": "annuity", "debt.grace_years": 2, "debt.owners_cover": True}


def recomputed(file, folder):
    """Let LibreOffice compute every cell anew."""
    home = f"-env:UserInstallation=file://{folder / 'profile'}"
    out = folder / "again"
    subprocess.run(
        [OFFICE, home, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(file)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return openpyxl.load_workbook(out / file.name, data_only=True)


def years_of(book, account):
    rows = {}
    for row in book["Model"].iter_rows(values_only=True):
        if row[4] in LINES:
            rows[row[4]] = np.array(row[5 : 5 + len(account.years)], float)
    return rows


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed; it recomputes the cells")
def test_another_program_recomputes_the_same_numbers(tmp_path):
    found = appraise(FULL, changes=ANNUITY)
    write_workbook(found, tmp_path / "venture.xlsx")
    book = recomputed(tmp_path / "venture.xlsx", tmp_path)
    rows = years_of(book, found.account)
    assert set(rows) == set(LINES)
    for name, values in rows.items():
        np.testing.assert_allclose(values, found.account.line(name), atol=1e-3, err_msg=name)
    for row in book["Measures"].iter_rows(min_row=2, max_row=9, values_only=True):
        _, _, npv, irr, mirr, wanted, rate, count, _ = row
        assert npv == pytest.approx(wanted, abs=0.01)
        if count:
            assert irr == pytest.approx(rate, abs=1e-9)
            assert mirr > -1


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed; it recomputes the cells")
def test_a_changed_cell_changes_what_follows(tmp_path):
    """Tariffs 10 % higher in the workbook give what the venture with such tariffs gives."""
    write_workbook(appraise(FULL), tmp_path / "venture.xlsx")
    book = openpyxl.load_workbook(tmp_path / "venture.xlsx")
    names = {row[4].value: row[2] for row in book["Model"].iter_rows(max_col=5)}
    changes, venture = {}, appraise(FULL).account.venture
    for i, row in enumerate(venture.rows["tariffs"]):
        if row["for"] != "other":
            names[f"item_{i}_amount"].value *= 1.1
            changes[f"tariffs[{row['name']}].amount"] = row["amount"] * 1.1
    book.save(tmp_path / "venture.xlsx")
    rows = years_of(recomputed(tmp_path / "venture.xlsx", tmp_path), appraise(FULL).account)
    wanted = appraise(FULL, changes=changes).account
    for name, values in rows.items():
        np.testing.assert_allclose(values, wanted.line(name), atol=1e-3, err_msg=name)


def test_cells_are_formulas_and_name_theirs(tmp_path):
    found = appraise("karachi-joint-venture")
    write_workbook(found, tmp_path / "venture.xlsx")
    book = openpyxl.load_workbook(tmp_path / "venture.xlsx")
    assert book.sheetnames == ["Measures", "Assumptions", "Model", "Losses"]
    live = {row[4].value: row for row in book["Model"].iter_rows()}
    for name in ("revenue", "ebitda", "tax", "principal", "debt", "dividends", "difference"):
        assert str(live[name][10].value).startswith("="), name
    assert live["ebitda"][3].value.startswith("gross revenue + guarantee - opex")
    assert book["Assumptions"]["D2"].value == "C", "guesses stand first"


def test_a_page_shows_guesses_first_and_needs_no_network():
    found = appraise("gwadar-joint-venture", draws=400)
    text = venture_page_text(found)
    assert text == venture_page_text(appraise("gwadar-joint-venture", draws=400))
    assert text.index("guesses that this rests on") < text.index("Does it pay, and for whom")
    for title in ("Flows of the project by year", "Tornado", "Cumulative distribution of draws"):
        assert f'aria-label="{title}"' in text
    assert "default-src &#x27;none&#x27;" in text
    assert "<script src" not in text
