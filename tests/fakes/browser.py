"""Chromium without a window, on the page of a server of this machine."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from prover.web.app import Viewer
from prover.web.serving import serving


@asynccontextmanager
async def browsing(
    viewer: Viewer, *, width: int = 1400, height: int = 900, scheme: str = "light"
) -> AsyncIterator[Any]:
    """A page (`playwright.async_api.Page`) that shows the viewer, in a window of that size and a light or dark scheme.

    The test is skipped where there is no Playwright or no Chromium. It fails if the page's scripts do, or if the page
    asks any other host for anything.
    """
    library = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    async with serving(viewer) as address, library.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: _note_foreign(request.url, address, errors))
        try:
            await page.goto(address)
            yield page
            assert errors == []
        finally:
            await browser.close()


def _note_foreign(url: str, address: str, errors: list[str]) -> None:
    if urlsplit(url).netloc != urlsplit(address).netloc:
        errors.append(f"asked for {url}")
