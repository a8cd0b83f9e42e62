"""The journal: exactly one result per theorem and attempt, whatever was killed."""

import errno
import json
import math
import os
import random
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from prover.errors import RunFolderError
from prover.run.journal import FolderLock, Journal, is_at_work, read_results
from prover.run.result import Status, TheoremResult
from prover.run.usage import Usage


def result(identifier: str, attempt: int = 0) -> TheoremResult:
    return TheoremResult(
        id=identifier,
        name=identifier,
        status=Status.PROVED,
        stop_reason="proved",
        attempt=attempt,
        proof="intro «h»\nx",
    )


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    written = [result("a"), result("∀\n\u2028\ud800"), result("a", attempt=1)]
    with Journal(path) as journal:
        assert all(journal.append(each) for each in written)
        assert next(each.key for each in read_results(path)) == ("a", 0)
    read = list(read_results(path))
    assert read[0] == written[0]
    assert len(read) == 3
    assert json.loads(path.read_text(encoding="utf-8").split("\n")[0])["schema"] == 1


def test_numbers_that_json_lacks_are_written_as_null(tmp_path: Path) -> None:
    with Journal(tmp_path / "r") as journal:
        journal.append(replace(result("a"), usage=Usage(value=float("nan"), search_s=-math.inf, proven_share=1.5)))
    stats = json.loads((tmp_path / "r").read_text(encoding="utf-8"))["stats"]
    assert (stats["value"], stats["search_s"], stats["proven_share"]) == (None, None, 1.5)


def test_a_second_result_for_the_same_attempt_is_not_written(tmp_path: Path) -> None:
    with Journal(tmp_path / "r") as journal:
        assert journal.append(result("a"))
        assert not journal.append(result("a"))
        assert journal.append(result("a", attempt=1))
    with Journal(tmp_path / "r") as journal:
        assert journal.keys == {("a", 0), ("a", 1)}
        assert not journal.append(result("a"))


def test_a_kill_at_any_byte_loses_at_most_the_line_being_written(tmp_path: Path) -> None:
    path = tmp_path / "r"
    with Journal(path) as journal:
        for name in "abc":
            journal.append(result(name))
    whole = path.read_bytes()
    rng = random.Random(0)
    for size in [*sorted(rng.sample(range(len(whole) + 1), 60)), 0, len(whole)]:
        path.write_bytes(whole[:size])
        complete = whole[:size].count(b"\n")
        assert len(list(read_results(path))) == complete
        with Journal(path) as journal:
            assert len(journal.keys) == complete
            for name in "abc":
                journal.append(result(name))
        assert sorted(each.id for each in read_results(path)) == ["a", "b", "c"]


def test_a_damaged_line_in_the_middle_is_named_and_nothing_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_text('{"schema": 1, "id": "a"}\n{}\n', encoding="utf-8")
    with pytest.raises(RunFolderError, match=r"r:1: damaged line"):
        Journal(path)
    assert path.read_text(encoding="utf-8").count("\n") == 2


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r").write_text('{"schema": 99}\n', encoding="utf-8")
    with pytest.raises(RunFolderError, match="newer Stepwise"):
        list(read_results(tmp_path / "r"))


def test_unknown_fields_of_a_line_are_left_out(tmp_path: Path) -> None:
    line = {**result("a").to_json(), "from_the_future": 1}
    (tmp_path / "r").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert list(read_results(tmp_path / "r")) == [result("a")]


def test_a_full_disk_is_said_and_costs_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[[int, bytes, int], int] = os.pwrite
    room = [100]

    def full_after(fd: int, data: bytes, offset: int) -> int:
        if room[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(fd, data[: room[0]], offset)
        room[0] -= written
        return written

    path = tmp_path / "r"
    with Journal(path) as journal:
        journal.append(result("a"))
        monkeypatch.setattr(os, "pwrite", full_after)
        with pytest.raises(RunFolderError, match="No space left on device"):
            journal.append(result("b"))
        assert [each.id for each in read_results(path)] == ["a"]
        room[0] = 10_000
        assert journal.append(result("b"))
    assert [each.id for each in read_results(path)] == ["a", "b"]


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(RunFolderError, match=f"in use by process {os.getpid()}"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_a_run_is_at_work_as_long_as_the_process_that_its_lock_names_is_there(tmp_path: Path) -> None:
    assert not is_at_work(tmp_path)
    FolderLock(tmp_path).release()
    assert is_at_work(tmp_path)
    for said, goes_on in (
        (f"process {1 << 30} on {socket.gethostname()}\n", False),
        (f"process {1 << 30} on another machine\n", True),
        ("torn", False),
    ):
        (tmp_path / "lock").write_text(said, encoding="utf8")
        assert is_at_work(tmp_path) is goes_on


def test_five_thousand_results_a_second_with_flush(tmp_path: Path) -> None:
    results = [result(f"theorem_{number}") for number in range(5000)]
    began = time.process_time()
    with Journal(tmp_path / "r") as journal:
        for each in results:
            journal.append(each)
    assert time.process_time() - began < 1.0
