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


def _settings_from_host(js: str) -> str:
    """Take the Emscripten settings object from our own script, in the main thread of Lean and in its other threads."""
    return once(js, 'var Module=typeof Module!="undefined"?Module:{};', 'var Module=require("./instance.cjs");')


def _symbols_from_file(js: str) -> str:
    """Look a symbol's address up in the symbol file (`wasm.py`), instead of scanning 201,110 export names."""
    return between(
        js,
        "var __dlsym_js=(handle,symbol,symbolIndex)=>{",
        "return result};",
        "var __dlsym_js=(handle,symbol,symbolIndex)=>{"
        'var address=Module["stepwiseSymbol"]((growMemViews(),HEAPU8),symbol);'
        "if(!address)dlSetError(`unknown symbol ${UTF8ToString(symbol)}`);return address};",
    )


def _small_table_map(js: str) -> str:
    """Don't make JavaScript objects of all functions in the table, nor table entries of all exports."""
    js = once(
        js, "functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)", "functionsInTableMap=new WeakMap"
    )
    return once(js, "if(isInternalSym(symName)){continue}", "if(!(symName in GOT)||isInternalSym(symName)){continue}")


_GLOBALS = re.compile(r"var [\w$]+(?:,[\w$]+)*;$")


def _drop_globals(js: str) -> str:
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


def _no_thread_pool(js: str) -> str:
    """Start a thread when Lean asks for one, instead of four in advance; a server asks for none."""
    return once(js, "var pthreadPoolSize=4;", "var pthreadPoolSize=0;")


def _dense_table_mirror(js: str) -> str:
    """Keep the list of table entries dense: a sparse one is a dictionary to V8, and every caught call looks there."""
    return once(js, "var wasmTableMirror=[];", "var wasmTableMirror=Array.from({length:150000});")


def _thread_stacks(js: str) -> str:
    """Give Lean's own threads the same stack as the main one, since Node's default of 4 MiB ends deep elaboration; and
    count them, for the host."""
    return once(
        js,
        'new Worker(pthreadMainJs,{workerData:"em-pthread",name:"em-pthread"})',
        '(Module["stepwiseThreads"]=(Module["stepwiseThreads"]??0)+1,'
        'new Worker(pthreadMainJs,{workerData:"em-pthread",name:"em-pthread",env:{},'
        'resourceLimits:worker_threads["resourceLimits"]}))',
    )


def _start_by_host(js: str) -> str:
    """Let the host run `main` (on a stack of its size: the original's 64 KiB overflow silently) or a snapshot."""
    return once(
        js,
        "try{var ret=entryFunction(argc,argv)",
        'try{var ret=Module["stepwiseStart"]({FS,NODEFS,ENV,wasmMemory,updateMemoryViews,exports:wasmExports,'
        "main:()=>entryFunction(argc,argv)})",
    )


def _environment_from_host(js: str) -> str:
    """Lean's environment variables are the host's to answer; through them a server also speaks to the host."""
    return once(js, "var ENV={};", 'var ENV=Module["stepwiseEnvironment"]??{};')


def _mounts_from_host(js: str) -> str:
    """Mount what the host names, read-only, instead of the machine's /home and /tmp, read-write."""
    js = between(
        js,
        'var lean_path=process.env["LEAN_PATH"];',
        "FS.chdir(cwd)}",
        'Module["stepwiseMount"]({FS,NODEFS})}',
    )
    return once(js, 'process.binding("constants")["fs"]', 'fs["constants"]')


def _refuse_system(js: str) -> str:
    """Let the host replace the imports through which the C library reaches the system or the network."""
    return between(
        js,
        "function getWasmImports(){assignWasmImports();",
        "var GOTProxyHandler",
        'function getWasmImports(){assignWasmImports();Module["stepwiseRefuse"](wasmImports);var GOTProxyHandler',
    )


def _own_path(js: str) -> str:
    """Lean looks for its own folder through its executable's path, which has to lie inside the mount."""
    return once(js, "if(isNode){path=__filename}", 'if(isNode){path="/lean/lean"}')


def _debug_to_stderr(js: str) -> str:
    """Keep the build's debug lines off standard output, which belongs to the protocol."""
    if 'console.log("[DEBUG' not in js:
        raise ToolchainError("'console.log(\"[DEBUG' does not occur")
    return js.replace('console.log("[DEBUG', 'console.error("[DEBUG')


PATCHES: tuple[Patch, ...] = (
    _drop_globals,
    _settings_from_host,
    _symbols_from_file,
    _small_table_map,
    _no_thread_pool,
    _dense_table_mirror,
    _thread_stacks,
    _start_by_host,
    _environment_from_host,
    _mounts_from_host,
    _refuse_system,
    _own_path,
    _debug_to_stderr,
)


# What the host calls by itself, to take a snapshot and to go on from one.
_CALLED_BY_HOST = frozenset({"main", "__main_argc_argv", "lean_apply_1", "lean_init_task_manager_using"})


def needed_exports(js: str) -> frozenset[str]:
    """The names that the glue takes from the module's exports."""
    return frozenset(re.findall(r"wasmExports\[['\"]([\w$]+)['\"]\]", js)) | _CALLED_BY_HOST


def patch_glue(js: str) -> str:
    """The glue with all changes made. Raises ToolchainError that names the change which does not fit."""
    for patch in PATCHES:
        try:
            js = patch(js)
        except ToolchainError as fault:
            raise ToolchainError(f"patch {patch.__name__.lstrip('_')}: {fault}") from fault
    return js
