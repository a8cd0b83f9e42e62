"""A Lean server that isn't one, and misbehaves on demand: `python lean_server.py SCENARIO [FILE]`.

SCENARIO says how it starts:
    good              as docs/protocol.md says
    dies_at_start     status 3 and a word on stderr            hangs_at_start    never ready
    lacks_memory      V8's last words and its status           killed_at_start   by SIGKILL, as the system does
    dies_once FILE    the first start only (FILE remembers)    garbage_at_start  a megabyte that is no JSON, then good
    noisy             every answer is wrapped in lines that look like answers and aren't
    other_protocol    greets with a protocol from the future   mute              ready, and never answers anything
    stubborn          good, and ignores SIGTERM and the end of its input
    chaotic SEED      misbehaves at random, at its start too; what it answers is right
    easy              good, and every tactic proves        full      every text meets its memory's limit
    forker            good, with a grandchild in a session of its own that would sleep for ever
Tactics say the rest: "split", "ok …" and "slow S …" are accepted, "done" proves, "fail …" and "parse" are refused,
"limit" hits one, "try" comes back as "exact found", "census" tells what is held; "linger" goes on computing when it is
done; "die", "hang", "hog", "garbage", "long_line", "flood", "wrong_shape", "wrong_value" and "too_few" misbehave.
A text to elaborate takes S seconds with "nap=S" in it. A state's target is the path of tactics that led to it, so a
replay shows in what it says.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STATES: dict[int, list[str]] = {}
ENVS: set[int] = set()
IMPORTED: set[str] = set()  # lines that were elaborated once, as Lean keeps imports
HELD: list[bytes] = []  # what `import Large…` brought
_LARGE_BYTES = 60 << 20
RANDOM = random.Random()
COUNTS = {"cmd": 0, "tactics": 0, "requests": 0, "dropped": 0}


def main() -> None:
    scenario = sys.argv[1]
    start(scenario)
    say({"ready": True})
    for line in sys.stdin:
        if line.strip():
            COUNTS["requests"] += 1
            request = json.loads(line)
            if scenario == "mute":
                continue
            if scenario == "chaotic" and RANDOM.random() < 0.03:
                misbehave(RANDOM.choice(["die", "hang", "hog", "garbage", "flood"]))
            answer = {"id": request["id"], **serve(request, scenario)}
            if scenario == "noisy":
                noise(request["id"])
            say(answer)
    while scenario == "stubborn":
        time.sleep(60)


def start(scenario: str) -> None:
    if scenario == "chaotic":
        RANDOM.seed(f"{sys.argv[2]} {os.getpid()}")
        scenario = RANDOM.choice(["good"] * 7 + ["dies_at_start", "garbage_at_start", "stubborn"])
    if scenario == "dies_once" and not Path(sys.argv[2]).exists():
        Path(sys.argv[2]).touch()
        scenario = "dies_at_start"
    if scenario == "dies_at_start":
        print("no such library", file=sys.stderr)
        sys.exit(3)
    if scenario == "lacks_memory":
        stack = "".join(f"{number:2}: 0x9a6e91  [/usr/lib/node]\n" for number in range(1, 16))
        print(f"#\n# Fatal process out of memory: Failed to reserve virtual memory\n#\n{stack}", file=sys.stderr)
        sys.exit(133)
    if scenario == "killed_at_start":
        os.kill(os.getpid(), signal.SIGKILL)
    if scenario == "hangs_at_start":
        time.sleep(600)
    if scenario == "garbage_at_start":
        sys.stdout.buffer.write(bytes(range(256)) * 4096 + b'\n[DEBUG] starting\n{"half": \n')
    if scenario == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if scenario == "forker":
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        Path(sys.argv[2]).write_text(str(child.pid))


def noise(number: int) -> None:
    print("[DEBUG] line", '{"id": 1, "env": 99}', '{"id": "x"}', "[1, 2]", '{"broken', f"x{number}", sep="\n")
    print('{"a":' * 5000)


def serve(request: dict[str, Any], scenario: str) -> dict[str, Any]:
    if "hello" in request:
        return {
            "server": "fake",
            "protocol": 99 if scenario == "other_protocol" else 1,
            "lean": "0.0.0",
            "githash": "",
            "capabilities": ["premises", "outline"],
            "later": {"fields": 1},
        }
    if "cmd" in request:
        return command(request["cmd"], is_full=scenario == "full")
    if "outline" in request:
        return outline(request["outline"])
    if "rerun" in request:
        return {"proofState": new(["again"]), "rerun": request["rerun"]}
    if "drop" in request:
        drop = request["drop"]
        dropped = [STATES.pop(each, None) for each in drop["proofStates"]]
        ENVS.difference_update(drop["envs"])
        COUNTS["dropped"] += len(dropped)
        return {"dropped": len(dropped)}
    if "premises" in request:
        return {"premises": [{"name": f"lemma{i}", "kind": "eq", "score": -i} for i in range(request["premises"] + 3)]}
    if request.get("proofState") not in STATES:
        return {"message": f"unknown proof state {request.get('proofState')}"}
    path = STATES[request["proofState"]]
    if request.get("focus") is not None:
        path = [*path, f"@{request['focus']}"]
    COUNTS["tactics"] += len(request["tactics"])
    results = [tactic(path, "done" if scenario == "easy" else each["tactic"]) for each in request["tactics"]]
    return {"results": results[1:] if request["tactics"][0]["tactic"] == "too_few" else results}


def command(text: str, *, is_full: bool) -> dict[str, Any]:
    COUNTS["cmd"] += 1
    misbehave(text.split()[-1])
    for each in text.splitlines():
        if each not in IMPORTED:
            time.sleep(sum(float(word.removeprefix("nap=")) for word in each.split() if word.startswith("nap=")))
        if each.startswith("import Large") and each not in IMPORTED:
            HELD.append(b"x" * _LARGE_BYTES)
        if each.startswith("import"):
            IMPORTED.add(each)
    env = len(ENVS) + COUNTS["cmd"]
    ENVS.add(env)
    position = {"line": 1, "column": 0}
    if is_full or "ill_typed" in text or ("struck_once" in text and COUNTS["cmd"] == 1):
        data = "type mismatch" if "ill_typed" in text else "internal exception #0"
        bad = {"severity": "error", "pos": {"line": 2, "column": 4}, "endPos": None, "data": data}
        return {"env": env, "messages": [bad]}
    refused = {"refused": ["a type of the text"]} if "refused_type" in text else {}
    sorries = []
    for line, words in enumerate(text.splitlines(), 1):
        if words.endswith("sorry"):
            here = {"line": line, "column": words.rindex("sorry")}
            info = goal([words.split()[1]])
            sorries.append(
                {"proofState": new([words.split()[1]]), "pos": here, "endPos": here, "goal": info["pretty"]}
                | {"goalInfo": info, "key": info["key"], "decl": f"Some.{words.split()[1]}"}
            )
    warning = {"severity": "warning", "pos": position, "endPos": None, "data": "declaration uses 'sorry'"}
    return {"env": env, "messages": [warning], "sorries": sorries, **refused}


def outline(text: str) -> dict[str, Any]:
    """Each line `theorem NAME : … := by sorry` is a command that is left open."""
    COUNTS["cmd"] += 1
    if "import Nowhere" in text:
        return {"message": f"unknown module prefix 'Nowhere'\nasked {COUNTS['cmd']} times"}
    if "import Endless" in text or ("import Large" in text and COUNTS["cmd"] > 1):
        return {"limit": "memory"}
    misbehave(text.split()[-1])
    commands = []
    for line, words in enumerate(text.splitlines(), 1):
        if words.startswith("theorem"):
            start, stop = {"line": line, "column": 0}, {"line": line, "column": len(words)}
            hole = {"pos": {"line": line, "column": words.rindex("sorry")}, "endPos": stop, "goals": ["⊢ p"]}
            name = words.split()[1]
            commands.append(
                {"kind": "Lean.Parser.Command.theorem", "pos": start, "endPos": stop, "declaration": start}
                | {"keyword": start, "body": {"line": line, "column": words.index(":=")}, "name": name}
                | {"declares": [{"name": name, "theorem": True, "sorry": True}], "sorries": [{**hole, "whole": True}]}
            )
    return {"commands": commands}


def tactic(path: list[str], text: str) -> dict[str, Any]:
    misbehave(text)
    cost = {"ms": 0.5, "heartbeats": 1.5}
    word, _, rest = text.partition(" ")
    if word == "done":
        return {"proved": True, **cost}
    if word in ("fail", "parse"):
        return {"error": "error" if word == "fail" else "parse", "message": text, **cost}
    if word == "limit":
        return {"limit": "heartbeats", **cost}
    if word == "wrong_value":
        return {"limit": "patience", **cost}
    if word == "wrong_shape":
        return {"proofState": "seven", "goals": 3}
    if word == "census":
        numbers = {"states": len(STATES), "envs": len(ENVS), "pid": os.getpid(), **COUNTS}
        return {"error": "error", "message": json.dumps(numbers), **cost}
    if word == "write":
        try:
            Path(rest).write_text("x" * 4096)
        except OSError as refused:
            return {"error": "error", "message": str(refused), **cost}
    if word == "slow" and is_cancelled(within_s=float(rest.split()[0])):
        return {"limit": "cancelled", **cost}
    if word == "try":
        text = "exact found"
    after = [*path, text]
    goals = [goal([*after, str(side)]) for side in range(2)] if word == "split" else [goal(after)]
    answer = {"proofState": new(after), "key": "/".join(after), "goals": goals, **cost}
    answer["groups"] = [[index] for index in range(len(goals))]
    return answer | ({"text": text} if word == "try" else {})


def is_cancelled(within_s: float) -> bool:
    """Waits, unless it is told that nobody waits for the answer to this request."""
    control = int(os.environ.get("STEPWISE_CONTROL", 0))
    if not control:
        time.sleep(within_s)
        return False
    end = time.monotonic() + within_s
    while select.select([control], [], [], max(0.0, end - time.monotonic()))[0]:
        told = os.read(control, 4096)
        if str(COUNTS["requests"]).encode() in told.split():
            return True
        if not told:
            break
    return False


def misbehave(text: str) -> None:
    word, _, rest = text.partition(" ")
    if word == "die" and not (rest and Path(rest).exists()):
        if rest:
            Path(rest).touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "linger":
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
    if word == "hang":
        time.sleep(600)
    if word == "hog":
        hoard = bytearray()
        while True:
            hoard += b"x" * (16 << 20)
            time.sleep(0.01)
    if word == "garbage":
        while True:
            sys.stdout.buffer.write(os.urandom(4096))
    if word == "long_line":
        while True:
            sys.stdout.write("x" * 1_000_000)
    if word == "flood":
        sys.stderr.write("E" * 3_000_000)
        sys.stderr.flush()


def goal(path: list[str]) -> dict[str, Any]:
    target = "/".join(path)
    hyp = {"name": "h", "type": "p", "head": "", "prop": True, "inst": False, "acc": True}
    return {
        "tag": "",
        "pretty": f"h : p\n⊢ {target}",
        "target": target,
        "head": "P",
        "constants": ["P"],
        "key": target,
    } | {"hyps": [hyp]}


def new(path: list[str]) -> int:
    number = 100 + COUNTS["requests"] * 100 + len(STATES)
    STATES[number] = path
    return number


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
