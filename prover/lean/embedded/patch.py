"""The changes that make the package's glue (`lean.js`) usable as the host of a step server.

Every change is a pure function from the glue's text to new text and names an anchor that has to occur exactly once, so
that another build of the package is refused by name and never half-changed. Why each change is needed and what it
brought: `docs/embedded.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from prover.errors import ToolchainError

Patch = Callable[[str], str]

# A linear-memory stack large enough that Lean's own recursion limit is met before it overflows.
STACK_BYTES = 128 << 20


def once(text: str, anchor: str, replacement: str) -> str:
    """`text` with its only occurrence of `anchor` replaced. Raises ToolchainError if there is not exactly one."""
    _expect(text, anchor)
    return text.replace(anchor, replacement)


def between(text: str, first: str, last: str, replacement: str) -> str:
    """`text` with the stretch from the only `first` to the next `last`, both included, replaced."""
    _expect(text, first)
    start = text.index(first)
    end = text.find(last, start)
    if end < 0:
        raise ToolchainError(f"no {last[:60]!r} after {first[:60]!r}")
    return text[:start] + replacement + text[end + len(last) :]


def _expect(text: str, anchor: str) -> None:
    found = text.count(anchor)
    if found != 1:
        raise ToolchainError(f"{anchor[:60]!r} occurs {found} times, not once")


def settings_from_host(js: str) -> str:
    """Take the Emscripten settings object from the host (`host.cjs`)."""
    return once(js, 'var Module=typeof Module!="undefined"?Module:{};', "var Module=globalThis.stepwiseModule??{};")


def symbol_map(js: str) -> str:
    """Look symbols up in a map, instead of scanning all 201,110 names for every look-up (80 s of start-up)."""
    return once(
        js,
        "newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
        "newSymIndex=(lib.symIndex??=new Map(Object.keys(lib.exports).map((k,i)=>[k,i]))).get(symbol)??-1;",
    )


_GLOBALS = re.compile(r"var [\w$]+(?:,[\w$]+)*;$")


def drop_globals(js: str) -> str:
    """Drop the 200,000 JavaScript globals that nothing reads: 89 MB of source become 0.7 MB."""
    head = "function assignWasmExports(wasmExports){"
    _expect(js, head)
    start = js.index(head)
    body = start + len(head)
    end = js.index("}", body)
    declared = js.rfind("var ", 0, start)
    while declared >= 0 and not _GLOBALS.match(js[declared:start]):
        declared = js.rfind("var ", 0, declared)
    if declared < 0:
        raise ToolchainError(f"no list of globals before {head!r}")
    names = js[declared + 4 : start - 1].split(",")
    used = set(re.findall(r"[\w$]+", js[:declared] + js[end:]))
    kept = [s for s in js[body:end].split(";") if s and s.split("=", 1)[0] in used]
    globals_ = "var " + ",".join(n for n in names if n in used) + ";"
    return js[:declared] + globals_ + js[start:body] + ";".join(kept) + js[end:]


def no_thread_pool(js: str) -> str:
    """One thread for Lean's tasks, instead of four (each repeats the dynamic linking: 1 s and 290 MB)."""
    return once(js, "var pthreadPoolSize=4;", "var pthreadPoolSize=1;")


def large_stack(js: str) -> str:
    """Run `main` on a large linear-memory stack; the original's 64 KiB overflow silently."""
    return once(
        js,
        "try{var ret=entryFunction(argc,argv)",
        f"try{{var size={STACK_BYTES};var low=wasmExports['malloc'](size)>>>0;"
        "_emscripten_stack_set_limits((low+size)&~15,low);__emscripten_stack_restore((low+size)&~15);"
        "var ret=entryFunction(argc,argv)",
    )


def mounts_from_host(js: str) -> str:
    """Mount what the host names, read-only, instead of the machine's /home and /tmp, read-write."""
    js = between(
        js,
        'var lean_path=process.env["LEAN_PATH"];',
        "FS.chdir(cwd)}",
        'Module["stepwiseMount"]({FS,NODEFS,ENV,updateMemoryViews,heap:()=>(growMemViews(),HEAPU8)})}',
    )
    return once(js, 'process.binding("constants")["fs"]', 'fs["constants"]')


def own_path(js: str) -> str:
    """Lean looks for its own folder through its executable's path, which has to lie inside the mount."""
    return once(js, "if(isNode){path=__filename}", 'if(isNode){path="/lean/lean"}')


def debug_to_stderr(js: str) -> str:
    """Keep the build's debug lines off standard output, which belongs to the protocol."""
    if 'console.log("[DEBUG' not in js:
        raise ToolchainError("'console.log(\"[DEBUG' does not occur")
    return js.replace('console.log("[DEBUG', 'console.error("[DEBUG')


PATCHES: tuple[Patch, ...] = (
    drop_globals,
    settings_from_host,
    symbol_map,
    no_thread_pool,
    large_stack,
    mounts_from_host,
    own_path,
    debug_to_stderr,
)


def patch_glue(js: str) -> str:
    """The glue with all changes made. Raises ToolchainError that names the change which does not fit."""
    for patch in PATCHES:
        try:
            js = patch(js)
        except ToolchainError as fault:
            raise ToolchainError(f"patch {patch.__name__}: {fault}") from fault
    return js
