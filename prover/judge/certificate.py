"""Certificates: a verdict as a file beside the proof, complete enough to repeat the judgement from the two alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import UsageError
from prover.files import write_text
from prover.judge.verdict import Verdict, sha256

_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Certificate:
    """The question (`challenge`, `theorem`), and the verdict on the proof beside it, as JSON."""

    challenge: str
    theorem: str
    verdict: Mapping[str, Any]


def _certificate_path(proof: Path) -> Path:
    """The path of a proof file's certificate."""
    return proof.with_suffix(".json")


def write_certificate(proof: Path, challenge: str, verdict: Verdict) -> Path:
    """Write the certificate of the proof in `proof`, whole or not at all; returns its path. RunFolderError when it
    can't be written."""
    target = _certificate_path(proof)
    content = {"schema": _SCHEMA, "challenge": challenge, **verdict.to_json()}
    write_text(target, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return target


def read_certificate(proof: Path) -> Certificate:
    """The certificate of the proof in `proof`. Raises UsageError if there is none or it isn't one of this proof."""
    path = _certificate_path(proof)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"no certificate can be read for {proof}: {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is no certificate: {error}") from error
    try:
        solution = proof.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{proof} can't be read: {error.strerror}") from error
    challenge, theorem = (
        (content.get("challenge"), content.get("theorem")) if isinstance(content, dict) else (None, None)
    )
    if not isinstance(challenge, str) or not isinstance(theorem, str) or content.get("schema") != _SCHEMA:
        raise UsageError(f"{path} is no certificate of schema {_SCHEMA}")
    hashes = content.get("hashes")
    if not isinstance(hashes, dict) or hashes.get("solution") != sha256(solution):
        raise UsageError(f"{proof} is not the proof that {path} was written for: it was changed")
    return Certificate(challenge, theorem, {key: value for key, value in content.items() if key != "challenge"})
