import Lean.Environment
import Lean.AddDecl
import Stepwise.Judge.Telescope

/-!
What the kernel made, put to the kernel again: a type or a value is declared in a copy of the environment that is thrown
away, so the kernel checks it in full. Of an inductive type with nested occurrences, kernels before 4.32.2 checked only
the copy without them (lean4#14576, #14621, #14808).
-/

open Lean

public section

namespace Stepwise.Judge

def kernelStop (n : Name) (e : Kernel.Exception) : Stop :=
  match e with
  | .deterministicTimeout => { unknown := true, kind := "limit", text := s!"the kernel ran out of heartbeats on {text n}" }
  | .excessiveMemory => { unknown := true, kind := "limit", text := s!"the kernel ran out of memory on {text n}" }
  | .deepRecursion => { unknown := true, kind := "limit", text := s!"the kernel recursed too deeply on {text n}" }
  | .interrupted => { unknown := true, kind := "limit", text := s!"the kernel was interrupted on {text n}" }
  | .unknownConstant _ m => { kind := "kernel", text := s!"{text n} rests on {text m}, which is neither imported nor declared" }
  | .alreadyDeclared _ m => { kind := "kernel", text := s!"{text m} is declared already" }
  | .declTypeMismatch .. => { kind := "kernel", text := s!"the kernel refuses {text n}: its value is not of its type" }
  | .thmTypeIsNotProp .. => { kind := "kernel", text := s!"the kernel refuses {text n}: its type is not a proposition" }
  | .other m => { kind := "kernel", text := s!"the kernel refuses {text n}: {m}" }
  | _ => { kind := "kernel", text := s!"the kernel refuses {text n}" }

def scratchName : Name := .str (.str .anonymous judgesOwn) "scratch"

/-- Puts `d` to the kernel and forgets it. `what`, which is about `n`, is what the refusal speaks of. -/
def tried (env : Kernel.Environment) (d : Declaration) (n : Name) (what mended : String) : Except Stop Unit :=
  match env.addDeclCore 0 d none with
  | .ok _ => .ok ()
  | .error e =>
    let stop := kernelStop n e
    if stop.unknown then .error stop
    else .error (refused s!"{what} of {text n} does not stand by itself: {stop.text}" mended)

/-- States that `type` is a type. -/
def restate (env : Kernel.Environment) (levelParams : List Name) (type : Expr) (n : Name) (what mended : String) :
    Except Stop Unit :=
  tried env (.axiomDecl { name := scratchName, levelParams, type, isUnsafe := false }) n what mended

/-- States that `value` is of `type`. -/
def restateValue (env : Kernel.Environment) (levelParams : List Name) (type value : Expr) (n : Name) (what mended : String) :
    Except Stop Unit :=
  tried env (.defnDecl { name := scratchName, levelParams, type, value, hints := .opaque, safety := .safe }) n what mended

end Stepwise.Judge
