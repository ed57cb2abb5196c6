"""What the network believes of any words, asked in offsets of the source: how probable a name is as the
filling of a number's slot, whether it stands once or often, and which way a number moved."""

import numpy as np
import pytest
from regex import finditer

from extractor.audit.judging import load_weights, probability
from extractor.audit.linking import Evidence
from extractor.beliefs import Beliefs
from extractor.clean import clean
from extractor.decode import QuantityReading
from extractor.find.quantities import find_quantities
from extractor.layout import CLAIM_FIELDS
from extractor.rules import load_rules

SOURCE = "Quokka is 3times faster than BERT, and Quokka gains 20\\% on SST-2."
METHOD = {"Quokka": 0.3, "BERT": 0.1}  # per occurrence
DATASET = {"SST": 0.7, "2": 0.2}


def reading(words: list[str], way: str | None) -> QuantityReading:
    """A reading that starts the slots as said and is sure which way the number moved."""
    sure = np.array([0.9 if each == way else 0.05 for each in CLAIM_FIELDS["direction"]])
    starts = {
        slot: np.array([chances.get(word, 0.0) for word in words])
        for slot, chances in (("method", METHOD), ("dataset", DATASET))
    }
    return QuantityReading({"direction": sure}, {}, {"method": 0.3}, starts)


@pytest.fixture(scope="module")
def beliefs():
    rules = load_rules()
    cleaned = clean(SOURCE, rules)
    words = [m.span() for m in finditer(r"\w+|[^\w\s]", cleaned.text)]
    written = [cleaned.text[a:b] for a, b in words]
    quantities = [q for q in find_quantities(cleaned.text, rules) if q.unit in ("x", "%")]
    readings = [reading(written, "increase"), reading(written, None)]
    return Beliefs(cleaned, words, quantities, readings)


def spans(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in finditer(text, SOURCE)]


@pytest.mark.parametrize(
    ("slot", "name", "probability"),
    [
        ("method", "Quokka", 0.6),  # both places
        ("method", "BERT", 0.1),
        ("method", "faster", 0.0),
        ("dataset", "SST-2", 0.7),  # its likeliest word
        ("dataset", "gains", 0.0),
    ],
)
def test_a_name_is_as_probable_as_its_words(beliefs, slot, name, probability):
    [number] = spans("20..")
    assert beliefs.at(*number).filled(slot, spans(name)) == pytest.approx(probability)


def test_nothing_is_as_probable_as_no_likely_word(beliefs):
    [number] = spans("3times")
    assert beliefs.at(*number).empty("method") == 0.3
    assert beliefs.at(*number).empty("dataset") == pytest.approx(0.3)
    assert beliefs.at(*number).filled("method", []) == 0.0


def test_a_number_is_found_by_its_place_in_the_source(beliefs):
    (first,), (second,) = spans("3times"), spans("20..")
    assert beliefs.at(*first).direction() == "increase"
    assert beliefs.at(*second).direction() is None
    assert beliefs.at(*spans("BERT")[0]) is None


@pytest.mark.parametrize("field", ["method", "dataset", "metric"])
def test_what_the_model_believes_outweighs_nothing_known(field):
    """Of two names that the text ties alike, the one that the model would fill in is the likelier."""

    def sure(mine: float, rival: float) -> float:
        believed = {"fills": np.log(mine), "rival fills": np.log(rival), "nothing fills": 0.0}
        believed |= {"fills, or what holds it": np.log(mine), "share of both": mine / (mine + rival)}
        return probability(field, Evidence({}, believed))

    assert sure(0.9, 0.01) > 2 * sure(0.01, 0.9)
    assert set(load_weights()) == {"text", "model"}
