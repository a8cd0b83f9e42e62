"""How a checkpoint wants to be asked is found from what it goes by and holds, or asked for; it is never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("tokenizers", reason="the models extra is not installed")

from prover.errors import UsageError
from prover.models.checkpoint import open_checkpoint
from prover.models.facts import weights_id
from prover.models.hub import find_folder, find_model
from prover.models.style import find_style, style_of_served
from prover.models.tokenizer import load_tokenizer
from tests.fakes.internlm2 import random_weights, tiny_config, write_checkpoint
from tests.unit.models.test_tokenizer import write_fast

HASH = "0123456789abcdef0123456789abcdef01234567"


def found(folder: Path, *, has_template: bool = False, **changes: Any) -> str:
    """The style of a tiny checkpoint in a folder; with a `model_type` that is not InternLM2's, in nobody's layout."""
    write_checkpoint(folder, tiny_config(**changes), random_weights(tiny_config()))
    write_fast(folder)
    if has_template:
        (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages[0].content }}"}))
    checkpoint = open_checkpoint(folder)
    return find_style(checkpoint, load_tokenizer(checkpoint)).name


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("internlm/internlm2_5-step-prover", "stepprover2.5"),
        ("internlm2.5-step-prover", "stepprover2.5"),
        ("InternLM2StepProver", "stepprover2"),
        ("internlm/internlm2-math-plus-1_8b", "math-plus"),
        ("internlm2-math-base-7b", "math-base"),
    ],
)
@pytest.mark.parametrize("is_folder", [True, False])
def test_a_published_name_says_the_style_as_a_folder_or_in_the_config(
    tmp_path: Path, name: str, style: str, is_folder: bool
) -> None:
    folder = tmp_path / (name.rpartition("/")[2] if is_folder else "output")
    assert found(folder, _name_or_path="/nas/checkpoints/step_1200" if is_folder else name) == style


def test_the_hubs_cache_names_the_repository_and_not_the_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "models--internlm--internlm2_5-step-prover" / "snapshots" / HASH
    assert found(folder, _name_or_path="/nas/checkpoints/step_1200") == "stepprover2.5"
    assert open_checkpoint(folder).name == "internlm/internlm2_5-step-prover"


@pytest.mark.parametrize("name", ["my-finetune", "internlm2-7b", "output"])
def test_an_internlm2_of_unknown_family_is_asked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        UsageError, match=r"not certain.*\?style=NAME, NAME one of stepprover2\.5, stepprover2, math-plus"
    ):
        found(tmp_path / name, _name_or_path="")


def test_names_that_disagree_are_no_certainty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not certain"):
        found(tmp_path / "internlm2-math-plus-7b", _name_or_path="internlm/internlm2_5-step-prover")


QWEN: dict[str, Any] = {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]}


def test_a_chat_template_alone_makes_no_chat_model(tmp_path: Path) -> None:
    """BFS-Prover was trained on from a chat model, has its template still, and is asked in another way."""
    assert found(tmp_path / "Qwen2.5-7B-Instruct", has_template=True, _name_or_path="", **QWEN) == "chat"
    assert found(tmp_path / "BFS-Prover-V2-7B", has_template=True, _name_or_path="", **QWEN) == "bfs-prover"
    with pytest.raises(UsageError, match="NAME one of bfs-prover, math-base, chat"):
        found(tmp_path / "mine", has_template=True, _name_or_path="", **QWEN)


def test_a_name_that_the_tokenizer_belies_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "internlm2_5-step-prover"
    write_checkpoint(folder, tiny_config(), random_weights(tiny_config()))
    write_fast(folder)
    whole = json.loads((folder / "tokenizer.json").read_text())
    whole["added_tokens"] = [token for token in whole["added_tokens"] if "im_start" not in token["content"]]
    (folder / "tokenizer.json").write_text(json.dumps(whole))
    checkpoint = open_checkpoint(folder)
    with pytest.raises(UsageError, match=r"its tokenizer has no <\|im_start\|>"):
        find_style(checkpoint, load_tokenizer(checkpoint))


T5: dict[str, Any] = {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "_name_or_path": ""}


def test_a_t5_is_a_reprover_by_its_name_alone(tmp_path: Path) -> None:
    assert found(tmp_path / "leandojo-lean4-tacgen-byt5-small", **T5) == "reprover"
    for name in ("flan-t5-small", "leandojo-lean4-retriever-tacgen-byt5-small"):  # this one reads premises first
        with pytest.raises(UsageError, match="NAME one of reprover"):
            found(tmp_path / name, **T5)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("internlm2_5-step-prover", {"_name_or_path": "", **QWEN}),
        ("leandojo-lean4-tacgen-byt5-small", {"_name_or_path": ""}),
        ("BFS-Prover-V2-7B", {"_name_or_path": ""}),
    ],
)
def test_a_name_that_the_architecture_belies_is_not_believed(tmp_path: Path, name: str, config: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"goes by the name of a .* model, and its architecture is .*\?style="):
        found(tmp_path / name, **config)


def test_a_server_is_known_by_its_models_name() -> None:
    assert style_of_served("internlm/internlm2_5-step-prover").name == "stepprover2.5"
    assert style_of_served("gpt-oss").name == "chat"
    with pytest.raises(UsageError, match="not certain"):
        style_of_served("internlm2-mine")


def cached(home: Path, name: str, commit: str = HASH, reference: str = "main") -> Path:
    """A model in the hub's cache as its tools lay it out: blobs by their SHA-256, links in a snapshot."""
    repository = home / f"models--{name.replace('/', '--')}"
    snapshot = repository / "snapshots" / commit
    write_checkpoint(snapshot, tiny_config(), random_weights(tiny_config()), shards=1)
    write_fast(snapshot)
    blob = repository / "blobs" / ("a" * 64)
    blob.parent.mkdir(exist_ok=True)
    (snapshot / "pytorch_model.bin").rename(blob)
    (snapshot / "pytorch_model.bin").symlink_to(blob)
    (repository / "refs").mkdir(exist_ok=True)
    (repository / "refs" / reference).write_text(commit)
    return snapshot


