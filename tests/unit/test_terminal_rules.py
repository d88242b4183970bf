"""Every rule of terminals lets a right terminal pass and names what is wrong with another."""

import pytest

from karwan.network import rules_terminal_fit, rules_terminals
from tiny_terminal import CARRIERS, ELEMENTS, FLOWS, HOURS, PORT, carrier, element, flow, port

RULES = (*rules_terminals.RULES, *rules_terminal_fit.RULES)


def found(network):
    return [str(p) for rule in RULES for p in rule(network)]


def changed(rows, name, **cells):
    key = next(iter(rows[0]))
    return [row | cells if row[key] == name else row for row in rows]


CASES = [
        (lambda: port(terminal=PORT | {"target": "PKKHJ"}), "did you mean 'PKKHI'?"),
        (
            lambda: port(terminal=PORT | {"capacity_id": "gwadar"}),
            "'gwadar', which is that of the node PKGWD",
        ),
        (lambda: port(flows=changed(FLOWS, "import", to_carriers="truc")), "no carrier of port"),
        (lambda: port(flows=changed(FLOWS, "import", share=0.5)), "shares add up to 1.08"),
        (
            lambda: port(elements=changed(ELEMENTS, "cranes", moves_per_h=None)),
            "terminal_elements[cranes].moves_per_h is empty, but kind is quay_crane",
        ),
        (lambda: port(elements=changed(ELEMENTS, "cranes", down_h=None)), "give both or none"),
        (
            lambda: port(carriers=changed(CARRIERS, "ship", boxes_per_call=None)),
            "terminal_carriers[ship].boxes_per_call is empty, as calls_per_year is",
        ),
        (
            lambda: port(carriers=changed(CARRIERS, "ship", calls_per_year=9.0)),
            "leave one of the two empty",
        ),
        (
            lambda: port(
                carriers=[*CARRIERS, carrier("late", "vessel", length_m=90.0)],
                flows=[*FLOWS[:-1], flow("export-rail", "train", "late", 0.05)],
            ),
            "terminal_carriers[late].calls_per_year is empty, but no flow comes by it",
        ),
        (
            lambda: port(elements=[e for e in ELEMENTS if e["element_id"] != "scanner"]),
            "is 0.1, but port has no scanner",
        ),
        (
            lambda: port(elements=[e for e in ELEMENTS if e["element_id"] != "tracks"]),
            "needs a track, which port does not have",
        ),
        (
            lambda: port(elements=[*ELEMENTS[:4], element("r", "block", 1, capacity_teu=9.0,
                                                          holds="reefer"), *ELEMENTS[6:]]),
            "no block of port holds it",
        ),
        (
            lambda: port(carriers=changed(CARRIERS, "ship", length_m=250.0)),
            "is 250 m, longer than the longest berth of port, 200 m",
        ),
        (
            lambda: port(carriers=changed(CARRIERS, "ship", draft_m=10.5)),
            "deeper than the channel of port at high water, 11 m",
        ),
        (
            lambda: port(carriers=changed(CARRIERS, "ship", draft_m=10.5)),
            "deeper than the deepest berth of port, 10 m",
        ),
        (
            lambda: port(carriers=changed(CARRIERS, "train", track_gauge_mm=1435)),
            "1435 mm, but no track of port has it",
        ),
        (lambda: port(carriers=changed(CARRIERS, "train", length_m=600.0)), "longest track"),
        (
            lambda: port(hours=changed(HOURS, "gate", opens_h=23.0)),
            "the hour it opens: it would never open",
        ),
        (lambda: port(hours=changed(HOURS, "gate", opens_h=5.25)), "write whole or half hours"),
        (lambda: port(hours=changed(HOURS, "gate", days="1128")), "each ISO weekday once"),
]  # fmt: skip
"""Networks that break a rule, and what is said."""


def test_a_right_terminal_has_no_problems():
    assert found(port()) == []


@pytest.mark.parametrize(("network", "sentence"), CASES)
def test_what_is_wrong_is_named(network, sentence):
    assert any(sentence in text for text in found(network())), found(network())


def test_all_is_named_at_once():
    wrong = port(
        carriers=changed(CARRIERS, "ship", length_m=250.0, draft_m=12.0),
        hours=changed(HOURS, "gate", opens_h=23.0),
    )
    assert len(found(wrong)) == 4


def test_every_rule_of_terminals_is_broken_by_some_case():
    broken = {rule for network, _ in CASES for rule in RULES if list(rule(network()))}
    assert broken == set(RULES)
