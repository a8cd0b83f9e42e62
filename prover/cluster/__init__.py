"""A run spread over processes and machines: thin shells round the classes that work without it.

Only `actors` and `metrics` know of Ray. The hosts are what stands inside an actor, the others are the near ends, which
look like the parts of a run in one process: Lean workers (`lean_host`, `actor_seat`), engines (`engine_host`,
`engines`), search drivers (`driver_host`, `drivers`). The folder and its journal stay with the process that was
started: they have one owner.
"""
