"""Published budgets by name: P×S×K (passes × samples per state × expansions per pass), with rule and what was reported.

A preset sets the search and nothing else: the statements, the Lean version and the policy are named beside it, and a
score is only comparable with the published one where all of them agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prover.errors import UsageError


@dataclass(frozen=True, slots=True)
class Preset:
    """One published setting. `reported` is the score in its source, in per cent, or empty; `rule` is a search rule with
    its parameters (`bf+cg` gives half of the passes to `token-mean` and half to `critic`); what the source does not say
    (temperature, seconds a theorem) is None and left at the run's own setting."""

    name: str
    passes: int
    samples: int
    expansions: int
    rule: str
    temperature: float | None
    reported: str
    source: str
    time_limit_s: float | None = None

    @property
    def budget(self) -> str:
        """P×S×K written out."""
        return f"{self.passes}×{self.samples}×{self.expansions}"

    def settings(self) -> dict[str, Any]:
        """The preset as settings of a run."""
        search: dict[str, Any] = {
            "passes": self.passes,
            "samples": self.samples,
            "expansions": self.expansions,
            "rule": self.rule,
        }
        if self.temperature is not None:
            search["temperature"] = self.temperature
        limit = {} if self.time_limit_s is None else {"time_limit_s": self.time_limit_s}
        return {"search": search, **limit}

    def is_kept_by(self, config: Mapping[str, Any]) -> bool:
        """Whether a run's resolved settings agree with all settings of the preset."""
        wanted = self.settings()
        search = config.get("search", {})
        return all(search.get(key) == value for key, value in wanted.pop("search").items()) and all(
            config.get(key) == value for key, value in wanted.items()
        )


_STEP_25 = "arXiv 2410.15700; the temperature is from the scripts' note on many passes"
_SCRIPTS = "InternLM-Math, minif2f/scripts at eaead17"

PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("minif2f-internlm2.5-bf", 256, 32, 600, "token-mean", 0.7, "miniF2F-test 59.4", _STEP_25),
        Preset("minif2f-internlm2.5-cg", 256, 32, 600, "critic", 0.7, "miniF2F-test 65.6", _STEP_25),
        Preset("minif2f-internlm2.5-bf-cg", 256, 32, 600, "bf+cg", 0.7, "miniF2F-test 65.9", _STEP_25),
        Preset("minif2f-internlm2.5-bf-pass1", 1, 32, 600, "token-mean", 0.7, "miniF2F-test 47.3", _STEP_25),
        Preset("minif2f-internlm2.5-cg-pass1", 1, 32, 600, "critic", 0.7, "miniF2F-test 43.0", _STEP_25),
        Preset("minif2f-internlm2.5-bf-cg-pass2", 2, 32, 600, "bf+cg", 0.7, "", _STEP_25),
        Preset("proofnet-internlm2.5-bf-cg", 256, 32, 600, "bf+cg", 0.7, "ProofNet 27.0", _STEP_25),
        Preset("putnam-internlm2.5-bf-cg", 2, 32, 600, "bf+cg", 0.7, "PutnamBench 6 problems", _STEP_25),
        Preset("workbook-scan", 1, 32, 10, "token-mean", 0.7, "", "arXiv 2410.15700, first round", time_limit_s=50),
        Preset("workbook-final", 1, 32, 2000, "token-mean", 0.7, "", "arXiv 2410.15700, last", time_limit_s=3600),
        Preset(
            "minif2f-internlm2-step",
            *(1, 32, 4000, "token-mean", 0.0, "miniF2F-test 48.8", _SCRIPTS),
            time_limit_s=1500,
        ),
        Preset(
            "minif2f-internlm2-plus", 1, 32, 1000, "token-mean", 0.0, "miniF2F-test 43.4", _SCRIPTS, time_limit_s=1200
        ),
        Preset(
            "minif2f-internlm2-base", 1, 32, 100, "token-mean", 0.0, "miniF2F-test 30.3", _SCRIPTS, time_limit_s=600
        ),
        Preset(
            "minif2f-bfs-prover",
            *(2048, 2, 600, "length-normalised", None, "miniF2F-test 70.8", "BFS-Prover V1, budget as published"),
        ),
        Preset("minif2f-hunyuan", 600, 8, 400, "critic", None, "miniF2F-test 68.4", "HunyuanProver, as published"),
    )
}


def preset(name: str) -> Preset:
    """The preset of a name. UsageError, with the known names, for another."""
    if name not in PRESETS:
        raise UsageError(f"no preset is called {name!r}; there are: {', '.join(PRESETS)}")
    return PRESETS[name]
