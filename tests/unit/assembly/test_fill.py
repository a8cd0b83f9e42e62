"""A file that is filled while Lean reads what was filled so far: beside `a`, Lean refuses the proof of `b`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from prover.assembly import filling
from prover.assembly.filling import Filling, fill
from prover.assembly.warm import Warm
from prover.config import Config
from prover.errors import UsageError
from prover.lean.outline import AskOutline, Outline, Unread
from tests.fakes.graph import Picture
from tests.fakes.warm import opening, warm_with

NAMES = ("a", "b", "c")
TEXT = "".join(f"theorem {name} : p := by\n  sorry\n\n" for name in NAMES)
FILLED = [part.replace("sorry", "end") for part in TEXT.split("\n\n")]
PICTURE: Picture = {"p": {"end": []}}


async def ask(asked: AskOutline) -> Outline | Unread:
    await asyncio.sleep(0.01)
    refused = FILLED[1].replace("end", "surplus")
    text = asked.text.replace(FILLED[1], refused) if FILLED[0] in asked.text else asked.text
    return await warm_with({}).outline(replace(asked, text=text))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    warm: Warm = replace(warm_with(PICTURE), outline=ask)
    monkeypatch.setattr(filling, "open_warm", lambda _config, listener, _own: opening(warm)(listener))
    (tmp_path / "a.lean").write_text(TEXT)
    return tmp_path / "a.lean"


async def test_what_is_to_be_written_never_holds_a_proof_that_lean_refuses_beside_the_others(file: Path) -> None:
    told: list[str] = []
    fitting: list[str] = []

    def tell(each: Filling) -> None:
        told.append(each.theorems[-1].result.name)

    done = await fill(str(file), Config(), on_filled=tell, on_fitting=lambda each: fitting.append(each.text))
    assert sorted(told[:-1]) == ["a", "b", "c"]
    assert told[-1] == "b", "it is taken back"
    assert (
        fitting[-1] == done.text == TEXT.replace("sorry", "end").replace(FILLED[1], FILLED[1].replace("end", "sorry"))
    )
    assert not any(FILLED[0] in text and FILLED[1] in text for text in fitting)
    assert file.read_text() == TEXT


async def test_what_can_not_be_written_ends_it_all(file: Path) -> None:
    def refuse(_: Filling) -> None:
        raise UsageError("it was changed meanwhile")

    with pytest.raises(UsageError, match="changed"):
        await fill(str(file), Config(), on_fitting=refuse)
