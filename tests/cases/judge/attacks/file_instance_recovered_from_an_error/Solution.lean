instance liar : Inhabited (PLift (1 = 2)) := ⟨⟨by exact nonsense⟩⟩

theorem t : 1 = 2 := (default : PLift (1 = 2)).down
