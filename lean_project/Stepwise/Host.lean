import Lean.Elab.Frontend

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

private unsafe def watchedImpl (ticket limit : IO.Ref Nat) (cancel : IO.CancelToken) (cause request unwanted : IO.Ref Nat) :
    IO Bool := do
  let address (n : USize) : String := ":" ++ toString n.toNat
  let answer ← IO.getEnv ("stepwise:watch" ++ address (ptrAddrUnsafe ticket) ++ address (ptrAddrUnsafe limit) ++
    address (ptrAddrUnsafe cancel) ++ address (ptrAddrUnsafe cause) ++ address (ptrAddrUnsafe request) ++
    address (ptrAddrUnsafe unwanted))
  return answer.isSome

/-- Asks the host to set `cancel` when what runs exceeds its limits; false if there is no such host, and the server has to
watch by itself. `ticket` is changed with everything that is run and 0 while nothing runs, `limit` is its wall-clock limit
in milliseconds (0: none). The host sets `cause` to 1 for time and 2 for memory; the server sets `cause` and `cancel` back
before the next ticket. `request` counts the requests; when the client no longer wants the answer to the one that is served,
the host sets `unwanted` to its number, `cause` to 3 and `cancel`. To be called once, after `announceReady`; the references
must stay alive. -/
@[implemented_by watchedImpl]
def watchedByHost (_ticket _limit : IO.Ref Nat) (_cancel : IO.CancelToken) (_cause _request _unwanted : IO.Ref Nat) : IO Bool :=
  return false

end Stepwise
