"""One warm process per project, whose jobs every face starts, watches and stops. See `docs/interactive.md`."""
