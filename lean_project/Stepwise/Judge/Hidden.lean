import Lean.Environment
import Stepwise.Judge.Restate

/-!
What the imported library mentions and does not show. Lean's module system exports theorems and types that speak of private
constants, and the embedded Lean has nothing but these exports. A solution that declared such a constant itself would decide
what the library's theorems say. So none may be declared that is reached from what the solution mentions.
-/

open Lean

public section

namespace Stepwise.Judge

/-- `seen` and all names that are reached from these through the declarations that `find?` knows: types, values,
constructors. -/
partial def reached (find? : Name → Option ConstantInfo) (seen : NameSet) : List Name → NameSet
  | [] => seen
  | n :: rest =>
    if seen.contains n then reached find? seen rest
    else
      let seen := seen.insert n
      match find? n with
      | none => reached find? seen rest
      | some c => reached find? seen (appL (mentionedBy c) rest)
where
  mentionedBy (c : ConstantInfo) : List Name :=
    let inType := c.type.getUsedConstants.toList
    let inValue := match c.value? with
      | some v => v.getUsedConstants.toList
      | none => []
    match c with
    | .inductInfo v => appL v.ctors (appL inType inValue)
    | _ => appL inType inValue

/-- Checks that no declaration of `solution`, which stands on `imports`, is one that the library means something else by. -/
def checkHidden (imports solution : Kernel.Environment) (mentioned : List Name) : Except Stop Unit :=
  go (reached (fun n => imports.find? n) {} (keepL (fun n => (imports.find? n).isSome) mentioned)).toList
where
  go : List Name → Except Stop Unit
    | [] => .ok ()
    | n :: rest =>
      if (imports.find? n).isNone && (solution.find? n).isSome then
        .error { kind := "reserved", text := s!"{text n} is a constant that the imported library keeps to itself" }
      else go rest

end Stepwise.Judge
