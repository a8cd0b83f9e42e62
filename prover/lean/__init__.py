"""The Lean layer: protocol, transport, session, pool, toolchains."""