def test_a_hub_id_is_read_from_the_hubs_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot = cached(tmp_path, "internlm/internlm2_5-step-prover")
    assert find_model("internlm/internlm2_5-step-prover") == snapshot
    assert find_folder("internlm/internlm2_5-step-prover@main") == snapshot
    assert find_folder(f"internlm/internlm2_5-step-prover@{HASH}") == snapshot
    for missing, message in (
        ("internlm/other", "no internlm/other in the hub's cache"),
        ("internlm/internlm2_5-step-prover@v9", "no snapshot of v9"),
    ):
        with pytest.raises(UsageError, match=message):
            find_folder(missing)


def test_a_commit_is_named_by_as_much_of_its_hash_as_tells_it_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    older = cached(tmp_path, "a/b", commit="0123456789" + "f" * 30, reference="old")
    newer = cached(tmp_path, "a/b", commit=HASH)
    assert find_folder("a/b@0123456789ab") == find_folder("a/b@0123456789AB") == newer
    assert find_folder("a/b@0123456789f") == find_folder("a/b@old") == older
    for revision, message in (
        ("0123456", "several snapshots of 0123456 .*; there are a/b@0123456789ab, a/b@0123456789ff"),
        ("012", "no snapshot of 012 .*; there are a/b@0123456789ab, a/b@0123456789ff"),
        ("abcdef0", "no snapshot of abcdef0 "),
        ("..", r"no snapshot of \.\. "),
    ):
        with pytest.raises(UsageError, match=message):
            find_folder(f"a/b@{revision}")


def test_weights_are_known_by_their_hash_and_the_cache_names_it(tmp_path: Path) -> None:
    plain = write_checkpoint(tmp_path / "plain", tiny_config(), random_weights(tiny_config()))
    same = write_checkpoint(tmp_path / "same", tiny_config(), random_weights(tiny_config()))
    other = write_checkpoint(tmp_path / "other", tiny_config(), random_weights(tiny_config(), seed=1))
    hashes = [open_checkpoint(folder).file_hashes() for folder in (plain, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert weights_id(hashes[0]) == weights_id(hashes[1]) != weights_id(hashes[2])
    linked = cached(tmp_path, "a/b")
    (linked.parents[1] / "blobs" / ("a" * 64)).write_bytes(b"never read: its name is its hash")
    assert "a" * 64 in open_checkpoint(linked).file_hashes().values()
    assert open_checkpoint(linked).damaged()
