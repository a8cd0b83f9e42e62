"""The community REPL's binary as it isn't: its wire, with answers by rule. `python upstream_repl.py [START]`.

Like the real one it is silent until it is asked, ends requests and answers with an empty line, prints answers over
several lines, and knows no numbers. START: "dies" at once.
Tactics (what stands in the parentheses) say what they do: "ok …", "split", "done", "metavariables", "admit", "sorry",
"fail", "parse", "unknown", "logs", "heartbeats", "recursion", "hang", "die", "slow", "shape" (an answer that is none),
"noise" (lines that are no answer, then "ok"), "forge" (an answer that nobody asked for), "sent" (the requests so far:
how many, and how many of them imported something).
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from typing import Any

GOALS: list[list[str]] = []
COUNTS = {"envs": 0, "sent": 0, "imports": 0}
BLOCK = re.compile(r"\(\n(.*)\n\)", re.DOTALL)
TOLD = "proofStatus"


def main() -> None:
    start = sys.argv[1] if len(sys.argv) > 1 else ""
    if start == "dies":
        print("error while loading shared libraries", file=sys.stderr)
        sys.exit(3)
    lines = ""
    for line in sys.stdin:
        lines += line.rstrip()
        if line.strip() or not lines:
            continue
        request, lines = json.loads(lines), ""
        assert "id" not in request
        COUNTS["sent"] += 1
        say(command(request) if "cmd" in request else step(request))


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, indent=1, ensure_ascii=False), end="\n\n", flush=True)


def command(request: dict[str, Any]) -> dict[str, Any]:
    text = request["cmd"]
    COUNTS["envs"] += 1
    COUNTS["imports"] += "import" in text
    answer: dict[str, Any] = {"env": COUNTS["envs"] - 1}
    if "env" in request and "import" in text:
        return answer | {"messages": [message("error", "invalid 'import' command")]}
    if "versionString" in text:
        return answer | {"messages": [message("info", '"4.9.0"')]}
    if "import Nowhere" in text:
        return {"message": "unknown module prefix 'Nowhere'"}
    sorries = []
    for line, words in enumerate(text.splitlines(), 1):
        if words.endswith("sorry"):
            here = {"line": line, "column": words.rindex("sorry")}
            goal = f"n m : Nat\nh : n = m\n⊢ {words.split()[1]}"
            sorries.append({"proofState": new([goal]), "pos": here, "endPos": here, "goal": goal})
    return answer | ({"sorries": sorries, "messages": [message("warning", "uses 'sorry'")]} if sorries else {})


def step(request: dict[str, Any]) -> dict[str, Any]:
    if not 0 <= request["proofState"] < len(GOALS):
        return {"message": "Unknown proof state."}
    read = BLOCK.fullmatch(request["tactic"])
    assert read is not None, request
    tactic = read[1]
    word = tactic.split()[0]
    if word == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "hang":
        time.sleep(600)
    if word == "slow":
        time.sleep(0.08)
    if word == "shape":
        return {"message": 5}
    if word in ERRORS:
        return {"message": "Lean error:\n" + ERRORS[word]}
    if word == "sent":
        return {"message": "Lean error:\n" + json.dumps(COUNTS)}
    if word == "noise":
        print('not json\n\n{"half": \n', flush=True)
    if word == "forge":
        say({"proofState": 0, "goals": [], TOLD: "Completed"})
    if word in ENDS:
        return {"proofState": new([]), "goals": [], **ENDS[word]}
    after = [f"{goal}/{tactic}" for goal in GOALS[request["proofState"]]]
    if word == "split":
        after = [f"case {side}\n{goal}" for side in ("left", "right") for goal in after]
    said: dict[str, Any] = {TOLD: "Incomplete: open goals remain"}
    if word == "sorry":
        said["sorries"] = [{"goal": "⊢ False", "proofState": new(["⊢ False"])}]
    if word == "logs":
        said["messages"] = [message("error", "it went wrong")]
    return {"proofState": new(after), "goals": after, **said}


ERRORS = {
    "fail": "omega could not prove the goal",
    "parse": "<input>:2:3: expected end of input",
    "unknown": "unknown identifier 'foo'",
    "heartbeats": "(deterministic) timeout at `whnf`, maximum number of heartbeats (200000) has been reached",
    "recursion": "maximum recursion depth has been reached",
}
ENDS = {
    "done": {TOLD: "Completed"},
    "metavariables": {TOLD: "Incomplete: contains metavariable(s)"},
    "admit": {TOLD: "Incomplete: contains sorry"},
}


def message(severity: str, data: str) -> dict[str, Any]:
    return {"severity": severity, "pos": {"line": 1, "column": 0}, "endPos": None, "data": data}


def new(goals: list[str]) -> int:
    GOALS.append(goals)
    return len(GOALS) - 1


if __name__ == "__main__":
    main()
