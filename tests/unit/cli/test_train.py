"""`stepwise train` refuses what would have no effect, before it reads anything."""

from __future__ import annotations

import pytest

from prover.cli.main import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("critic --base line --epochs 9", "--epochs has no effect on the training of a line"),
        ("critic --base line --lora 4", "--lora has no effect on the training of a line"),
        ("critic --base models/x --frozen --rate 0.5", "--rate has no effect on the training of heads"),
        ("critic --base models/x --style deepseek", "--style has no effect on the training of a critic"),
        ("policy --base models/x --force", "--force has no effect on the training of a policy"),
    ],
)
def test_an_option_that_the_training_does_not_have_is_refused(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *words.split(), "--data", "nowhere", "--out", "x.json"]) == 2
    assert said in capsys.readouterr().err
