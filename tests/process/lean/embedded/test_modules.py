"""Modules of the library in a server's memory (`modules.cjs`): named by a snapshot, and read again to their places."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from prover.lean.embedded import install
from prover.lean.embedded.download import node_executable

MODULES = Path(install.__file__).with_name("modules.cjs")
SCRIPT = """
const fs = require("fs");
const library = require(process.argv[1]);
const folder = process.argv[2];
const random = ((state) => () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0))(7);
const memory = new ArrayBuffer(1 << 20);
const words = new Uint32Array(memory);
const noted = [];
const put = (name, address, size, change = () => {}) => {
  const content = Uint32Array.from({ length: size / 4 }, random);
  content[20] = 0x50000000;
  fs.writeFileSync(`${folder}/${name}`, Buffer.from(content.buffer));
  const shift = address - content[20];
  words.set(content.map((word, at) => (at > 20 && word % 3 === 0 ? word + shift : word)), address / 4);
  change(words, address / 4);
  noted.push({ file: `${folder}/${name}`, address, size });
};
put("whole", 4096 + 16, 70000);
put("changed", 200000, 9000, (words, at) => (words[at + 300] ^= 1));
put("gone", 300000, 50000);
put("over", 340000, 20000);
const { modules, isHeld } = library.found(memory, noted);
const again = new ArrayBuffer(memory.byteLength);
for (const module of modules) library.put(again, module, module.pointers);
const same = (page) => Buffer.from(memory, page * 4096, 4096).equals(Buffer.from(again, page * 4096, 4096));
console.log(JSON.stringify({
  names: modules.map(({ file }) => file.split("/").at(-1)),
  held: isHeld.reduce((sum, is) => sum + is, 0),
  same: [...isHeld.keys()].every((page) => !isHeld[page] || same(page)),
}));
"""


def looked_at(folder: Path) -> dict[str, Any]:
    argv = [str(node_executable()), "-e", SCRIPT, str(MODULES), str(folder)]
    found: dict[str, Any] = json.loads(subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout)
    return found


def test_what_memory_holds_as_it_was_read_is_named_and_comes_back_from_its_file(tmp_path: Path) -> None:
    found = looked_at(tmp_path)
    assert found["names"] == ["whole", "over"]  # not what was written to, nor what lies where another was read later
    assert found["held"] == 16 + 3  # pages that lie whole in one of them
    assert found["same"]
