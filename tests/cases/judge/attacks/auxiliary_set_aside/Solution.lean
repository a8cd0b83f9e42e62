/-! Two names that look like Lean's own auxiliary ones: `match_2` is what the challenge calls `match_1`, and what is called
`match_1` here must not pass for the challenge's `match_1.other`. -/

def match_1.other : Prop := False
def match_1 : Prop := 1 = 1
def match_2 : Prop := True

theorem keep : match_1.other → True := fun _ => trivial

theorem t : match_2 ∧ match_1 := by
  have _ := keep
  exact ⟨trivial, rfl⟩
