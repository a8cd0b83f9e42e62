"""The embedded Lean itself: it runs, and what it elaborates can touch nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prover.lean.embedded import EmbeddedLean, ensure_embedded

_DEADLINE_S = 120.0


async def elaborate(lean: EmbeddedLean, folder: Path, text: str) -> str:
    """What Lean prints about `text` as a file."""
    (folder / "Main.lean").write_text(text, encoding="utf8")
    argv, env = lean.lean_command(["/server/Main.lean"], server=folder)
    process = await asyncio.create_subprocess_exec(
        *argv, env=env, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), _DEADLINE_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return out.decode()


async def test_it_proves_and_refuses(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    out = await elaborate(
        lean, tmp_path, "theorem t (n : Nat) : n ≤ n + 1 := by omega\nexample : 1 = 2 := by decide\n#check t\n"
    )
    assert "t (n : Nat) : n ≤ n + 1" in out
    assert "/server/Main.lean:2:22: error" in out
    assert "DEBUG" not in out


async def test_elaborated_code_sees_and_changes_nothing_of_the_machine(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    secret = tmp_path / "secret.txt"
    secret.write_text("xyzzy", encoding="utf8")
    folder = tmp_path / "server"
    folder.mkdir()
    attempts = [
        f'IO.FS.readFile "{secret}"',
        'IO.FS.readFile "/server/../secret.txt"',
        'IO.FS.readFile "/etc/passwd"',
        'IO.FS.readFile "/proc/self/environ"',
        'IO.FS.writeFile "/server/new" "x"',
        'IO.FS.writeFile "/lean/new" "x"',
        'IO.FS.writeFile "/tmp/new" "x"',
        'IO.FS.createDir "/tmp/new"',
        'do (← IO.FS.Handle.mk "/dev/../server/Main.lean" .append).putStr "x"',
        'do (← IO.FS.Handle.mk "/dev/../server/Main.lean" .readWrite).putStr "x"',
        'IO.FS.removeFile "/server/Main.lean"',
        'IO.FS.rename "/server/Main.lean" "/server/Other.lean"',
        'do let _ ← IO.Process.output { cmd := "/bin/ls" }; return ()',
        'do if (← IO.getEnv "HOME").isNone then throw (IO.userError "none")',
        'do if (← IO.getEnv "stepwise:constructor:x").isNone then throw (IO.userError "none")',
    ]
    out = await elaborate(lean, folder, "".join(f"#eval ({a} : IO _)\n" for a in attempts))
    for line in range(1, len(attempts) + 1):
        assert f"Main.lean:{line}:" in out, f"{attempts[line - 1]} was not refused:\n{out}"
    assert "xyzzy" not in out
    assert sorted(p.name for p in folder.iterdir()) == ["Main.lean"]
