import csv

import pytest

from cocreate.bench import feed


@pytest.fixture
def conversation(tmp_path):
    """Fifty ideas, each judged by ten people."""
    folder = tmp_path / "village"
    folder.mkdir()
    comments = [
        {"timestamp": 1, "comment-id": n, "author-id": n, "agrees": 0, "disagrees": 0,
         "moderated": 1, "comment-body": f"Idea {n}"}
        for n in range(50)
    ]  # fmt: skip
    votes = [
        {"timestamp": 2, "comment-id": n, "voter-id": voter, "vote": 1 if voter * 5 < n else -1}
        for n in range(50)
        for voter in range(10)
    ]
    for name, rows in (("comments.csv", comments), ("votes.csv", votes)):
        with (folder / name).open("w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    (folder / "summary.csv").write_text("topic,A village\n")
    return folder


def test_it_prints_a_line_for_each_order(terminal, conversation, monkeypatch):
    monkeypatch.setattr(feed, "VISITORS", 60)
    run = terminal("simulate_feed", conversation, "--seeds", "1")
    assert run.code == 0
    assert run.lines[0].startswith("1 conversations × 1 seeds")
    assert [line.split("  ")[0] for line in run.lines[3:]] == list(feed.ORDERS)


@pytest.mark.parametrize("arguments", [["--seeds", "0"], ["--bias", "0"]])
def test_it_refuses_figures_that_mean_nothing(terminal, conversation, arguments):
    assert terminal("simulate_feed", conversation, *arguments).code == 2


def test_it_says_when_no_conversation_is_large_enough(terminal, tmp_path, monkeypatch):
    monkeypatch.delenv("COCREATE_DATA", raising=False)
    run = terminal("simulate_feed")
    assert (run.code, run.out) == (2, "")
    assert "no conversation has" in run.err
    assert terminal("simulate_feed", tmp_path).code == 2
