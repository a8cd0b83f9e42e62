"""Rewrites the package's WebAssembly module so that it exports what the glue needs and nothing else.

The original exports 201,110 names, for which every instance (one a thread) makes a JavaScript object: seconds and
hundreds of megabytes. Lean's interpreter only needs the *addresses* of those symbols. So all exported functions are put
into the function table when the module is loaded, and a symbol file says which table index or memory address a name
has. Functions, code and data stay as they are, byte by byte.

The symbol file (little-endian): `magic u32, slots u32, count u32, 0 u32`, then `slots` pairs of `u32` (offset of the
name from the start of the file, value), offset 0 for an empty slot, then the names, each ended by a zero byte. A name
is looked for from slot `fnv1a32(name) % slots` on, until an empty slot.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Set
from dataclasses import dataclass

from prover.errors import ToolchainError

SYMBOL_MAGIC = 0x31574C53
_TABLE, _GLOBAL, _EXPORT, _ELEMENT = 4, 6, 7, 9
_FUNC_KIND, _GLOBAL_KIND = 0, 3


@dataclass(frozen=True)
class Rewritten:
    """The module with few exports, and the addresses of what is no longer exported."""

    module: bytes
    symbols: bytes


@dataclass(frozen=True)
class _Export:
    name: bytes
    kind: int
    index: int
    raw: bytes


def rewrite(module: bytes, keep: Set[str]) -> Rewritten:
    """`module` with the exports named in `keep`. Raises ToolchainError if it isn't built as expected."""
    sections = dict(reversed(list(_sections(module))))  # the first of each kind; of custom ones, that is `dylink.0`
    for needed in (_TABLE, _GLOBAL, _EXPORT, _ELEMENT):
        if needed not in sections:
            raise ToolchainError(f"the WebAssembly module has no section {needed}")
    exports = _exports(module, *sections[_EXPORT])
    places, elements = _in_table(module, *sections[_ELEMENT], exports)
    addresses = _global_values(module, *sections[_GLOBAL], imported=_imported_globals(module, *sections[2]))
    thread_local = _thread_local(module, *sections[0])
    symbols = _symbol_file(_values([e for e in exports if e.name not in thread_local], places, addresses))
    kept = [e.raw for e in exports if e.kind not in (_FUNC_KIND, _GLOBAL_KIND) or e.name.decode() in keep]
    replaced = {
        _EXPORT: _leb(len(kept)) + b"".join(kept),
        _ELEMENT: elements,
        _TABLE: _grown_table(module, *sections[_TABLE], size=max(places.values()) + 1),
    }
    return Rewritten(_reassembled(module, replaced), symbols)


def _reassembled(module: bytes, replaced: dict[int, bytes]) -> bytes:
    parts = [module[:8]]
    for kind, (start, end) in _sections(module):
        body = replaced.get(kind) if kind else None
        content = memoryview(module)[start:end] if body is None else body
        parts += [bytes([kind]), _leb(len(content)), bytes(content)]
    return b"".join(parts)


