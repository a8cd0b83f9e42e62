"""The community REPL's binary, made of our own: `python community_repl.py`.

`stepwise repl` on the embedded Lean does the work, held to what upstream's REPL.JSON knows: other requests are refused,
other fields taken out of the answers, which come over several lines.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import IO, Any

REQUESTS = ("cmd", "tactic", "path", "pickleTo", "unpickleEnvFrom", "unpickleProofStateFrom")
ANSWERS = {"env", "proofState", "goals", "proofStatus", "traces", "tactics", "infotree", "message"}
MESSAGE = {"severity", "pos", "endPos", "data"}
LIMITS = {
    "limit reached: heartbeats": "(deterministic) timeout at `whnf`, maximum number of heartbeats has been reached",
    "limit reached: recursion": "maximum recursion depth has been reached",
}
SORRY = {"proofState", "pos", "endPos", "goal"}


def main() -> None:
    command = [sys.executable, "-m", "prover.cli.main", "repl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdin is not None
        assert served.stdout is not None
        lines = ""
        for line in sys.stdin:
            lines += line.rstrip()
            if line.strip() or not lines:
                continue
            request, lines = json.loads(lines), ""
            answer: dict[str, Any] = {"message": "Could not parse as a valid JSON command"}
            if any(name in request for name in REQUESTS):
                served.stdin.write(json.dumps(request) + "\n\n")
                served.stdin.flush()
                answer = upstreams(answer_of(served.stdout))
            print(json.dumps(answer, indent=1, ensure_ascii=False), end="\n\n", flush=True)


def answer_of(served: IO[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(next(line for line in served if line.startswith("{")))
    return answer


def upstreams(answer: dict[str, Any]) -> dict[str, Any]:
    """What upstream would have told."""
    kept = {name: value for name, value in answer.items() if name in ANSWERS}
    for name, fields in (("messages", MESSAGE), ("sorries", SORRY)):
        if name in answer:
            kept[name] = [{field: each[field] for field in fields & each.keys()} for each in answer[name]]
    for ours, its in LIMITS.items():
        if "message" in kept:
            kept["message"] = kept["message"].replace(ours, its)
    return kept


if __name__ == "__main__":
    main()
