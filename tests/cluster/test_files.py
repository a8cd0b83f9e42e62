"""The cluster files of docs/cluster are what their readers take."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="the ray extra is not installed")
pytestmark = [pytest.mark.filterwarnings("ignore")]

FILES = Path(__file__).parents[2] / "docs" / "cluster"


def read(name: str) -> Any:
    return yaml.safe_load((FILES / name).read_text(encoding="utf-8"))


def test_ray_takes_the_cloud_file() -> None:
    pytest.importorskip("ray", reason="the ray extra is not installed")
    from ray.autoscaler._private.util import prepare_config, validate_config

    validate_config(prepare_config(read("aws.yaml")))


def test_every_group_of_the_kubernetes_file_says_what_it_is_and_needs() -> None:
    job = read("kuberay.yaml")
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    cluster = job["spec"]["rayClusterSpec"]
    for group in [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]:
        (container,) = group["template"]["spec"]["containers"]
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
    assert {group["rayStartParams"]["labels"] for group in cluster["workerGroupSpecs"]} == {
        "stepwise=lean",
        "stepwise=gpu",
    }


def test_the_slurm_file_is_a_script() -> None:
    subprocess.run(["bash", "-n", str(FILES / "slurm.sh")], check=True)


def test_the_options_in_the_files_are_options_of_prove() -> None:
    import argparse
    import re

    from prover.cli.prove import add_arguments

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    said = {
        option
        for name in ("kuberay.yaml", "slurm.sh")
        for text in re.findall(r"stepwise prove[^;]*|given=\(.*\)", (FILES / name).read_text())
        for option in re.findall(r"(?<=\s)--[a-z][a-z-]*", text)
    }
    assert said
    assert said <= known
