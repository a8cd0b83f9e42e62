"""Files are written whole, in their own place and nowhere else."""

from __future__ import annotations

from pathlib import Path

from prover.files import write_text


def test_a_planted_link_and_a_file_with_a_temporary_name_are_left_alone(tmp_path: Path) -> None:
    victim, other = tmp_path / "victim.txt", tmp_path / ".b.lean.tmp"
    victim.write_text("precious")
    other.write_text("mine")
    (tmp_path / ".a.lean.tmp").symlink_to(victim)
    for name in ("a.lean", "b.lean"):
        write_text(tmp_path / name, "theorem")
        assert (tmp_path / name).read_text() == "theorem" and not (tmp_path / name).is_symlink()
    assert (victim.read_text(), other.read_text()) == ("precious", "mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".a.lean.tmp",
        ".b.lean.tmp",
        "a.lean",
        "b.lean",
        "victim.txt",
    ]
