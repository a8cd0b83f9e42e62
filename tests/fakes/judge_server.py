"""A judging process that isn't one: `python judge_server.py [START]`. A text says itself what is to become of it.

A text (or an export) is a JSON object: `{"do": "answer", …}` answers its own fields over the usual ones, "die" ends
the process, "hang" never answers, "slow" answers late, "garbage" a list. START "never" fails to start. Exports hold the
id of their process, and a comparison answers the ids of all three as axioms, so that a test sees which process did
what. A text that is to be plain is, if it says so; otherwise nothing is done of what it asks for.

"lie" answers well, and says of every later text that it is plain. "poison" answers well and spoils the process: it
answers every later text with an error, until its host restores it. "thread" leaves two threads behind, one more than
Lean has for its tasks. A line that begins with a zero byte is answered as the embedded Lean's host does.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


class Died(Exception):
    """The process is to end."""


class Hung(Exception):
    """The process is never to answer."""


def main() -> None:
    if sys.argv[1:] == ["never"]:
        print("no Lean here", file=sys.stderr)
        sys.exit(3)
    say({"ready": True})
    for line in sys.stdin:
        if line.startswith("\0"):
            host(json.loads(line[1:]))
        elif line.strip():
            request = json.loads(line)
            try:
                say({"id": request["id"], **serve(request)})
            except Died:
                os._exit(7)
            except Hung:
                time.sleep(600)


STATE = {"is_poisoned": False, "lies": False, "threads": 0, "restored": 0}


def host(request: dict[str, Any]) -> None:
    """Restores the process, unless a text has started a thread."""
    is_restored = request["restore"] and STATE["threads"] == 0
    if is_restored:
        STATE.update(is_poisoned=False, lies=False, restored=STATE["restored"] + 1)
    say({"id": request["id"], "restored": is_restored, "threads": STATE["threads"]})


def serve(request: dict[str, Any]) -> dict[str, Any]:
    if request["judge"] == "compare":
        texts = [json.loads(request["challenge"]), json.loads(request["solution"])]
        pids = [*(str(text["pid"]) for text in texts), str(os.getpid())]
        return {"verdict": "accepted", "axioms": pids, "inductives": [], **behave(texts[1]["compare"])}
    text = json.loads(request["text"])
    if request.get("plain") and not text.pop("plain", False) and not STATE["lies"]:
        return {"foreign": "Lean.Parser.Command.eval"}
    place = f"{os.getpid()}.{STATE['restored']}"
    export = json.dumps({"pid": place, "compare": text.pop("compare", {})})
    usual = {"found": 1, "theorem": "N.t", "export": export, "imports": ["Init"], "open": ["N.t", "N.s"]}
    named = [{"name": name, "line": 1, "column": 8} for name in ("N.z", "N.t", "N.s", "N.t")]
    usual |= {"errors": [], "elsewhere": [], "theorems": named}
    if STATE["is_poisoned"]:
        return {**usual, "errors": [{"line": 1, "column": 0, "text": "poisoned"}]}
    return {**usual, **behave(text)}


def behave(text: dict[str, Any]) -> dict[str, Any]:
    match text.pop("do", "answer"):
        case "die":
            raise Died
        case "hang":
            raise Hung
        case "slow":
            time.sleep(0.05)
        case "poison":
            STATE["is_poisoned"] = True
        case "lie":
            STATE["lies"] = True
        case "thread":
            STATE["threads"] += 2
        case "garbage":
            return {"errors": 5}
    return text


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
