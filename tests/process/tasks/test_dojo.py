"""`--dojo`: theorems of a repository that LeanDojo has traced. LeanDojo and git are the real ones, in a process whose
cache already holds the trace of a small repository, as its tracing of a built one would leave it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.tasks.dojo import DojoReference

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(importlib.util.find_spec("lean_dojo") is None, reason="LeanDojo is not installed (extra: dojo)"),
]

TEXT = """def twice (n : Nat) := n + n

theorem Own.first : twice 1 = 2 := by
  rfl

theorem Own.second : ∀ n, twice n = 2 * n
  | n => by simp [twice]; omega

theorem Own.third (h : twice 2 = 4) : True := trivial
"""
LIST = """
import json, sys
from prover.errors import StepwiseError
from prover.tasks.dojo import DojoReference, open_traced
try:
    project = open_traced(DojoReference.parse(sys.argv[1]))
except StepwiseError as fault:
    sys.exit(f"{type(fault).__name__}: {fault}")
print(json.dumps([str(project.folder), [[each.id, each.context, each.declaration] for each in project.records]]))
"""


def node(kind: str, start: tuple[int, int], end: tuple[int, int], *inner: str, **more: str) -> str:
    """A node of LeanDojo's trace files; positions are lines and columns from 1."""
    attributes = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<{kind} start="{start}" end="{end}"{attributes}>{"".join(inner)}</{kind}>'


def theorem(name: str, start: tuple[int, int], proof: tuple[int, int], end: tuple[int, int], *, equations: bool) -> str:
    body = "CommandDeclvaleqnsNode" if equations else "CommandDeclvalsimpleNode"
    inner = () if equations else (node("AtomNode", proof, proof, val=":="), node("OtherNode", proof, end))
    parts = (
        node("AtomNode", start, start, val="theorem"),
        node("OtherNode", start, start),
        node("OtherNode", start, proof),
    )
    value = node(body, proof, end, *inner)
    return node("CommandTheoremNode", start, end, *parts, value, name=name, full_name=name)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """LeanDojo's cache with the traced repository `tmp_path/tiny`."""
    source = tmp_path / "tiny"
    source.mkdir()
    (source / "Tiny.lean").write_text(TEXT)
    (source / "lean-toolchain").write_text("leanprover/lean4:v4.20.0\n")
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "A theorem"]):
        subprocess.run(["git", *command], cwd=source, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, check=True, capture_output=True, text=True)
    commit = head.stdout.strip()
    cache = tmp_path / "cache"
    traced = cache / f"gitpython-tiny-{commit}" / "tiny"
    ir = traced / ".lake" / "build" / "ir"
    ir.mkdir(parents=True)
    (traced / "Tiny.lean").write_text(TEXT)
    found = (
        theorem("Own.first", (3, 1), (3, 36), (4, 6), equations=False),
        theorem("Own.second", (6, 1), (7, 3), (7, 33), equations=True),
        theorem("Own.third", (9, 1), (9, 47), (9, 54), equations=False),
    )
    digest = hashlib.md5(TEXT.encode()).hexdigest()
    tree = node("FileNode", (1, 1), (9, 54), *found)
    trace = f'<TracedFile path="Tiny.lean" md5="{digest}">{tree}<Comments/></TracedFile>'
    (ir / "Tiny.trace.xml").write_text(trace)
    return cache


def listed(cache: Path, behind: str = "") -> subprocess.CompletedProcess[str]:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=cache.parent / "tiny", capture_output=True, text=True)
    reference = f"{cache.parent / 'tiny'}@{head.stdout.strip()}{behind}"
    variables = {"CACHE_DIR": str(cache), "DISABLE_REMOTE_CACHE": "1", "PATH": "/usr/bin:/bin"}
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-c", LIST, reference], cwd=root, env=variables, capture_output=True, text=True
    )


def test_every_theorem_of_a_traced_repository_stands_behind_what_comes_before_it(cache: Path) -> None:
    done = listed(cache)
    assert done.returncode == 0, done.stderr
    folder, records = json.loads(done.stdout.splitlines()[-1])
    assert Path(folder).parts[-1] == "tiny"
    assert [(name, declaration) for name, _, declaration in records] == [
        ("Own.first", "theorem Own.first : twice 1 = 2 := by sorry"),
        ("Own.second", "theorem Own.second : ∀ n, twice n = 2 * n := by sorry"),
        ("Own.third", "theorem Own.third (h : twice 2 = 4) : True := by sorry"),
    ]
    before_third = records[2][1]
    assert "| n => by simp [twice]; omega" in before_third
    assert before_third.startswith("def twice")


def test_a_file_and_a_theorem_choose_among_them(cache: Path) -> None:
    _, records = json.loads(listed(cache, ":Tiny.lean:Own.second").stdout.splitlines()[-1])
    assert [name for name, *_ in records] == ["Own.second"]


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        (":Tiny.lean:Own.fourth", "UsageError: --dojo: no theorem Own.fourth in Tiny.lean"),
        (":Other.lean", "UsageError: --dojo: the repository has no module Other.lean"),
    ],
)
def test_what_is_not_there_is_named(cache: Path, behind: str, said: str) -> None:
    done = listed(cache, behind)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_repository_that_cannot_be_had_is_a_fault_with_what_lean_dojo_needs(cache: Path) -> None:
    variables = {"CACHE_DIR": str(cache), "DISABLE_REMOTE_CACHE": "1", "PATH": "/usr/bin:/bin"}
    reference = f"{cache.parent / 'nowhere'}@main"
    done = subprocess.run(
        [sys.executable, "-c", LIST, reference],
        cwd=Path(__file__).parents[3],
        env=variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "ToolchainError: LeanDojo can't trace" in done.stderr
    assert "needs git, elan" in done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/a/b@v1", ("https://github.com/a/b", "v1", None, None)),
        ("git@github.com:a/b@3f2a:A/B.lean", ("git@github.com:a/b", "3f2a", "A/B.lean", None)),
        ("/home/me/b@main:A.lean:N.t", ("/home/me/b", "main", "A.lean", "N.t")),
    ],
)
def test_a_reference_has_an_address_a_commit_a_file_and_a_theorem(
    text: str, expected: tuple[str, str, str | None, str | None]
) -> None:
    found = DojoReference.parse(text)
    assert (found.url, found.commit, found.file, found.theorem) == expected


@pytest.mark.parametrize("text", ["https://github.com/a/b", "a@b:c", "a@b:c.lean:", "@v1", ""])
def test_any_other_text_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UsageError, match="URL@COMMIT"):
        DojoReference.parse(text)
