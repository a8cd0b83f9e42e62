"""A reader of a page's feed, as a browser reads it: `python -m scripts.benchmarks._watcher ADDRESS ATTEMPT COUNT`.

Prints how many seconds after its `at`, on the machine's monotonic clock, each of COUNT expansions was there.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from urllib.parse import urlsplit


def main(address: str, attempt: str, count: str) -> None:
    """Read until all are there."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0)
    path = f"/search/events?theorem=t&attempt={attempt}"
    connection.request("GET", path, headers={"Authorization": f"Bearer {parts.fragment}"})
    answer = connection.getresponse()
    late: list[float] = []
    while len(late) < int(count):
        line = answer.readline()
        if line.startswith(b"data: "):
            now = time.monotonic()
            events = json.loads(line[6:])["events"]
            late += [now - event["at"] for event in events if "steps" in event]
    print(json.dumps(late))


if __name__ == "__main__":
    main(*sys.argv[1:])
