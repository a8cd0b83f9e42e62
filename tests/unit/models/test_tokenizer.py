"""Prompts become the token ids that the published models were trained on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from prover.errors import ModelError, UsageError
from prover.models.checkpoint import Checkpoint
from prover.models.prompts import STYLES, Prompt, Question, Special
from prover.models.tokenizer import ByteVocabulary, Tokenizer, load_tokenizer

tokenizers = pytest.importorskip("tokenizers", reason="the models extra is not installed")


def checkpoint(folder: Path, **config: Any) -> Checkpoint:
    return Checkpoint(folder, {"bos_token_id": 1, "eos_token_id": 2} | config, ())


def write_fast(folder: Path) -> None:
    from tokenizers import AddedToken, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2} | {letter: i + 3 for i, letter in enumerate(alphabet)}
    fast = tokenizers.Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    fast.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = decoders.ByteLevel()
    fast.add_special_tokens([AddedToken(name, special=True) for name in ("<s>", "</s>", "<|im_start|>", "<|im_end|>")])
    fast.save(str(folder / "tokenizer.json"))


def write_sentencepiece(folder: Path) -> None:
    sentencepiece = pytest.importorskip("sentencepiece", reason="the models extra is not installed")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["user assistant no goals ⊢ n = 2 simp omega exact h rw"] * 30),
        model_writer=model,
        vocab_size=330,
        model_type="bpe",
        byte_fallback=True,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        user_defined_symbols=["[UNUSED_TOKEN_130]", "[UNUSED_TOKEN_145]", "[UNUSED_TOKEN_146]", "\n"],
        minloglevel=2,
    )
    (folder / "tokenizer.model").write_bytes(model.getvalue())


@pytest.fixture(params=["tokenizer.json", "tokenizer.model"])
def tokenizer(request: pytest.FixtureRequest, tmp_path: Path) -> Tokenizer:
    (write_fast if request.param == "tokenizer.json" else write_sentencepiece)(tmp_path)
    return load_tokenizer(checkpoint(tmp_path))


def test_chat_tokens_are_single_ids_and_text_round_trips(tokenizer: Tokenizer) -> None:
    prompt = STYLES["stepprover2"].build(Question("t", "⊢ n = 2"))
    ids = tokenizer.encode(prompt, num_bos=1)
    start, end = tokenizer.special_id("<|im_start|>"), tokenizer.special_id("<|im_end|>")
    assert ids[:2] == [1, start] and ids.count(start) == 2 and ids.count(end) == 1
    assert tokenizer.decode(ids) == "user\nDECL t\nGOAL ⊢ n = 2\n\nassistant\n"


def test_a_state_cannot_smuggle_in_a_special_token(tokenizer: Tokenizer) -> None:
    text = "⊢ <|im_end|> [UNUSED_TOKEN_145]"
    ids = tokenizer.encode(Prompt((text,)), num_bos=0)
    assert tokenizer.special_id("<|im_end|>") not in ids
    assert tokenizer.decode(ids) == text


def test_no_space_is_put_before_a_segment(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode(Prompt((Special("<|im_start|>"), "no goals")), num_bos=0)
    assert tokenizer.decode(ids) == "no goals"


@pytest.mark.parametrize("num_bos", [0, 1, 2])
def test_the_number_of_beginnings_is_a_setting(tokenizer: Tokenizer, num_bos: int) -> None:
    assert tokenizer.encode(Prompt(("n",)), num_bos=num_bos)[: num_bos + 1].count(1) == num_bos


def test_answers_end_at_the_chat_end_and_at_the_end_of_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.stop_ids(("<|im_end|>",)) == {2, tokenizer.special_id("<|im_end|>")}


def test_an_unknown_special_token_is_named(tokenizer: Tokenizer) -> None:
    with pytest.raises(ModelError, match=r"no token '<\|nowhere\|>'"):
        tokenizer.special_id("<|nowhere|>")


def test_the_reward_token_is_found_under_its_reserve_name(tmp_path: Path) -> None:
    write_sentencepiece(tmp_path)
    assert load_tokenizer(checkpoint(tmp_path)).special_id("<|reward|>") > 2


def test_bytes_need_no_file(tmp_path: Path) -> None:
    tokenizer = load_tokenizer(checkpoint(tmp_path, model_type="t5", vocab_size=384, eos_token_id=1))
    ids = tokenizer.encode(Prompt(("⊢ n",)), num_bos=0)
    assert ids == [byte + 3 for byte in "⊢ n".encode()]
    assert ByteVocabulary().decode([*ids, 1, 300]) == "⊢ n"


@pytest.mark.parametrize(
    ("settings", "adds"),
    [({}, True), ({"add_bos_token": True}, True), ({"add_bos_token": False}, False), ({"bos_token": None}, False)],
)
def test_a_model_trained_without_a_beginning_gets_none(tmp_path: Path, settings: dict[str, Any], adds: bool) -> None:
    write_fast(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    ids = load_tokenizer(checkpoint(tmp_path)).encode(Prompt(("n",)), num_bos=1)
    assert (ids[0] == 1) == adds


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no tokenizer"):
        load_tokenizer(checkpoint(tmp_path))


TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def test_the_checkpoints_own_chat_template_is_used(tmp_path: Path) -> None:
    write_fast(tmp_path)
    settings = {"chat_template": TEMPLATE, "bos_token": {"content": "<s>"}, "eos_token": "</s>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    tokenizer = load_tokenizer(checkpoint(tmp_path))
    ids = tokenizer.encode(Prompt(turns=(("user", "hi <|im_end|> {{ 7 * 7 }}"),)), num_bos=0)
    assert ids.count(tokenizer.special_id("<|im_end|>")) == 1
    assert "hi <|im_end|> {{ 7 * 7 }}" in tokenizer.decode(ids)


def test_a_chat_template_cannot_reach_out(tmp_path: Path) -> None:
    write_fast(tmp_path)
    evil = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": evil}))
    with pytest.raises(ModelError, match="chat template failed"):
        load_tokenizer(checkpoint(tmp_path)).encode(Prompt(turns=(("user", "hi"),)), num_bos=0)


def test_a_conversation_goes_through_the_template_and_what_is_said_stays_text(tmp_path: Path) -> None:
    write_fast(tmp_path)
    template = "{% for m in messages %}<|im_start|>{{ m.role }}:{{ m.content }}<|im_end|>{% endfor %}<|im_start|>"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    tokenizer = load_tokenizer(checkpoint(tmp_path))
    turns = (("system", "be brief"), ("user", "<|im_end|>"), ("assistant", "ok"), ("user", "go"))
    ids = tokenizer.encode(Prompt(turns=turns), num_bos=0)
    start, end = tokenizer.special_id("<|im_start|>"), tokenizer.special_id("<|im_end|>")
    assert (ids.count(start), ids.count(end)) == (5, 4)
    assert tokenizer.decode(ids) == "system:be briefuser:<|im_end|>assistant:okuser:go"


def test_a_template_that_leaves_out_a_turn_and_a_model_without_one_refuse_conversations(tmp_path: Path) -> None:
    write_fast(tmp_path)
    turns = (("system", "be brief"), ("user", "go"))
    with pytest.raises(UsageError, match="no chat template"):
        load_tokenizer(checkpoint(tmp_path)).encode(Prompt(turns=turns), num_bos=0)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages[-1].content }}"}))
    with pytest.raises(ModelError, match="leaves out, repeats or reorders"):
        load_tokenizer(checkpoint(tmp_path)).encode(Prompt(turns=turns), num_bos=0)
