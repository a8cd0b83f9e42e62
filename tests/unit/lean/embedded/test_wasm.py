"""The rewritten module: few exports, all symbols still addressable, code untouched."""

from __future__ import annotations

import struct

import pytest

from prover.errors import ToolchainError
from prover.lean.embedded import wasm

I32, FUNC = 0x7F, 0x60


def section(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes([kind, len(body)]) + body


def text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()


def export(name: str, kind: int, index: int) -> bytes:
    return text(name) + bytes([kind, index])


CODE = section(10, b"\x03", *(bytes([4, 0, 0x41, n, 0x0B]) for n in range(3)))
MODULE = b"".join(
    [
        b"\0asm\1\0\0\0",
        section(0, text("dylink.0"), bytes([3, 8, 1]), text("tls"), bytes([0x80, 0x02, 0])),
        section(1, bytes([1, FUNC, 0, 1, I32])),
        section(2, b"\x01", text("env"), text("f"), b"\0\0"),
        section(3, b"\x03\0\0\0"),
        section(4, b"\x01\x70\0\x02"),
        section(
            6,
            b"\x03",
            bytes([I32, 0, 0x41, 0x80, 0x08, 0x0B]),
            bytes([I32, 0, 0x41, 4, 0x0B]),
            bytes([I32, 1, 0x41, 0, 0x0B]),
        ),
        section(
            7,
            b"\x06",
            export("main", 0, 1),
            export("l_inTable", 0, 2),
            export("l_other", 0, 3),
            export("l_datum", 3, 0),
            export("tls", 3, 1),
            export("__indirect_function_table", 1, 0),
        ),
        section(9, b"\x01\0\x41\x01\x0b\x01\x02"),
        CODE,
    ]
)


def look_up(symbols: bytes, name: str) -> int | None:
    magic, slots, _, _ = struct.unpack_from("<4I", symbols)
    assert magic == wasm.SYMBOL_MAGIC
    slot = wasm.fnv1a(name.encode()) % slots
    while True:
        at, value = struct.unpack_from("<2I", symbols, 16 + 8 * slot)
        if not at:
            return None
        if symbols[at:].split(b"\0", 1)[0] == name.encode():
            return int(value)
        slot = (slot + 1) % slots


def test_every_symbol_has_an_address_and_few_are_exported() -> None:
    rewritten = wasm.rewrite(MODULE, {"main"})
    exports = wasm._exports(rewritten.module, *dict(wasm._sections(rewritten.module))[7])
    assert [e.name for e in exports] == [b"main", b"__indirect_function_table"]
    assert look_up(rewritten.symbols, "l_inTable") == 1
    assert look_up(rewritten.symbols, "main") == 2
    assert look_up(rewritten.symbols, "l_other") == 3
    assert look_up(rewritten.symbols, "l_datum") == 1024
    assert look_up(rewritten.symbols, "tls") is None
    assert look_up(rewritten.symbols, "f") is None


def test_the_table_holds_what_the_symbols_say_and_the_code_is_untouched() -> None:
    module = wasm.rewrite(MODULE, set()).module
    assert section(9, b"\x01\0\x41\x01\x0b\x03\x02\x01\x03") in module
    assert section(4, b"\x01\x70\0\x04") in module
    assert module.endswith(CODE)


def test_a_rewritten_module_can_be_rewritten_again() -> None:
    once = wasm.rewrite(MODULE, {"main"}).module
    assert wasm.rewrite(once, {"main"}).module == once


@pytest.mark.parametrize(
    "module",
    [b"", b"\0asm\2\0\0\0", MODULE[:-3], MODULE.replace(b"\x01\x70\0\x02", b"\x01\x70\1\x02"), b"\0asm\1\0\0\0"],
    ids=["empty", "version", "cut", "limited table", "no sections"],
)
def test_a_module_that_is_built_otherwise_is_refused(module: bytes) -> None:
    with pytest.raises(ToolchainError):
        wasm.rewrite(module, set())
