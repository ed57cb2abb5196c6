"""What reviewers can do with a run, and what comes of it for compare, export and evaluate."""

import pytest
from reviewing import claim_ids, make_run

from extractor.audit.report.run_folder import read_run
from extractor.audit.review.desk import Desk
from extractor.audit.review.errors import ReviewError
from extractor.decisions import decided, read_decisions
from extractor.export import write_jsonl
from extractor.records import Extraction


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.audit.report.run_folder.verify", lambda extractions: iter(()))
    return make_run(tmp_path / "run")


@pytest.fixture
def desk(run):
    return Desk(run, ["anna"])


@pytest.fixture
def two(run):
    return Desk(run, ["anna", "ben"])


def left(run) -> dict[str, dict]:
    """The run's claims as decisions leave them, by value."""
    decisions = read_decisions(run)
    after = [claim for each in read_run(run) for claim in decided(each, decisions).claims]
    return {claim.value.text: claim.model_dump(mode="json") for claim in after}


def row(answer: dict) -> dict:
    return answer["touched"]["row"]


def span(desk, paper: str, text: str) -> dict:
    start = desk.extractions[paper].paper.source.index(text)
    return {"start": start, "end": start + len(text)}


def test_the_queue_has_every_claim(desk):
    shown = [(r["value"], r["kind"], r["method"], r["sure"], r["decision"]) for r in desk.queue("anna")]
    assert shown == [
        ("1.9x", "speedup", "Quokka", 0.875, None),
        ("5.2%", "score", "", 0.5, None),
        ("91.2%", "score", "", 0.25, None),
    ]


def test_a_verdict_is_kept_across_restarts(desk, run):
    answer = desk.decide("anna", {"claim": claim_ids(desk)["1.9x"], "verdict": "accept", "note": " fine "})
    assert answer["status"]["verdicts"] == {"accept": 1, "reject": 0, "unsure": 0}
    again = Desk(run, ["anna"]).queue("anna")[0]["decision"]
    assert (again["verdict"], again["note"], again["by"]) == ("accept", "fine", "anna")


def test_a_slot_is_corrected_by_selecting_it(desk):
    claim = claim_ids(desk)["91.2%"]
    wombat = span(desk, "wombat", "Wombat ")
    answer = desk.decide(
        "anna",
        {"claim": claim, "corrections": {"method": wombat, "dataset": [span(desk, "wombat", "QuizSet")]}},
    )
    assert (row(answer)["method"], row(answer)["dataset"]) == ("Wombat", "QuizSet")
    assert answer["touched"]["claim"]["decision"]["corrected"] == ["method", "dataset"]


def test_a_slot_can_be_emptied_and_a_number_mended(desk):
    claim = claim_ids(desk)["91.2%"]
    value = {**span(desk, "wombat", "91.2%"), "low": 91.2, "high": 92.0, "unit": "points"}
    answer = desk.decide("anna", {"claim": claim, "corrections": {"metric": None, "value": value}})
    changed = answer["touched"]["claim"]["claim"]
    assert changed["metric"] is None
    assert (changed["value"]["high"], changed["value"]["unit"]) == (92.0, "points")


def test_a_kind_that_is_a_level_loses_its_direction(desk):
    answer = desk.decide("anna", {"claim": claim_ids(desk)["1.9x"], "corrections": {"kind": "measure"}})
    changed = answer["touched"]["claim"]["claim"]
    assert (changed["kind"], changed["direction"]) == ("measure", None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"claim": "nonsense"}, "no claim id"),
        ({"claim": "quokka:0-1"}, "no claim quokka:0-1"),
        ({"claim": "emu:0-1"}, "no paper 'emu'"),
        ({"verdict": "maybe"}, "should be 'accept', 'reject' or 'unsure'"),
        ({"corrections": {"colour": "red"}}, "no field 'colour'"),
        ({"corrections": {"method": {"start": 5, "end": 5}}}, "nothing is selected"),
        ({"corrections": {"method": {"start": 0, "end": 9999}}}, "nothing is selected"),
        ({"corrections": {"method": {"start": "a"}}}, "needs a start and an end"),
        (
            {
                "corrections": {
                    "kind": "scale",
                    "value": {"start": 32, "end": 36, "low": 1, "high": 0, "unit": ""},
                }
            },
            "above high",
        ),
    ],
    ids=str,
)
def test_what_cant_be_is_said_and_not_kept(desk, given, message):
    with pytest.raises(ReviewError, match=message):
        desk.decide("anna", {"claim": claim_ids(desk)["1.9x"], **given})
    assert desk.store.entries() == []


def test_a_missed_claim_is_added_from_its_number(desk, run):
    added = row(desk.add("anna", {"paper": "wombat", **span(desk, "wombat", "40")}))
    assert (added["value"], added["added"]) == ("40 FPS", True)
    desk.decide(
        "anna",
        {
            "claim": added["id"],
            "verdict": "accept",
            "corrections": {"method": span(desk, "wombat", "Wombat")},
        },
    )
    desk.finish("anna", True)
    claim = left(run)["40 FPS"]
    assert (claim["value"]["low"], claim["value"]["unit"], claim["method"]["text"]) == (40, "FPS", "Wombat")


