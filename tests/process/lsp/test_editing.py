"""What a person in an editor sees: menus, progress, and text that changes only for a judged proof."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time

import httpx
import pytest
from lsprotocol import types

from tests.fakes.editor import URI, Editor, editing

QUICK = (sys.executable, "-m", "tests.fakes.editor_server", "0")
SLOW = (sys.executable, "-m", "tests.fakes.editor_server", "0.4")
STUCK = (sys.executable, "-m", "tests.fakes.editor_server", "600")
ONE = "theorem t : p := by\n  sorry\n"
TWO = ONE + "\ntheorem u : p := by\n  sorry\n"
MENDING = ("make the proof of t shorter", "repair the proof of t")
LEFT = "theorem t : p := by\n  done\n"


def is_at_work(editor: Editor) -> bool:
    return any(isinstance(value, types.WorkDoneProgressBegin | dict) for _, value in editor.progress)


async def test_the_menu_is_there_at_once_and_without_lean() -> None:
    async with editing(TWO, *STUCK) as editor:
        assert list(await editor.actions()) == [
            "suggest tactics here",
            "prove t",
            "prove t as far as possible (not judged)",
            "is t false?",
            "prove t and watch",
            "prove all 2 open theorems of this file",
        ]
        took = []
        for _ in range(20):
            began = time.monotonic()
            await editor.actions()
            took.append(time.monotonic() - began)
        assert sorted(took)[18] <= 0.05
        assert await editor.actions("theorem u") != {}


async def test_a_finished_proof_is_made_shorter() -> None:
    async with editing("theorem t : p := by\n  idle\n  done\n\n" + ONE, *QUICK) as editor:
        assert list(await editor.actions("idle")) == [*MENDING]
        await editor.do("make the proof of t shorter", "idle")
        await editor.until(lambda: editor.edits)
        assert "idle" not in editor.text
        assert editor.text.endswith("done\n\n" + ONE)


async def test_a_broken_proof_is_repaired() -> None:
    async with editing("theorem t : p := by\n  oops\n", *QUICK) as editor:
        await editor.do("repair the proof of t", "oops")
        await editor.until(lambda: editor.edits)
        assert editor.text == LEFT


async def test_a_proof_that_can_not_be_made_shorter_or_needs_no_repair_is_left_alone() -> None:
    async with editing(LEFT, *QUICK) as editor:
        await editor.do("make the proof of t shorter", "done")
        await editor.until(lambda: editor.diagnostics)
        assert "no shorter form was found" in editor.diagnostics[0].message
        await editor.do("repair the proof of t", "done")
        await editor.until(lambda: editor.messages)
        assert "Lean finds no error there" in editor.messages[0]
        assert editor.text == LEFT


@pytest.mark.parametrize(
    ("text", "word", "message", "after"),
    [
        ("theorem t : p := by\n  intro 𝔽\n  exact foo\n", "foo", "unknown identifier", "  intro 𝔽\n  done\n"),
        ("theorem t : p := by\n  split\n", "by", "unsolved goals\n⊢ q", "  split\n  done\n"),
    ],
)
async def test_an_error_is_proved_from_where_it_is_on(text: str, word: str, message: str, after: str) -> None:
    async with editing(text, *QUICK) as editor:
        assert list(await editor.actions(word)) == [*MENDING]
        editor.lean_says(word, message)
        assert list(await editor.actions(word)) == [
            "suggest tactics at the error",
            "prove t from the error on",
            "prove t from the error on as far as possible (not judged)",
            "is t false?",
            "prove t from the error on and watch",
            *MENDING,
        ]
        await editor.do("prove t from the error on", word)
        await editor.until(lambda: editor.edits)
        assert editor.text == "theorem t : p := by\n" + after


async def test_suggestions_at_an_error_take_its_place() -> None:
    async with editing("theorem t : p := by\n  foo\n", *QUICK) as editor:
        editor.lean_says("foo", "unknown tactic")
        await editor.do("suggest tactics at the error", "foo")
        await editor.until(lambda: editor.diagnostics)
        await editor.do("use `split` (leaves 2 goals; not judged)", "foo")
        assert editor.text == "theorem t : p := by\n  split\n  sorry\n"


async def test_the_page_of_a_job_is_opened_and_shows_its_search() -> None:
    async with editing(ONE, *STUCK) as editor:
        await editor.do("prove t and watch")
        await editor.until(lambda: editor.pages)
        base, _, token = editor.pages[0].partition("#")
        url, known = f"{base.partition('?')[0]}run/events", {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(headers=known) as page, page.stream("GET", url) as answer:
            frame = await anext(line async for line in answer.aiter_lines() if line.startswith("data: "))
        assert json.loads(frame.removeprefix("data: "))["events"][0]["theorem"]["id"] == "job1"
        await editor.do("watch the work at t")
        await editor.until(lambda: len(editor.pages) == 2)
        assert editor.pages[0] == editor.pages[1]


async def test_a_judged_proof_takes_the_place_of_the_sorry() -> None:
    async with editing(ONE, *QUICK) as editor:
        await editor.do("prove t")
        await editor.until(lambda: editor.edits)
        assert editor.text == LEFT
        assert editor.edits[0].text_document.version == 1


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("theorem t : p := /- 𝔽 🇫🇷 -/ by sorry -- 🇫🇷\n", "theorem t : p := /- 𝔽 🇫🇷 -/ by done -- 🇫🇷\n"),
        ("-- 𝔽\r\ntheorem t : p := by\r\n  sorry\r\n", "-- 𝔽\r\ntheorem t : p := by\r\n  done\r\n"),
        ("theorem t : p := sorry\n", "theorem t : p := by done\n"),
        ("theorem t : p := by\n", "theorem t : p := by done\n"),
        (
            "/- 𝔽 -/ theorem t : p := by\n\ntheorem u : q := h\n",
            "/- 𝔽 -/ theorem t : p := by done\n\ntheorem u : q := h\n",
        ),
    ],
)
async def test_it_lands_where_it_belongs(text: str, after: str) -> None:
    async with editing(text, *QUICK) as editor:
        await editor.do("prove t", "by" if " by" in text else "sorry")
        await editor.until(lambda: editor.edits)
        assert editor.text == after


async def test_lines_that_come_in_above_move_the_place() -> None:
    async with editing(TWO, *SLOW) as editor:
        await editor.do("prove u", "theorem u")
        await editor.until(lambda: is_at_work(editor))
        editor.change("-- one\n-- two 𝔽\n" + editor.text)
        await editor.until(lambda: editor.edits)
        assert editor.text == "-- one\n-- two 𝔽\n" + ONE + "\ntheorem u : p := by\n  done\n"


async def test_a_theorem_that_was_changed_meanwhile_is_left_alone_and_its_job_is_stopped() -> None:
    async with editing(ONE, *STUCK) as editor:
        await editor.do("prove t")
        await editor.until(lambda: is_at_work(editor))
        editor.change(editor.text.replace("p :=", "q :="))
        await editor.until(lambda: is_over(editor))
        assert editor.edits == []


@pytest.mark.parametrize("late_s", [0.0, 0.02, 0.3])
async def test_no_job_goes_on_at_a_theorem_that_is_changed_right_after_the_command(late_s: float) -> None:
    async with editing(ONE, *STUCK) as editor:
        chosen = (await editor.actions())["prove t"].command
        assert chosen is not None
        commanded = asyncio.create_task(editor.command(chosen.command, *(chosen.arguments or [])))
        await asyncio.sleep(late_s)
        editor.change(editor.text.replace("p :=", "q :="))
        await commanded
        async with asyncio.timeout(5.0):
            while any(job["state"] == "running" for job in await editor.command("tests.jobs")):
                await asyncio.sleep(0.01)


async def test_work_is_cancelled_by_its_progress() -> None:
    async with editing(ONE, *STUCK) as editor:
        await editor.do("prove t")
        await editor.until(lambda: is_at_work(editor))
        token = editor.progress[0][0]
        assert "stop working at t" in await editor.actions()
        began = time.monotonic()
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await editor.until(lambda: is_over(editor))
        assert time.monotonic() - began < 1.0
        assert "stop working at t" not in await editor.actions()


def is_over(editor: Editor) -> bool:
    return any(_kind(value) == "end" for _, value in editor.progress)


def _kind(value: object) -> object:
    return value.get("kind") if isinstance(value, dict) else getattr(value, "kind", "")


async def test_all_theorems_of_a_file_are_filled() -> None:
    async with editing(TWO, *QUICK) as editor:
        await editor.do("prove all 2 open theorems of this file")
        await editor.until(lambda: len(editor.edits) == 2)
        assert "sorry" not in editor.text


async def test_the_first_suggestion_is_shown_while_others_are_tried_and_those_that_close_come_first() -> None:
    async with editing(ONE, *SLOW) as editor:
        await editor.do("suggest tactics here")
        await editor.until(lambda: editor.diagnostics)
        assert editor.diagnostics[0].message.endswith("Lean accepts `split`")
        assert not is_over(editor)
        assert "use `split` (leaves 2 goals; not judged)" in await editor.actions()
        await editor.until(lambda: is_over(editor))
        await editor.until(lambda: editor.diagnostics[0].message.endswith("`done` (closes it), `split`"))


async def test_suggestions_are_shown_and_can_be_used() -> None:
    async with editing(ONE, *QUICK) as editor:
        await editor.do("suggest tactics here")
        await editor.until(lambda: editor.diagnostics)
        (shown,) = editor.diagnostics
        assert shown.severity == types.DiagnosticSeverity.Hint
        assert "`done` (closes it), `split`" in shown.message
        await editor.do("use `split` (leaves 2 goals; not judged)")
        assert editor.text == "theorem t : p := by\n  split\n  sorry\n"
        await editor.until(lambda: not editor.diagnostics)


async def test_the_server_ends_with_its_editor_though_a_job_runs() -> None:
    async with asyncio.timeout(20.0):
        async with editing(ONE, *STUCK) as editor:
            await editor.do("prove t")
            await editor.until(lambda: is_at_work(editor))


@pytest.mark.parametrize("at_work", [False, True])
def test_the_server_ends_without_a_word_when_its_editor_is_killed(at_work: bool) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(STUCK, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdin is not None and server.stdout is not None and server.stderr is not None
        if at_work:
            server.stdin.write(b"".join(map(_framed, _asking_for_a_proof())))
            server.stdin.flush()
            while b"workDoneProgress/create" not in os.read(server.stdout.fileno(), 1 << 16):
                pass
        server.stdout.close()
        server.stdin.close()
        assert server.wait(10.0) == 0
        assert server.stderr.read() == b""


def _asking_for_a_proof() -> list[dict[str, object]]:
    capabilities = {"window": {"workDoneProgress": True}}
    document = {"uri": URI, "languageId": "lean4", "version": 1, "text": ONE}
    command = {"command": "stepwise.prove", "arguments": [URI, ONE.index("sorry"), []]}
    return [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": capabilities}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "workspace/executeCommand", "params": command},
    ]


def _framed(message: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
