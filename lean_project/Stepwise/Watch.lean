import Lean.Elab.Frontend
import Stepwise.Host
import Stepwise.Prelude

/-!
Limits that Lean does not count itself: wall-clock time, and memory. Something outside the running tactic looks at what
runs (`ticket`, `limit`) and sets the cancel token, which Lean's own checks notice. On the embedded Lean that is the host;
elsewhere it is a thread of this process, which knows about time alone.
-/

open Lean

namespace Stepwise

structure Watch where
  /-- A new number with everything that is run, 0 while nothing runs. -/
  ticket : IO.Ref Nat
  /-- Milliseconds of wall-clock time for what runs; 0 is no limit. -/
  limit : IO.Ref Nat
  /-- What `token` reads. -/
  flag : IO.Ref Bool
  token : IO.CancelToken
  /-- Why `flag` was set: 1 time, 2 memory, 3 nobody wants the answer. -/
  cause : IO.Ref Nat
  /-- The number of the request that is served. -/
  request : IO.Ref Nat
  /-- The number of the last request whose answer nobody wants; 0 for none so far. -/
  unwanted : IO.Ref Nat
  /-- Can requests be cancelled? -/
  cancels : IO.Ref Bool
  /-- The last ticket. -/
  count : IO.Ref Nat

private unsafe def tokenOfImpl (flag : IO.Ref Bool) : IO IO.CancelToken := return unsafeCast flag

/-- A token is a reference that Lean can set but not clear; this one can be used again. -/
@[implemented_by tokenOfImpl]
private opaque tokenOf (flag : IO.Ref Bool) : IO IO.CancelToken

def Watch.new : IO Watch := do
  let flag ← IO.mkRef false
  return { ticket := ← IO.mkRef 0, limit := ← IO.mkRef 0, flag, token := ← tokenOf flag, cause := ← IO.mkRef 0
           request := ← IO.mkRef 0, unwanted := ← IO.mkRef 0, cancels := ← IO.mkRef false, count := ← IO.mkRef 0 }

/-- One look at what runs, `seen` being the ticket of the last look and since when it has been running. -/
private def Watch.look (w : Watch) (seen since : Nat) : IO (Nat × Nat) := do
  let ticket ← w.ticket.get
  let now ← IO.monoMsNow
  if ticket != seen then return (ticket, now)
  let limit ← w.limit.get
  if ticket != 0 && limit > 0 && now - since > limit then
    w.cause.set 1
    w.flag.set true
  return (seen, since)

private partial def Watch.loop (w : Watch) (seen since : Nat) : IO Unit := do
  IO.sleep 10
  let (seen, since) ← w.look seen since
  w.loop seen since

/-- Sees to it that limits are watched from now on. -/
def Watch.start (w : Watch) : IO Unit := do
  if ← watchedByHost w.ticket w.limit w.token w.cause w.request w.unwanted then w.cancels.set true
  else let _ ← IO.asTask (w.loop 0 0) .dedicated

/-- A request begins. -/
def Watch.next (w : Watch) : IO Unit := w.request.modify fun n => (n + 1) % 500000000

/-- Is the request that is served one whose answer nobody wants any more? -/
def Watch.isCancelled (w : Watch) : IO Bool := do
  match ← w.unwanted.get with
  | 0 => return false
  | n => return n == (← w.request.get)

/-- Runs `x` under the wall-clock limit. What interrupts it is found by `interruption`. -/
def Watch.within (w : Watch) (wallMs : Nat) (x : IO α) : IO α := do
  w.cause.set 0
  w.flag.set false
  w.limit.set (min wallMs 1000000000)
  let n ← w.count.get
  w.count.set ((n + 1) % 500000000)
  w.ticket.set (n + 1)
  if ← w.isCancelled then  -- the host may have said so just before the flag was cleared
    w.cause.set 3
    w.flag.set true
  let result ← x.toBaseIO
  w.ticket.set 0
  match result with
  | .ok a => return a
  | .error e => throw e

/-- The limit that was reached, as the protocol names it. -/
def Watch.interruption (w : Watch) : IO String := do
  match ← w.cause.get with
  | 2 => return "memory"
  | 3 => return "cancelled"
  | _ => return "wall"

end Stepwise
