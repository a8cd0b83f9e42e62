"""Contexts that theorems share are elaborated once."""

from __future__ import annotations

import pytest

from prover.lean.contexts import Contexts

FILE = "import Init\ndef f := 1\n"


class Lean:
    """Elaborates what does not say `bad`; an environment is the texts that led to it."""

    def __init__(self) -> None:
        self.envs: list[str] = []
        self.asked: list[str] = []
        self.dropped: list[int] = []

    async def elaborate(self, text: str, env: int | None) -> int | None:
        self.asked.append(text)
        if "bad" in text:
            return None
        self.envs.append(("" if env is None else self.envs[env]) + text)
        return len(self.envs) - 1


@pytest.fixture
def lean() -> Lean:
    return Lean()


@pytest.fixture
def contexts(lean: Lean) -> Contexts:
    return Contexts(lean.elaborate, lean.dropped.append)


async def test_a_context_is_elaborated_once_whatever_blank_space_follows(lean: Lean, contexts: Contexts) -> None:
    first = await contexts.env(FILE)
    assert first is not None
    assert await contexts.env(FILE + "\n   \n") == first
    assert len(lean.asked) == 1


async def test_a_longer_context_goes_on_from_the_longest_known_one(lean: Lean, contexts: Contexts) -> None:
    await contexts.env(FILE)
    await contexts.env(FILE + "def g := 2\n")
    longest = await contexts.env(FILE + "def g := 2\n\nopen Nat\n")
    assert lean.asked[1:] == ["\ndef g := 2", "\n\nopen Nat"]
    assert longest is not None and lean.envs[longest] == FILE + "def g := 2\n\nopen Nat"


async def test_a_context_that_only_begins_alike_starts_anew(lean: Lean, contexts: Contexts) -> None:
    await contexts.env(FILE)
    await contexts.env(FILE.rstrip() + "0\n")
    assert lean.asked[1] == FILE.rstrip() + "0"


async def test_imports_alone_are_imported_once_and_not_split_off(lean: Lean, contexts: Contexts) -> None:
    assert await contexts.env("") is None
    assert await contexts.env("-- none\n") is None
    assert not lean.asked
    for _ in range(2):
        assert await contexts.env("import Init.Data.List\npublic import Std -- all of it\n\n-- none\n") is None
    assert len(lean.asked) == 1
    assert lean.dropped == [0]


async def test_what_does_not_elaborate_by_itself_is_not_split_off_and_not_asked_again(
    lean: Lean, contexts: Contexts
) -> None:
    for _ in range(2):
        assert await contexts.env(FILE + "bad in\n") is None
    assert len(lean.asked) == 1
    assert await contexts.env(FILE + "bad in\ndef g := 2\n") is None  # and nothing goes on from it
    assert lean.asked[1] == FILE + "bad in\ndef g := 2"


async def test_the_least_recently_used_context_makes_room(lean: Lean, contexts: Contexts) -> None:
    texts = [f"def f{k} := {k}\n" for k in range(5)]
    for text in texts[:4]:
        await contexts.env(text)
    await contexts.env(texts[0])
    await contexts.env(texts[4])
    assert lean.dropped == [1]
    await contexts.env(texts[0])
    assert len(lean.asked) == 5
