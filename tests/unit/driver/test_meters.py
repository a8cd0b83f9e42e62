"""How busy the parts of a run are."""

from prover.driver.meters import Meter
from prover.run.utilisation import Load, merged


def test_a_meter_counts_the_time_with_something_at_work_once() -> None:
    now = 0.0
    meter = Meter(lambda: now)
    with meter.at_work():
        now = 1.0
        with meter.at_work(3):
            now = 2.0
            assert (meter.in_flight, meter.busy_s()) == (4, 2.0)
    now = 5.0
    assert (meter.in_flight, meter.items, meter.busy_s()) == (0, 4, 2.0)


def test_busy_seconds_are_averaged_over_actors_and_gauges_added() -> None:
    both = merged(
        [Load({"lean": 4.0}, {"waiting": 1}, {"lean": 3}), Load({"lean": 8.0, "policy": 1.0}, {"waiting": 2})]
    )
    assert both.busy_s == {"lean": 5.0, "policy": 1.0}
    assert both.gauges == {"waiting": 3}
    assert both.counts == {"lean": 4, "policy": 1}
