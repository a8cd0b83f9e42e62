"""The page in a real browser: what a person sees of a search, and does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from prover.run.trace import TraceExpansion
from prover.web.app import Viewer
from prover.web.board import Board
from prover.web.feed import Feed
from prover.web.following import SearchId
from prover.web.jobs import JobsView
from prover.workbench.bench import Workbench
from prover.workbench.client import result_of
from prover.workbench.requests import Prove
from search.base import Outcome, Path, TacticCall
from tests.fakes.browser import browsing
from tests.fakes.graph import GraphEnvironment, Picture
from tests.fakes.traced_run import expansion, tactic
from tests.fakes.warm import opening, warm_with

DEPTH = 2000
KNOWN: Picture = {f"g{n}": {"go": [f"g{n + 1}"], "aside": [f"s{n}"]} for n in range(DEPTH)}
ALSO_MINE: Picture = {goal: {**tactics, "mine": []} for goal, tactics in KNOWN.items()}
PROVE = Prove(path="mine.lean", text="theorem t : g0 := by\n  sorry\n", line=2, time_limit_s=60.0)


class Leisurely(GraphEnvironment):
    """Takes a moment for each request."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        await asyncio.sleep(0.05)
        return self.run(path, calls)


@asynccontextmanager
async def searching() -> AsyncIterator[tuple[Workbench, str, Viewer]]:
    """A search without an end, which the tactic `mine` finishes at any of its states; only a person knows it."""
    async with Workbench(opening(warm_with(KNOWN, environment=Leisurely(ALSO_MINE)))) as bench:
        job = await bench.start(PROVE)
        view = JobsView(bench)
        view.follow(job)
        yield bench, job, Viewer(view)
        await view.close()


async def until_said(page: Any, text: str) -> None:
    await page.get_by_role("complementary").get_by_text(text).first.wait_for(timeout=20_000)


async def test_a_search_is_watched_pruned_and_finished_by_a_typed_tactic() -> None:
    async with searching() as (bench, job, viewer), browsing(viewer) as page:
        await page.get_by_role("button", name="Wait at the end").click(timeout=20_000)
        await page.locator("#s5").click(timeout=20_000)
        await until_said(page, "state 5")
        await page.get_by_role("button", name="Pause").click()
        await page.locator("main h2").get_by_text("paused").wait_for()
        await page.get_by_role("button", name="Resume").click()
        await page.get_by_role("button", name="Pause").wait_for()
        await page.get_by_role("button", name="Prune").click()
        await until_said(page, "pruned")
        box = page.get_by_label("a tactic to try here")
        await page.locator("#s1").click()
        await box.fill("nonsense")
        await page.get_by_role("button", name="Try").click()
        await until_said(page, "nonsense fails")
        await box.fill("mine")
        await page.get_by_role("button", name="Try").click()
        await page.locator("h2 small.proved").first.wait_for(timeout=20_000)
        result = await result_of(bench, job)
        assert result["judged"] and result["proof"].endswith("mine")
        await page.get_by_text("the proof that was judged").wait_for()


async def test_all_of_it_is_reached_by_the_keyboard_alone() -> None:
    async with searching() as (bench, job, viewer), browsing(viewer) as page:
        await page.locator("#s3").wait_for(timeout=20_000)
        await tab_to(page, "search tree")
        await page.keyboard.press("ArrowDown")
        await until_said(page, "state 1")
        await tab_to(page, "a tactic to try here")
        await page.keyboard.type("mine")
        await page.keyboard.press("Control+Enter")
        await page.locator("h2 small.proved").first.wait_for(timeout=20_000)
        assert (await result_of(bench, job))["judged"]


async def tab_to(page: Any, label: str) -> None:
    """Press Tab until what has that label has the focus, which has to be seen."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.getAttribute('aria-label')") == label:
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab does not lead to {label!r}")


CONTRAST = """
() => {
  const part = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const texts = "h1, h2, small, p, button:enabled, code, pre, span, dt, dd, svg text, svg tspan";
  for (const node of document.querySelectorAll(texts)) {
    if (!node.textContent.trim()) continue;
    const style = getComputedStyle(node);
    const own = node instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(rgb(own)), light(ground(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${node.tagName} ${node.textContent.slice(0, 20)}: ${own}`);
  }
  return low;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
async def test_it_can_be_read_in_light_and_dark_on_wide_and_narrow_windows(scheme: str, width: int) -> None:
    viewer = Viewer(Grown(40))
    async with browsing(viewer, width=width, scheme=scheme) as page:
        await page.locator("#s3").click(timeout=20_000)
        await until_said(page, "state 3")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.evaluate(CONTRAST) == []
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ("255" in ground) == (scheme == "light")


@pytest.mark.parametrize("is_used", [True, False])
async def test_the_page_goes_on_to_the_next_search_unless_somebody_is_at_work_in_this_one(is_used: bool) -> None:
    view = Grown(6)
    async with browsing(Viewer(view)) as page:
        await page.locator("#s3").wait_for(timeout=20_000)
        if is_used:
            await page.locator("#s3").click()
        view.show("t", "proved")
        view.show("u", "searching")
        await page.get_by_text("1 proved, 1 searching").wait_for()
        assert await page.locator("main h2").inner_text() == ("t proved" if is_used else "u searching")


async def test_a_page_whose_command_has_ended_says_so() -> None:
    viewer = Viewer(Grown(6))
    async with browsing(viewer) as page:
        await page.locator("#s3").wait_for(timeout=20_000)
        await page.context.set_offline(True)
        viewer.is_closing = True
        await page.get_by_role("alert").get_by_text("has ended").wait_for(timeout=20_000)


async def test_five_thousand_states_are_drawn_and_walked() -> None:
    async with browsing(Viewer(Grown(5000))) as page:
        await page.get_by_text("5001 states").wait_for(timeout=60_000)
        await page.get_by_text("states folded or not drawn").wait_for()
        await page.get_by_role("tree").focus()
        await page.keyboard.press("End")
        await page.locator(".state.selected").wait_for()
        assert 0 < await page.locator(".state").count() <= 200, "what is out of sight is not drawn"


class Grown:
    """What a page shows of one search that has this many states below the theorem."""

    def __init__(self, count: int) -> None:
        self.feed = Feed()
        self.show("t", "searching")
        self._board = Board()
        for each in _expansions(count):
            self._board.add(each)

    def show(self, theorem: str, status: str) -> None:
        """Say how a theorem stands."""
        row = {"id": theorem, "statement": f"theorem {theorem} : g0 := by", "status": status, "searches": [[0, ""]]}
        self.feed.append({"theorem": row})

    async def refresh(self) -> None:
        pass

    def board(self, search: SearchId) -> Board | None:
        return self._board if search == SearchId("t") else None


def _expansions(count: int) -> Iterator[TraceExpansion]:
    """Each state leads to two others."""
    for number in range(count // 2):
        left, right = 2 * number + 1, 2 * number + 2
        states = {f"k{child}": f"h : p\n⊢ goal {child}" for child in (left, right)}
        steps = (tactic("advanced", f"k{left}"), tactic("advanced", f"k{right}"), tactic("rejected"))
        yield expansion(number, f"k{number}", f"h : p\n⊢ goal {number}", *steps, **states)
