"""The workbench in an editor, beside Lean's own server. See `docs/editors.md`."""
