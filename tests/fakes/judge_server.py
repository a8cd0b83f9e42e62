"""A judging process that isn't one: `python judge_server.py [START]`. A text says itself what is to become of it.

A text (or an export) is a JSON object: `{"do": "answer", …}` answers its own fields over the usual ones, "die" ends
the process, "hang" never answers, "garbage" answers a list. START "never" fails to start. Exports hold the id of
their process, and a comparison answers the ids of all three as axioms, so that a test sees which process did what.
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
        if line.strip():
            request = json.loads(line)
            try:
                say({"id": request["id"], **serve(request)})
            except Died:
                os._exit(7)
            except Hung:
                time.sleep(600)


def serve(request: dict[str, Any]) -> dict[str, Any]:
    if request["judge"] == "compare":
        texts = [json.loads(request["challenge"]), json.loads(request["solution"])]
        pids = [*(str(text["pid"]) for text in texts), str(os.getpid())]
        return {"verdict": "accepted", "axioms": pids, "inductives": [], **behave(texts[1]["compare"])}
    text = json.loads(request["text"])
    export = json.dumps({"pid": os.getpid(), "compare": text.pop("compare", {})})
    usual = {"found": 1, "theorem": "N.t", "export": export, "imports": ["Init"], "open": ["N.t", "N.s"]}
    named = [{"name": name, "line": 1, "column": 8} for name in ("N.z", "N.t", "N.s", "N.t")]
    return {**usual, "errors": [], "elsewhere": [], "theorems": named, **behave(text)}


def behave(text: dict[str, Any]) -> dict[str, Any]:
    match text.pop("do", "answer"):
        case "die":
            raise Died
        case "hang":
            raise Hung
        case "garbage":
            return {"errors": 5}
    return text


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
