namespace Lock
structure Token (n : Nat) where
  private mk ::
  code : Fin (n + 1)
  protected owner : String

protected inductive Door
  | shut (t : Σ n, Token n)
  | wide

def Token.make (n : Nat) (s : String) : Token n := ⟨0, s⟩

protected theorem t (n : Nat) (s : String) : (Token.make n s).code.val = 0 ∧ Lock.Door.wide ≠ .shut ⟨n, .make n s⟩ := by
  sorry

end Lock