def test_a_number_has_one_claim_and_words_have_none(desk):
    with pytest.raises(ReviewError, match=r"'91.2%' has a claim already"):
        desk.add("anna", {"paper": "wombat", **span(desk, "wombat", "91.2%")})
    with pytest.raises(ReviewError, match="no number in 'reaches'"):
        desk.add("anna", {"paper": "wombat", **span(desk, "wombat", "reaches")})


def test_everything_can_be_undone_and_done_again(desk):
    added = row(desk.add("anna", {"paper": "wombat", **span(desk, "wombat", "40")}))["id"]
    undone = desk.undo("anna")["touched"]
    assert (undone["id"], undone["row"]) == (added, None)
    assert len(desk.queue("anna")) == 3
    assert row(desk.redo("anna"))["value"] == "40 FPS"
    assert desk.redo("anna")["touched"] is None


def test_one_persons_decisions_reach_the_run_when_they_are_done(desk, run):
    ids = claim_ids(desk)
    desk.decide("anna", {"claim": ids["1.9x"], "verdict": "reject"})
    desk.decide(
        "anna",
        {
            "claim": ids["91.2%"],
            "verdict": "accept",
            "corrections": {"method": span(desk, "wombat", "Wombat")},
        },
    )
    assert set(left(run)) == {"1.9x", "5.2%", "91.2%"}
    desk.finish("anna", True)
    after = left(run)
    assert set(after) == {"5.2%", "91.2%"}
    assert after["91.2%"]["method"]["name"] == "Wombat" and "method:review" in after["91.2%"]["origin"]


def test_what_was_written_and_then_undone_is_given_back(desk, run):
    desk.decide("anna", {"claim": claim_ids(desk)["1.9x"], "verdict": "reject"})
    desk.finish("anna", True)
    assert "1.9x" not in left(run)
    with pytest.raises(ReviewError, match="press Reopen"):
        desk.undo("anna")
    desk.finish("anna", False)
    desk.undo("anna")
    written = desk.write("anna")
    assert "1.9x" in left(run) and written["decisions"] == 0
    assert desk.write("anna")["file"] is None  # nothing changed since


def test_going_back_to_an_earlier_decision_counts_as_the_latest(desk, run):
    claim = claim_ids(desk)["1.9x"]
    for verdict in ("accept", "reject"):
        desk.decide("anna", {"claim": claim, "verdict": verdict})
    desk.write("anna")
    desk.undo("anna")
    desk.write("anna")
    assert "1.9x" in left(run)


def test_two_people_are_blind_to_each_other_until_both_are_done(two):
    claim = claim_ids(two)["1.9x"]
    two.decide("anna", {"claim": claim, "verdict": "accept", "note": "sure of it"})
    two.add("anna", {"paper": "wombat", **span(two, "wombat", "40")})
    two.finish("anna", True)
    for sight in (
        two.queue("ben"),
        two.paper("ben", "quokka"),
        two.paper("ben", "wombat"),
        two.status("ben"),
    ):
        assert "sure of it" not in str(sight) and "40 FPS" not in str(sight).replace("and 40 FPS on", "")
    assert two.status("ben")["verdicts"] == {"accept": 0, "reject": 0, "unsure": 0}
    for refused in (
        lambda: two.agreement("anna"),
        lambda: two.write("anna"),
        lambda: two.take("anna", {"claim": claim, "side": 0}),
    ):
        with pytest.raises(ReviewError, match="done"):
            refused()


@pytest.fixture
def settling(two):
    """Both are done: they agree on 5.2%, and differ in 1.9x (verdict), 91.2% (method) and 40 FPS (anna's)."""
    ids = claim_ids(two)
    for name, speedup, method in (("anna", "accept", "Wombat"), ("ben", "reject", "QuizSet")):
        two.decide(name, {"claim": ids["1.9x"], "verdict": speedup})
        two.decide(name, {"claim": ids["5.2%"], "verdict": "accept", "note": f"seen by {name}"})
        two.decide(
            name,
            {
                "claim": ids["91.2%"],
                "verdict": "accept",
                "corrections": {"method": span(two, "wombat", method)},
            },
        )
    two.add("anna", {"paper": "wombat", **span(two, "wombat", "40")})
    for name in ("anna", "ben"):
        two.finish(name, True)
    return two


def test_both_see_where_they_differ_side_by_side(settling):
    assert [r["value"] for r in settling.queue("ben")] == ["1.9x", "91.2%", "40 FPS"]
    shown = {each["claim"]["value"]["text"]: each for each in settling.paper("ben", "wombat")["claims"]}
    assert shown["91.2%"]["differs"] == ["method"]
    assert [s["claim"]["method"]["text"] for s in shown["91.2%"]["sides"]] == ["Wombat", "QuizSet"]
    assert [s["verdict"] for s in shown["40 FPS"]["sides"]] == [None, "absent"]
    assert settling.status("anna")["unsettled"] == 3


