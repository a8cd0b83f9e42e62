inductive Total
  | var (i : Nat)
  | zero
  | plus (a b : Total)
  deriving DecidableEq, Repr

namespace Total
def eval (v : Nat → Nat) : Total → Nat
  | var i => v i
  | zero => 0
  | plus a b => a.eval v + b.eval v

def count (i : Nat) : Total → Nat
  | var j => if i = j then 1 else 0
  | zero => 0
  | plus a b => a.count i + b.count i

theorem eval_three (v : Nat → Nat) (s : Total) (h : ∀ i, 3 ≤ i → s.count i = 0) :
    s.eval v = s.count 0 * v 0 + s.count 1 * v 1 + s.count 2 * v 2 := by
  induction s with
  | var i =>
    match i with
    | 0 | 1 | 2 => simp [eval, count]
    | i + 3 => exact absurd (h (i + 3) (by omega)) (by simp [count])
  | zero => simp [eval, count]
  | plus a b ha hb =>
    have ha := ha fun i hi => by have := h i hi; simp only [count] at this; omega
    have hb := hb fun i hi => by have := h i hi; simp only [count] at this; omega
    simp only [eval, count, ha, hb, Nat.add_mul]
    omega
end Total

theorem t (a b c : Nat) : a + (b + c) + 0 = c + b + a := by
  let v : Nat → Nat := fun | 0 => a | 1 => b | _ => c
  have h := Total.eval_three v (.plus (.plus (.var 0) (.plus (.var 1) (.var 2))) .zero) fun i hi => by
    simp [Total.count]; omega
  have g := Total.eval_three v (.plus (.plus (.var 2) (.var 1)) (.var 0)) fun i hi => by
    simp [Total.count]; omega
  simpa [Total.eval, Total.count, v] using h.trans (by simpa [Total.count] using g.symm)
