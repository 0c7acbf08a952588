"""The suite's parts: run two at a time, each with its result, and what the coverage counts."""

import sys

import pytest

from cnnlib.machine import suite
from cnnlib.machine.suite import Part, run_parts

FAILING = ["no_such_module_here"]
PASSING = ["this"]


def test_a_part_has_passed_where_all_of_its_commands_have():
    parts = [Part("one", [PASSING, PASSING]), Part("two", [PASSING, FAILING]), Part("three", [FAILING, PASSING])]
    assert {name: result.passed for name, result in run_parts(parts).items()} == {
        "one": True,
        "two": False,
        "three": False,
    }


def test_results_keep_the_order_of_the_parts_and_count_seconds_of_cores():
    busy = ["timeit", "-n", "1", "-r", "1", "sum(range(30_000_000))"]
    results = run_parts([Part("busy", [busy]), Part("idle", [["timeit", "-n", "1", "-r", "1", "pass"]])])
    assert list(results) == ["busy", "idle"]
    if sys.platform != "win32":
        assert results["busy"].core_seconds > results["idle"].core_seconds > 0


def test_what_a_part_says_comes_in_one_piece(capfd):
    run_parts([Part("one", [["this"], ["this"]]), Part("two", [["platform"]])])
    [first, second] = sorted(capfd.readouterr().out.split("\n=== ")[1:])
    assert first.startswith("one: passed in") and first.count("The Zen of Python") == 2
    assert second.startswith("two: passed in") and "Zen" not in second


def test_two_parts_run_at_a_time_and_the_last_one_after_them(tmp_path, monkeypatch):
    """Each of two waits for the other, for a second at most in vain; the last wants what both leave behind."""
    (tmp_path / "meet.py").write_text(
        "import pathlib, sys, time\n"
        "folder, mine, *theirs = pathlib.Path(__file__).parent, *sys.argv[1:]\n"
        "(folder / mine).touch()\n"
        "end = time.monotonic() + 60\n"
        "while not all((folder / name).exists() for name in theirs):\n"
        "    time.sleep(0.05)\n"
        "    assert time.monotonic() < end, 'nobody came'\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    last = Part("last", [["meet", "last", "one", "two"]], last=True)
    results = run_parts([last, Part("one", [["meet", "one", "two"]]), Part("two", [["meet", "two", "one"]])])
    assert list(results) == ["last", "one", "two"] and all(result.passed for result in results.values())


def test_a_parts_environment_is_its_own(tmp_path, monkeypatch):
    (tmp_path / "wants.py").write_text("import os, sys\nsys.exit(os.environ.get('WANTED') != sys.argv[1])\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    parts = [Part(name, [["wants", name]], {"WANTED": name}) for name in ("one", "two")]
    assert all(result.passed for result in run_parts(parts).values())


def test_done_is_told_of_each_part():
    told = []
    run_parts([Part("one", [PASSING]), Part("two", [FAILING])], done=lambda part, result: told.append((part, result)))
    assert sorted((part.name, result.passed) for part, result in told) == [("one", True), ("two", False)]


def test_coverage_is_of_every_covered_part_and_comes_last():
    """Each writes a file of its own, and all are put together."""
    covered = {part.environment["COVERAGE_FILE"] for part in suite.PARTS if "--cov" in part.commands[0]}
    [coverage] = [part for part in suite.PARTS if part.name == "coverage"]
    assert len(covered) == 3 and covered <= set(coverage.commands[0]) and coverage.last
    assert coverage.commands[-1] == ["coverage", "report", "--fail-under=90"]


@pytest.mark.parametrize("name", ["style", "coverage"])
def test_one_part_alone(name, monkeypatch):
    [part] = [part for part in suite.PARTS if part.name == name]
    monkeypatch.setattr(suite, "PARTS", [part._replace(commands=[PASSING]), Part("other", [FAILING])])
    assert suite.run([name])[name].passed
