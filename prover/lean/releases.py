"""Known facts about Lean releases that affect how far a proof can be trusted."""

from __future__ import annotations

import re

KERNEL_MENDED = (4, 34, 1)
"""The first release without the kernel bugs found from July to September 2026 (lean4#14576, #14582, #14613, #14806,
#14807, #14843, #15241, #15289). All releases before 4.32.2 have all of them."""

CAUTION = "before the kernel fixes of July to September 2026"

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def kernel_caution(version: str) -> str:
    """`CAUTION` for a Lean before `KERNEL_MENDED`, or whose version can't be read; else empty.

    `version` is Lean's own text, as `4.28.0-pre (38f3c0c4)`.
    """
    found = _VERSION.search(version)
    return "" if found is not None and tuple(map(int, found.groups())) >= KERNEL_MENDED else CAUTION


def with_caution(version: str, origin: str) -> str:
    """The version, the origin and the known kernel bugs of a Lean, for people."""
    return f"Lean {version} ({'; '.join(filter(None, (origin, kernel_caution(version))))})"
