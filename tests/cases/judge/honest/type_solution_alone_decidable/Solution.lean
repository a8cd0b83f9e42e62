inductive Verdict (p : Prop) : Type
  | yes (h : p)
  | no (h : ¬p)

inductive Color
  | red | green | blue
  deriving DecidableEq, Repr, Inhabited, Ord, Hashable, BEq, ReflBEq, LawfulBEq

def Color.all : List Color := [.red, .green, .blue]

theorem Color.mem_all (c : Color) : c ∈ Color.all := by
  cases c <;> decide

def judgeAll (p : Color → Prop) [DecidablePred p] : Verdict (∀ c, p c) :=
  if h : ∀ c ∈ Color.all, p c then .yes fun c => h c c.mem_all else .no fun g => h fun c _ => g c

theorem t : ∃ (α : Type) (l : List α), (∀ a, a ∈ l) ∧ l.length = 3 :=
  match judgeAll (fun c => c = c) with
  | .yes _ => ⟨Color, Color.all, Color.mem_all, rfl⟩
  | .no h => absurd (fun _ => rfl) h
