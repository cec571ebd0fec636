"""What the bench found is judged beside its yardstick, or not at all."""

import pytest

from cocreate.bench import data, figures, vote
from cocreate.bench.figures import Rounds, Slot, Spread, Verdict


def rate(slot):
    return slot.per_second


def rounds_of(*pairs):
    return Rounds(
        [{"yard": Slot("yard", yard), "ours": Slot("ours", ours)} for yard, ours in pairs]
    )


def test_a_ratio_is_taken_within_each_round():
    found = rounds_of((100, 20), (50, 20), (80, 20))
    assert found.ratio("ours", "yard", rate) == Spread(0.2, 0.25, 0.4)
    assert found.unsteady("yard") == ""


def test_a_yardstick_that_varies_by_more_than_2_times_judges_nothing():
    found = rounds_of((100, 20), (49, 20))
    assert found.unsteady("yard") == "yard varied by 2.0 times between rounds"
    verdict = Verdict(1, "ours", Spread(1, 1, 1), 0.2, True, found.unsteady("yard"))
    assert verdict.word == "refused"
    assert rounds_of((100, 20)).unsteady("yard")


def test_a_machine_that_others_use_judges_nothing():
    found = rounds_of((100, 20), (90, 20))
    found.others = 0.6
    assert found.unsteady("yard") == "others used 60% of the machine"


@pytest.mark.parametrize(
    ("found", "at_least", "word"),
    [(0.26, True, "met"), (0.25, True, "missed"), (0.26, False, "met"), (0.27, False, "missed")],
)
def test_a_target_is_met_from_its_own_value_on(found, at_least, word):
    assert Verdict(1, "x", Spread(0, found, 9), 0.26, at_least).word == word


def test_a_line_of_a_target_names_both_sides_and_the_goal():
    found = rounds_of((100, 27), (100, 25), (100, 26))
    line = found.against(1, "ours ÷ yard", "ours", "yard", rate, least=0.26).as_line()
    assert line == {
        "target": 1, "name": "ours ÷ yard", "ours": 26, "yardstick": 100, "ratio": 0.26,
        "goal": 0.26, "at_least": True, "ok": True,
    }  # fmt: skip


def test_a_constant_of_a_peer_is_marked_as_one():
    line = rounds_of((1, 30), (1, 30)).beside_peer(9, "x", "ours", 10.0, rate, least=4).as_line()
    assert (line["yardstick"], line["ratio"], line["ok"], line["peer"]) == (10.0, 3, False, True)


def test_memory_beside_a_peer_is_judged_on_a_busy_machine_too():
    found = rounds_of((1, 30))
    busy = found.beside_peer(21, "x", "ours", 100.0, rate, most=0.3)
    held = found.beside_peer(21, "x", "ours", 100.0, rate, most=0.3, timed=False)
    assert [busy.word, held.word] == ["refused", "met"]


def test_what_is_refused_is_neither_met_nor_missed_and_says_why():
    found = rounds_of((100, 30), (10, 30))
    refused = found.unsteady("yard")
    line = found.against(1, "x", "ours", "yard", rate, least=0.1, refused=refused).as_line()
    assert (line["ok"], line["reason"]) == (None, "yard varied by 10.0 times between rounds")


def test_what_could_not_be_measured_says_why():
    verdict = figures.not_measured(12, "x", "there is no nginx here", 0.8, at_least=True)
    line = verdict.as_line()
    assert verdict.word == "not measured"
    assert (line["ratio"], line["ok"], line["reason"]) == (None, None, "there is no nginx here")


def test_a_bound_without_a_yardstick_is_judged_by_itself():
    line = rounds_of((1, 2)).alone(6, "seconds", [0.6, 0.4, 0.3], most=0.5).as_line()
    assert (line["ours"], line["yardstick"], line["ratio"], line["ok"]) == (0.4, None, 0.4, True)


def voted(rows, **statuses):
    notes = {"statuses": statuses, "ledger_rows": rows}
    return Slot("token, spread", 1.0, notes=notes)


def test_an_answer_without_a_row_and_a_wrong_counter_are_not_exact():
    right = Rounds([{"token, spread": voted(9, **{"201": 9, "429": 2})}])
    assert vote.exact(right).word == "met"
    lost = Rounds([{"token, spread": voted(8, **{"201": 9})}])
    assert vote.exact(lost).word == "missed"
    right.differences = ["counter of b1"]
    assert vote.exact(right).word == "missed"


def test_a_database_that_was_copied_is_judged_by_all_but_its_filling():
    slots = [
        data.RAW_LOAD, data.FOLD, data.RAW_UPKEEP, data.OWN_UPKEEP, data.REBUILD, data.RAW_REBUILD,
        data.RAW_ANEW, data.VERIFY, data.RAW_RECOUNT,
    ]  # fmt: skip
    copied = Rounds([{name: Slot(name, 1.0) for name in slots}] * 2)
    filled = Rounds([{name: Slot(name, 1.0) for name in [*slots, data.LOAD]}] * 2)
    assert {verdict.number for verdict in data.verdicts(copied)} == {13, 14}
    assert {verdict.number for verdict in data.verdicts(filled)} == {13, 14, 16}
