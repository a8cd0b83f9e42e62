import Lean
open Lean

set_option debug.skipKernelTC true
run_cmd do
  let some (.thmInfo v) := (← getEnv).find? ``trivial | return
  let type := mkApp3 (mkConst ``Eq [1]) (mkConst ``Nat) (mkNatLit 1) (mkNatLit 2)
  Elab.Command.liftCoreM (addDecl (.thmDecl { name := `bad, levelParams := [], type, value := mkConst ``trivial }))

theorem t : (1 : Nat) = 2 := bad
