import Stepwise.Judge.Basic
import Stepwise.Judge.Export
import Stepwise.Judge.Read
import Stepwise.Judge.Compare
import Stepwise.Judge.Replay
import Stepwise.Judge.Elaborate
import Stepwise.Host

/-!
The judge's Lean side. One program, two roles, never both in one process:

* `challenge`, `solution`: elaborate a source text and answer the declarations behind one theorem as data.
  Foreign code may run, so whatever the process says afterwards is believed by nobody.
* `compare`: takes the two exports and no source text. No foreign code runs, so the verdict can be believed.

One JSON object a line on standard input and output; an answer carries its request's `id`.
-/

open Lean

namespace Stepwise.Judge

/-- What an accepted proof rests on: its axioms, and the inductive types that are not imported. -/
structure Basis where
  axioms : List Name
  inductives : List Name

def compareExports (env : Environment) (challenge solution : String) : Except Stop Basis := do
  let asked ← match readExport challenge with
    | .ok r => pure r
    | .error stop => throw { stop with kind := "challenge", text := s!"in the challenge: {stop.text}" }
  let thm := asked.thm
  let given ← readExport solution
  unless env.contains ``Nat.pow do
    throw { kind := "challenge", text := "the challenge has to import Init.Prelude: the kernel relies on it" }
  match find asked.decls thm with
  | some (.thmDecl _) => pure ()
  | _ => throw { kind := "challenge", text := s!"the challenge has no theorem {text thm}" }
  compareAll thm asked.decls given.decls
  let kernel ← replay env.toKernelEnv given.decls
  checkHidden env.toKernelEnv kernel given.mentioned
  checkProjections kernel given.fields
  let axioms ← checkAxioms (Environment.ofKernelEnv kernel) thm
  return { axioms, inductives := inductives given.decls }

def namesOf : List Json → List Name
  | [] => []
  | .str s :: rest => s.toName :: namesOf rest
  | _ :: rest => namesOf rest

def listField (j : Json) (name : String) : List Json :=
  match j.getObjVal? name with
  | .ok (.arr a) => a.toList
  | _ => []

def importsOf : List Name → List Import
  | [] => []
  | n :: rest => { module := n } :: importsOf rest

def doCompare (cache : Cache) (j : Json) : IO (List (String × Json)) := do
  let env ← environment cache (importsOf (namesOf (listField j "imports"))).toArray (foreign := false)
  let challenge ← field j "challenge"
  let solution ← field j "solution"
  match compareExports env challenge solution with
  | .ok basis => return [("verdict", .str "accepted"), ("axioms", .arr (jsonNames basis.axioms).toArray),
      ("inductives", .arr (jsonNames basis.inductives).toArray)]
  | .error stop => return [
      ("verdict", .str (if stop.unknown then "unknown" else "rejected")),
      ("kind", .str stop.kind), ("reason", .str stop.text)]

def handle (cache : Cache) (j : Json) : IO (List (String × Json)) := do
  match j.getObjVal? "judge" with
  | .ok (.str "challenge") => doElaborate cache j true
  | .ok (.str "solution") => doElaborate cache j false
  | .ok (.str "compare") => doCompare cache j
  | _ => throw (IO.userError "no such request")

partial def loop (cache : Cache) (input output : IO.FS.Stream) : IO Unit := do
  let line ← input.getLine
  if line.isEmpty then return ()
  match Json.parse line with
  | .error _ => loop cache input output
  | .ok j =>
    let id := match j.getObjVal? "id" with | .ok id => id | .error _ => .null
    let row ← match ← (handle cache j).toBaseIO with
      | .ok row => pure row
      | .error e => pure [("fault", Json.str (toString e))]
    output.putStrLn (Json.mkObj (("id", id) :: row)).compress
    output.flush
    loop cache input output

/-- One judgement of a text of our own: what it loads and caches is there before the first real one. -/
def warmUp (cache : Cache) : IO Unit := do
  let statement := "theorem warm (a b : Nat) (h : a < b) : b ≠ a ∧ a + b = b + a := by\n  "
  let asked ← read (statement ++ "sorry")
  let given ← read (statement ++ "constructor\n  · omega\n  · simp [Nat.add_comm]")
  cache.last.set none
  let env ← environment cache asked.imports (foreign := false)
  match compareExports env (← exportOf asked.history.final `warm true) (← exportOf given.history.final `warm false) with
  | .ok _ => return ()
  | .error stop => throw (IO.userError s!"the judge refuses its own proof: {stop.text}")
where
  read (source : String) : IO Reading := do
    match ← reading cache source with
    | .ok r => return r
    | .error kind => throw (IO.userError s!"the judge's own text has {text kind}")

def serve (cache : Cache) : IO Unit := do
  let output ← IO.getStdout
  output.putStrLn "{\"ready\":true}"
  output.flush
  loop cache (← IO.getStdin) output

end Stepwise.Judge

public unsafe def main : IO Unit := do
  enableInitializersExecution
  let cache ← Stepwise.Judge.Cache.new
  Stepwise.Judge.warmUp cache
  Stepwise.announceReady (Stepwise.Judge.serve cache)
