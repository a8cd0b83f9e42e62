import Lean.Elab.Frontend
import Stepwise.Command
import Stepwise.Lemmas

/-! The request `library`: the modules that an import brings, and the theorems of one of them, printed as text that
elaborates again where the module's own imports are imported. -/

open Lean

namespace Stepwise

private def printing (isExplicit : Bool) : Options :=
  let all := (({} : Options).setBool `pp.fullNames true).setBool `pp.explicit isExplicit
  ((all.setBool `pp.proofs true).setBool `pp.deepTerms true).setNat `pp.maxSteps 200000

private def imported (m : ModuleData) : List Json := mapL (fun i => .str i.module.toString) (listFrom m.imports)

private def jModules (env : Environment) (i : Nat := 0) : List Json :=
  if h : i < env.header.moduleNames.size then
    if h' : i < env.header.moduleData.size then
      let here := Json.mkObj
        [("name", .str env.header.moduleNames[i].toString), ("imports", jArr (imported env.header.moduleData[i]))]
      here :: jModules env (i + 1)
    else []
  else []
termination_by env.header.moduleNames.size - i

private def moduleData? (env : Environment) (name : String) (i : Nat := 0) : Option ModuleData :=
  if h : i < env.header.moduleNames.size then
    if h' : i < env.header.moduleData.size then
      if env.header.moduleNames[i].toString == name then some env.header.moduleData[i] else moduleData? env name (i + 1)
    else none
  else none
termination_by env.header.moduleNames.size - i

/-- The theorems of a module that a person may have stated, from index `i` on. -/
private partial def theoremsOf (env : Environment) (m : ModuleData) (i : Nat := 0) : List Name :=
  if h : i < m.constNames.size then
    if h' : i < m.constants.size then
      let rest := theoremsOf env m (i + 1)
      if Premises.isLibraryPremise env m.constNames[i] m.constants[i] && (env.getProjectionFnInfo? m.constNames[i]).isNone then
        m.constNames[i] :: rest
      else rest
    else []
  else []

/-- A theorem's name, universes, binders and type; what can't be printed has an error in their place. -/
private def signature (env : Environment) (isExplicit : Bool) (n : Name) : IO Json := do
  let options := printing isExplicit
  let ctx : Core.Context := { fileName := "<library>", fileMap := default, options, maxHeartbeats := 20000000 }
  let printed : CoreM String := Meta.MetaM.run' do
    let said ← PrettyPrinter.ppSignature n
    return said.fmt.pretty (width := 1000000)
  match ← (printed.toIO ctx { env }).toBaseIO with
  | .ok (text, _) => return Json.mkObj [("name", .str n.toString), ("signature", .str text)]
  | .error e => return Json.mkObj [("name", .str n.toString), ("error", .str (toString e))]

def runLibrary (srv : Server) (j : Json) : IO Json := do
  match getStr? j "library" with
  | none => return failure "'library' must be the name of a module"
  | some root =>
    let env ← headerEnv srv #[{ module := root.toName }]
    match getStr? j "module" with
    | none => return Json.mkObj [("modules", jArr (jModules env))]
    | some name =>
      match moduleData? env name with
      | none => return failure s!"{root} does not import {name}"
      | some m =>
        let isExplicit := getTrue j "explicit"
        return Json.mkObj [("theorems", jArr (← mapIO (fun n => signature env isExplicit n) (theoremsOf env m)))]

end Stepwise
