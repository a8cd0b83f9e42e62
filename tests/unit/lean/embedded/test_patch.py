"""The glue patches: each needs its anchor exactly once, and says which one did not fit."""

from __future__ import annotations

import pytest

from prover.errors import ToolchainError
from prover.lean.embedded import patch

GLUE = (
    'var Module=typeof Module!="undefined"?Module:{};'
    "var _used,_unused_a,_unused_b;function assignWasmExports(wasmExports){_used=wasmExports.a;_unused_a=wasmExports.b;"
    "_unused_b=wasmExports.c}f(_used);"
    'f(wasmExports["malloc"]);'
    "functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)"
    "for(var symName in exports){if(isInternalSym(symName)){continue}"
    "var __dlsym_js=(handle,symbol,symbolIndex)=>{newSymIndex=Object.keys(lib.exports).indexOf(symbol);return result};"
    'var pthreadPoolSize=4;new Worker(pthreadMainJs,{workerData:"em-pthread",name:"em-pthread"})'
    "try{var ret=entryFunction(argc,argv)}"
    'if(isNode){var lean_path=process.env["LEAN_PATH"];FS.mount(NODEFS,{root:"/home"},"/home");FS.chdir(cwd)}'
    'var flags=process.binding("constants")["fs"];'
    "if(isNode){path=__filename}var ENV={};var wasmTableMirror=[];"
    "function getWasmImports(){assignWasmImports();var GOTProxyHandler=1}"
    'console.log("[DEBUG:A]");console.log("[DEBUG:B]");'
)


def test_all_patches_fit_the_glue_they_were_made_for() -> None:
    patched = patch.patch_glue(GLUE)
    assert "/home" not in patched
    assert "console.log" not in patched
    assert "process.binding" not in patched
    assert "_unused" not in patched
    assert "_used=wasmExports.a" in patched


def test_the_exports_that_the_glue_needs_are_found() -> None:
    assert patch.needed_exports(GLUE) >= {"malloc", "main", "lean_apply_1"}


@pytest.mark.parametrize("name", [p.__name__ for p in patch.PATCHES])
def test_a_patch_that_does_not_fit_is_named(name: str) -> None:
    function = next(p for p in patch.PATCHES if p.__name__ == name)
    with pytest.raises(ToolchainError):
        function("var unrelated=1;")


def test_an_anchor_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ToolchainError, match="2 times"):
        patch.once("abcabc", "abc", "x")


def test_a_stretch_is_replaced_with_both_its_ends() -> None:
    assert patch.between("a[xyz]b", "[", "]", "-") == "a-b"
    with pytest.raises(ToolchainError):
        patch.between("a[xyz", "[", "]", "-")


def test_a_glue_of_another_build_is_refused_by_name() -> None:
    with pytest.raises(ToolchainError, match="patch no_thread_pool"):
        patch.patch_glue(GLUE.replace("pthreadPoolSize=4", "pthreadPoolSize=8"))
