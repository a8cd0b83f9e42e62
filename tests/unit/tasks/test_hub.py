"""Hugging Face ids: what is asked for, and what is said when it can't be had."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from prover.tasks.readers import Row, read_hub


class Stub(types.ModuleType):
    """A `datasets` that remembers what it was asked and breaks off where told."""

    def __init__(self) -> None:
        super().__init__("datasets")
        self.exceptions = types.SimpleNamespace(DatasetsError=type("DatasetsError", (Exception,), {}))
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.breaks = False

    def load_dataset(self, name: str, config: str | None, split: str | None) -> Any:
        self.asked.append((name, config, split))
        return self.rows() if split else {"test": self.rows(), "train": self.rows()}

    def rows(self) -> Iterator[dict[str, str]]:
        yield {"name": "a"}
        if self.breaks:
            raise self.exceptions.DatasetsError("a damaged shard")


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    module = Stub()
    monkeypatch.setitem(sys.modules, "datasets", module)
    return module


@pytest.mark.parametrize(
    ("identifier", "asked"),
    [
        ("owner/name", ("owner/name", None, None)),
        ("owner/name:test", ("owner/name", None, "test")),
        ("owner/name/config:test[:5%]", ("owner/name", "config", "test[:5%]")),
        ("name", ("name", None, None)),
    ],
)
def test_an_id_names_a_data_set_a_configuration_and_a_split(
    stub: Stub, identifier: str, asked: tuple[str, str | None, str | None]
) -> None:
    assert list(read_hub(identifier))
    assert stub.asked == [asked]


def test_rows_are_numbered_over_all_parts(stub: Stub) -> None:
    assert list(read_hub("owner/name")) == [
        Row(1, {"split": "test", "name": "a"}),
        Row(2, {"split": "train", "name": "a"}),
    ]


def test_a_data_set_that_breaks_off_keeps_its_first_rows(stub: Stub) -> None:
    stub.breaks = True
    first, last = read_hub("owner/name:test")
    assert first.value == {"split": "test", "name": "a"}
    assert (last.line, last.reason) == (2, "owner/name:test can't be loaded: a damaged shard")


@pytest.mark.parametrize("identifier", ["", "a/b/c/d", "../secret", "a b/c", "/etc/passwd"])
def test_what_is_no_id_is_refused_before_anything_is_asked(stub: Stub, identifier: str) -> None:
    (row,) = read_hub(identifier)
    assert "no Hugging Face id" in row.reason
    assert not stub.asked


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    (row,) = read_hub("owner/name")
    assert row.reason.startswith("a Hugging Face id: the extra `data` is not installed; it comes with: ")
    assert row.reason.endswith("[data]'")