def test_agreement_is_that_before_settling(settling):
    before = settling.agreement("anna")
    verdict = before["fields"][0]
    assert (verdict["field"], verdict["claims"], round(verdict["observed"], 3)) == ("verdict", 3, 0.667)
    settling.take("ben", {"claim": settling.queue("ben")[0]["id"], "side": 0})
    assert settling.agreement("anna") == before
    with pytest.raises(ReviewError, match="settle them instead"):
        settling.finish("ben", False)


def test_the_outcome_is_what_both_say_and_what_was_settled(settling, run):
    ids = {r["value"]: r["id"] for r in settling.queue("ben")}
    partly = settling.write("anna")
    assert (partly["decisions"], partly["left_out"]) == (1, 3)
    settling.take("ben", {"claim": ids["1.9x"], "side": 1})
    settling.decide("anna", {"claim": ids["91.2%"], "verdict": "accept", "corrections": {"metric": None}})
    assert set(left(run)) == {"1.9x", "5.2%", "91.2%"}  # not before all is settled
    settling.take("ben", {"claim": ids["40 FPS"], "side": 1})
    after = left(run)
    assert set(after) == {"5.2%", "91.2%"} and after["91.2%"]["metric"] is None
    both = next(d for d in read_decisions(run).values() if d.value == "5.2%")
    assert (both.by, both.note) == ("anna, ben", "anna: seen by anna; ben: seen by ben")
    assert settling.status("anna")["unsettled"] == 0


def test_settling_can_be_undone(settling):
    claim = settling.queue("ben")[0]["id"]
    settling.take("ben", {"claim": claim, "side": 0})
    assert settling.status("ben")["unsettled"] == 2
    settling.undo("ben")
    assert settling.status("ben")["unsettled"] == 3


def test_a_third_person_is_turned_away(settling, run):
    with pytest.raises(ReviewError, match="anna and ben review this run already"):
        Desk(run, ["carl"])


def names(desk, me: str) -> list[str]:
    return [reviewer["name"] for reviewer in desk.status(me)["reviewers"]]


def test_a_name_that_never_decided_anything_gives_its_seat_to_who_needs_it(run):
    Desk(run, ["ana"])
    assert names(Desk(run, ["anna"]), "anna") == ["ana", "anna"]
    assert names(Desk(run, ["anna", "ben"]), "anna") == ["anna", "ben"]


def test_two_in_two_processes_stay_blind_to_each_other_until_both_are_done(run):
    first, second = Desk(run, ["first"]), Desk(run, ["second"])
    first.finish("first", True)
    second.decide("second", {"claim": claim_ids(second)["1.9x"], "verdict": "accept"})
    with pytest.raises(ReviewError, match="you are done"):
        first.decide("first", {"claim": claim_ids(first)["1.9x"], "verdict": "reject"})
    assert names(first, "first") == names(second, "second") == ["first", "second"]
    first.finish("first", False)
    second.finish("second", True)
    first.decide("first", {"claim": claim_ids(first)["1.9x"], "verdict": "reject"})
    assert (first.stage(), [d.by for d in read_decisions(run).values()]) == ("review", [])


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, claim: desk.finish("ana", True),
        lambda desk, claim: desk.write("ana"),
        lambda desk, claim: desk.decide("ana", {"claim": claim, "verdict": "accept"}),
    ],
    ids=["finish", "write", "decide"],
)
def test_who_lost_the_seat_can_do_nothing(run, act):
    ana = Desk(run, ["ana"])
    both = Desk(run, ["anna", "ben"])
    with pytest.raises(ReviewError, match="anna and ben review this run already") as told:
        act(ana, claim_ids(ana)["1.9x"])
    assert (told.value.status, both.store.entries()) == (409, [])


def test_keys_are_kept_with_the_name(desk, run):
    desk.set_keys("anna", {"accept": "g"})
    assert Desk(run, ["anna"]).status("anna")["keys"] == {"accept": "g"}


def test_decisions_on_words_that_are_gone_are_left_out(desk, run):
    ids = claim_ids(desk)
    desk.decide("anna", {"claim": ids["1.9x"], "verdict": "accept"})
    desk.decide(
        "anna", {"claim": ids["91.2%"], "corrections": {"dataset": [span(desk, "wombat", "QuizSet")]}}
    )
    first, second = read_run(run)
    anew = Extraction.model_validate_json(second.model_dump_json().replace("QuizSet", "YurtSet"))
    write_jsonl([first, anew], run / "extractions.jsonl")
    again = Desk(run, ["anna"])
    assert [r["decision"] is not None for r in again.queue("anna")] == [True, False, False]
    write_jsonl([first], run / "extractions.jsonl")
    assert Desk(run, ["anna"]).undo("anna")["touched"]["row"] is None
