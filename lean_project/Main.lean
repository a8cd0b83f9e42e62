import Stepwise.Serve

/-- `lean --run Main.lean`: the step server. -/
public unsafe def main : IO Unit := do
  Lean.enableInitializersExecution
  Stepwise.serverMain
