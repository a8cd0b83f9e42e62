"""Files with all of their new proofs, read as a whole by a Lean to which `fragile` is an error beside `loud`."""

from __future__ import annotations

from dataclasses import replace

from prover.assembly.filling import FilledTheorem, Filling, Part, orders_in
from prover.assembly.together import NOT_TOGETHER, broken_together, not_fitting
from prover.lean.outline import AskOutline, Outline, Unread
from prover.run.result import Status, TheoremResult
from prover.tasks.document import document_of
from prover.tasks.text import read_text
from tests.fakes.warm import warm_with

TEXT = "".join(f"theorem {name} : p := by\n  sorry -- 𝔹\n\n" for name in ("a", "b", "c"))
DOCUMENT = document_of(TEXT.replace("\n", "\r\n"), "a.lean")
ORDERS = orders_in(read_text(DOCUMENT), Part("a.lean"))
A, B, C = (order.task for order in ORDERS)


async def ask(asked: AskOutline) -> Outline | Unread:
    text = asked.text.replace("fragile", "surplus") if "loud" in asked.text else asked.text
    return await warm_with({}).outline(replace(asked, text=text))


async def cannot_read(asked: AskOutline) -> Outline | Unread:
    return Unread("it took too long")


async def test_a_proof_that_fails_beside_another_is_left_out_and_the_others_stay() -> None:
    assert await not_fitting(DOCUMENT, [(A, ["loud"]), (C, ["fragile"]), (B, ["end"])], ask) == [C]
    assert await not_fitting(DOCUMENT, [(A, ["end"]), (B, ["end"]), (C, ["fragile"])], ask) == []
    assert await not_fitting(DOCUMENT, [(C, ["fragile"])], ask) == []


async def test_a_proof_that_fails_beside_a_theorem_that_stays_open_is_left_out() -> None:
    text = TEXT.replace("c : p", "c : loud")
    document = document_of(text, "a.lean")
    a, b, _ = (order.task for order in orders_in(read_text(document), Part("a.lean")))
    assert await not_fitting(document, [(a, ["fragile"])], ask) == [a]
    assert await not_fitting(document, [(a, ["fragile"]), (b, [None])], ask) == [a]
    alone = document_of(text[: text.index("theorem b")], "a.lean")
    (only,) = (order.task for order in orders_in(read_text(alone), Part("a.lean")))
    assert await not_fitting(alone, [(only, ["end"])], never) == []


async def never(asked: AskOutline) -> Outline | Unread:
    raise AssertionError("nobody has to read it")


async def test_a_file_that_can_not_be_read_is_given_back_as_it_is() -> None:
    assert await not_fitting(DOCUMENT, [(A, ["loud"]), (C, ["fragile"])], cannot_read) == []


async def test_where_only_what_nobody_changed_breaks_all_changes_are_named() -> None:
    document = document_of(TEXT.replace("sorry", "fragile", 1))
    text = document.text.replace("sorry", "loud", 1)
    starts = [document.text.index("theorem b"), document.text.index("theorem c")]
    assert await broken_together(document, text, starts, ask) == set(starts)
    assert await broken_together(document_of(TEXT.replace("sorry", "oops", 1)), text, starts, ask) == set()


def test_a_theorem_that_is_taken_back_keeps_its_sorry_and_says_why() -> None:
    proved = [
        FilledTheorem(order, TheoremResult(order.task.id, order.task.name, Status.PROVED, "proved", proof="end"))
        for order in ORDERS
    ]
    filling = Filling(DOCUMENT, tuple(proved)).without(B)
    whole = DOCUMENT.original(0, len(DOCUMENT.text)).replace("sorry", "end")
    assert filling.text == whole.replace("b : p := by\r\n  end", "b : p := by\r\n  sorry")
    assert filling.judged == ("a", "c")
    assert [(hole.proof, hole.stop_reason) for hole in filling.theorems[-1].holes] == [(None, NOT_TOGETHER)]
