"""The hash over what a project has built."""

from __future__ import annotations

from pathlib import Path

from prover.lean.module_hash import digest_of_modules


def test_names_and_contents_of_modules_count_and_their_place_does_not(tmp_path: Path) -> None:
    seen = set()
    for folder, files in {
        "one": {"A.olean": "1", "B/C.olean": "2"},
        "other content": {"A.olean": "1", "B/C.olean": "3"},
        "other name": {"A.olean": "1", "B/D.olean": "2"},
        "private part": {"A.olean": "1", "B/C.olean": "2", "A.olean.private": "4"},
        "hash of Lake's": {"A.olean": "1", "A.olean.hash": "5", "B/C.olean": "2"},
        "another hash": {"A.olean": "1", "A.olean.hash": "6", "B/C.olean": "2"},
    }.items():
        for name, text in files.items():
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text(text)
        seen.add(digest_of_modules([tmp_path / folder]))
    assert len(seen) == 6
    copy = (tmp_path / "one").rename(tmp_path / "moved")
    (copy / "A.trace").write_text("of no account")
    assert digest_of_modules([copy]) in seen
    assert digest_of_modules([copy, tmp_path / "gone"]) not in seen
