"""A request that an engine can't serve is refused before the engine sees it: there it would end every other one."""

from __future__ import annotations

import math

import pytest

from prover.errors import UsageError
from prover.models.requests import SamplingRequest


@pytest.mark.parametrize("temperature", [-1.0, 1e-320, 1e-9, 1e4, 1e308, math.inf, math.nan])
def test_a_temperature_that_logits_cannot_be_divided_by_is_refused(temperature: float) -> None:
    with pytest.raises(UsageError, match="out of range"):
        SamplingRequest((1,), 1, temperature=temperature)


@pytest.mark.parametrize("temperature", [0.0, 1e-3, 0.7, 100.0])
def test_usual_temperatures_are_served(temperature: float) -> None:
    assert SamplingRequest((1,), 1, temperature=temperature).temperature == temperature
