"""The workbench for agents, as tools of the Model Context Protocol. See `docs/interactive.md`."""
