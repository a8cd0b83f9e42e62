import Lean
import Stepwise.Judge.Declared

/-! Puts every safe inductive type of Lean's own library to the judge's walls, and prints those that are refused. -/

open Lean Stepwise.Judge

def putNames (env : Environment) (num : IO.Ref Nat) : List Name → IO Unit
  | [] => return ()
  | n :: rest => do
    match blockIn env n with
    | none => pure ()
    | some block =>
      num.modify (· + 1)
      match refusalOf env block with
      | none => pure ()
      | some why => IO.println why
    putNames env num rest

def putModules (env : Environment) (num : IO.Ref Nat) : List ModuleData → IO Unit
  | [] => return ()
  | m :: rest => do
    putNames env num m.constNames.toList
    putModules env num rest

public unsafe def main : IO Unit := do
  enableInitializersExecution
  let env ← importModules #[{ module := `Lean }] {} (trustLevel := 0) (loadExts := false)
  let num ← IO.mkRef 0
  let began ← IO.monoMsNow
  putModules env num env.header.moduleData.toList
  IO.println ("types: " ++ toString (← num.get) ++ " ms: " ++ toString ((← IO.monoMsNow) - began))
