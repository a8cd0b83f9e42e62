"""Runs searches against the world: many theorems at once, many expansions of each in flight, no lock-step."""
