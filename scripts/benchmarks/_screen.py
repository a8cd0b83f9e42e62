"""What a person sees of a search in Chromium, without a window: how soon, and how old it is."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

_SHOWN = "document.querySelector('.tree .state') && document.querySelector('main output').textContent || ''"
_LOOK_EVERY_S = 0.02


@asynccontextmanager
async def screen() -> AsyncIterator[Any]:
    """An empty page (`playwright.async_api.Page`). Needs the extra `browser`, and Chromium on the path."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield await browser.new_page(viewport={"width": 1400, "height": 900})
        finally:
            await browser.close()


async def drawn_s(page: Any, address: str, expansions: int) -> float:
    """Seconds from the address until the page shows that many expansions and their tree."""
    began = time.monotonic()
    await page.goto(address)
    while (await _shown(page))[0] < expansions:
        await asyncio.sleep(_LOOK_EVERY_S)
    return time.monotonic() - began


async def ages_s(page: Any, address: str, expansions: int) -> list[float]:
    """How old the latest expansion on the page is, in seconds to a tenth, again and again until it shows that many of
    them, in order. Their times have to be those of `time.monotonic`."""
    await page.goto("about:blank")  # or the page of another search stays
    await page.goto(address)
    ages: list[float] = []
    count = 0
    while count < expansions:
        count, at = await _shown(page)
        if count:
            ages.append(time.monotonic() - at)
        await asyncio.sleep(_LOOK_EVERY_S)
    return sorted(ages)


async def _shown(page: Any) -> tuple[int, float]:
    """How many expansions the page shows, and when the last one was."""
    found = re.match(r"(\d+) of \d+ expansions, ([\d.]+) s", await page.evaluate(_SHOWN))
    return (0, 0.0) if found is None else (int(found[1]), float(found[2]))