def _sections(module: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    if module[:8] != b"\0asm\1\0\0\0":
        raise ToolchainError("not a WebAssembly module of version 1")
    at = 8
    while at < len(module):
        kind = module[at]
        size, start = _number(module, at + 1)
        at = start + size
        if at > len(module):
            raise ToolchainError("the WebAssembly module is cut short")
        yield kind, (start, at)


def _exports(module: bytes, start: int, end: int) -> list[_Export]:
    count, at = _number(module, start)
    found = []
    for _ in range(count):
        first = at
        size, at = _number(module, at)
        name = module[at : at + size]
        kind = module[at + size]
        index, at = _number(module, at + size + 1)
        found.append(_Export(name, kind, index, module[first:at]))
    if at != end:
        raise ToolchainError("the WebAssembly module's exports are not understood")
    return found


def _in_table(module: bytes, start: int, end: int, exports: list[_Export]) -> tuple[dict[int, int], bytes]:
    """The place of each function in the table after the exported ones are appended, and the new element section."""
    count, at = _number(module, start)
    if count != 1 or module[at : at + 2] != b"\0\x41":
        raise ToolchainError("the WebAssembly module does not fill its table from one place")
    base, after = _number(module, at + 2)
    if module[after] != 0x0B:
        raise ToolchainError("the WebAssembly module's table begins at no constant")
    size, at = _number(module, after + 1)
    entries = []
    for _ in range(size):
        function, at = _number(module, at)
        entries.append(function)
    if at != end:
        raise ToolchainError("the WebAssembly module's table is not understood")
    places: dict[int, int] = {}
    for place, function in enumerate(entries, base):
        places.setdefault(function, place)
    for export in exports:
        if export.kind == _FUNC_KIND and export.index not in places:
            places[export.index] = base + len(entries)
            entries.append(export.index)
    body = b"\1\0\x41" + _signed_leb(base) + b"\x0b" + _leb(len(entries)) + b"".join(map(_leb, entries))
    return places, body


def _grown_table(module: bytes, start: int, end: int, *, size: int) -> bytes:
    count, at = _number(module, start)
    kind, limits = module[at], module[at + 1]
    _, at = _number(module, at + 2)
    if count != 1 or kind != 0x70 or limits != 0 or at != end:
        raise ToolchainError("the WebAssembly module's table has a limit or is not the only one")
    return b"\1\x70\0" + _leb(size)


def _imported_globals(module: bytes, start: int, end: int) -> int:
    count, at = _number(module, start)
    found = 0
    for _ in range(count):
        for _ in range(2):
            size, at = _number(module, at)
            at += size
        kind, at = module[at], at + 1
        if kind == _FUNC_KIND:
            _, at = _number(module, at)
        elif kind == _GLOBAL_KIND:
            found, at = found + 1, at + 2
        elif kind == 2:
            limits = module[at]
            _, at = _number(module, at + 1)
            if limits & 1:
                _, at = _number(module, at)
        else:
            raise ToolchainError(f"the WebAssembly module imports something of kind {kind}")
    if at != end:
        raise ToolchainError("the WebAssembly module's imports are not understood")
    return found


def _global_values(module: bytes, start: int, end: int, *, imported: int) -> dict[int, int]:
    """The values of the constant 32-bit globals, by index: for an exported one, the address of a datum."""
    count, at = _number(module, start)
    values = {}
    for index in range(imported, imported + count):
        value_type, mutable, opcode = module[at : at + 3]
        if opcode == 0x23 or (opcode in (0x41, 0x42)):
            value, at = _signed(module, at + 3)
        else:
            raise ToolchainError(f"a WebAssembly global begins with opcode {opcode:#x}")
        if module[at] != 0x0B:
            raise ToolchainError("a WebAssembly global is not a constant")
        at += 1
        if (value_type, mutable, opcode) == (0x7F, 0, 0x41):
            values[index] = value & 0xFFFFFFFF
    if at != end:
        raise ToolchainError("the WebAssembly module's globals are not understood")
    return values


def _thread_local(module: bytes, start: int, end: int) -> set[bytes]:
    """The exports whose value is an offset in each thread's own storage (`dylink.0`, export info, flag 0x100)."""
    size, at = _number(module, start)
    if module[at : at + size] != b"dylink.0":
        raise ToolchainError("the WebAssembly module does not begin with its linking section")
    at += size
    found = set()
    while at < end:
        kind = module[at]
        size, at = _number(module, at + 1)
        after = at + size
        if kind == 3:
            count, at = _number(module, at)
            for _ in range(count):
                size, at = _number(module, at)
                name = module[at : at + size]
                flags, at = _number(module, at + size)
                if flags & 0x100:
                    found.add(name)
        at = after
    return found


def _values(exports: list[_Export], places: dict[int, int], addresses: dict[int, int]) -> dict[bytes, int]:
    values = {}
    for export in exports:
        if export.kind == _FUNC_KIND:
            values[export.name] = places[export.index]
        elif export.kind == _GLOBAL_KIND and export.index in addresses:
            values[export.name] = addresses[export.index]
    return values


def _symbol_file(values: dict[bytes, int]) -> bytes:
    slots = 1 << (2 * len(values)).bit_length()
    offsets, stored = [0] * slots, [0] * slots
    at = 16 + 8 * slots
    names = []
    for name, value in values.items():
        slot = fnv1a(name) % slots
        while offsets[slot]:
            slot = (slot + 1) % slots
        offsets[slot], stored[slot] = at, value
        names.append(name + b"\0")
        at += len(name) + 1
    pairs = [n for pair in zip(offsets, stored, strict=True) for n in pair]
    header = struct.pack("<4I", SYMBOL_MAGIC, slots, len(values), 0)
    return header + struct.pack(f"<{2 * slots}I", *pairs) + b"".join(names)


def fnv1a(name: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in name:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _signed(data: bytes, at: int) -> tuple[int, int]:
    value, end = _number(data, at)
    bits = 7 * (end - at)
    return (value - (1 << bits) if value >> (bits - 1) & 1 else value), end


def _leb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _signed_leb(value: int) -> bytes:
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)
