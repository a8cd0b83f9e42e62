import Lean

/-!
What a server says to the process it runs in. The embedded Lean's host listens to environment variables named
`stepwise:…` being asked for; a native Lean has no such variables and nothing happens.
-/

namespace Stepwise

private unsafe def announceReadyImpl (serve : IO Unit) : IO Unit := do
  let _ ← IO.getEnv ("stepwise:ready:" ++ toString (ptrAddrUnsafe serve).toNat)
  serve

/-- Runs `serve`. The host may first save the memory of the process, and start others that begin by running `serve`: what
was done before the call is done for all of them, so `serve` takes its streams itself. No task may be running. -/
@[implemented_by announceReadyImpl]
def announceReady (serve : IO Unit) : IO Unit := serve

end Stepwise
