/-!
# Binary trees and a small language

Inductive types, functions on them, and an evaluator with a compiler.
-/

inductive Tree (α : Type) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α

namespace Tree
variable {α β : Type}

def mirror : Tree α → Tree α
  | leaf => leaf
  | node l x r => node (mirror r) x (mirror l)

def size : Tree α → Nat
  | leaf => 0
  | node l _ r => size l + 1 + size r

def height : Tree α → Nat
  | leaf => 0
  | node l _ r => max (height l) (height r) + 1

def map (f : α → β) : Tree α → Tree β
  | leaf => leaf
  | node l x r => node (map f l) (f x) (map f r)

def toList : Tree α → List α
  | leaf => []
  | node l x r => toList l ++ x :: toList r

theorem mirror_mirror (t : Tree α) : mirror (mirror t) = t := by
  sorry

theorem size_mirror (t : Tree α) : size (mirror t) = size t := by
  sorry

theorem height_mirror (t : Tree α) : height (mirror t) = height t := by
  sorry

theorem height_le_size (t : Tree α) : height t ≤ size t := by
  sorry

theorem map_mirror (f : α → β) (t : Tree α) : map f (mirror t) = mirror (map f t) := by
  sorry

theorem length_toList (t : Tree α) : (toList t).length = size t := by
  sorry

theorem toList_mirror (t : Tree α) : toList (mirror t) = (toList t).reverse := by
  sorry

theorem toList_map (f : α → β) (t : Tree α) : toList (map f t) = (toList t).map f := by
  sorry

theorem leaf_or_node (t : Tree α) (h : 0 < size t) : ∃ l x r, t = node l x r := by
  sorry

/-- Flattening with an accumulator agrees with the plain one. -/
def flatten : Tree α → List α → List α
  | leaf, acc => acc
  | node l x r, acc => flatten l (x :: flatten r acc)

theorem flatten_eq (t : Tree α) (acc : List α) : flatten t acc = toList t ++ acc := by
  sorry

end Tree

/-- Arithmetic expressions without variables. -/
inductive Expr where
  | num : Nat → Expr
  | plus : Expr → Expr → Expr
  | times : Expr → Expr → Expr

namespace Expr

def eval : Expr → Nat
  | num n => n
  | plus a b => eval a + eval b
  | times a b => eval a * eval b

/-- Swaps the operands of every operation. -/
def flip : Expr → Expr
  | num n => num n
  | plus a b => plus (flip b) (flip a)
  | times a b => times (flip b) (flip a)

theorem eval_flip (e : Expr) : eval (flip e) = eval e := by
  sorry

/-- A machine with a stack. -/
inductive Instr where
  | push : Nat → Instr
  | add : Instr
  | mul : Instr

def run : List Instr → List Nat → List Nat
  | [], stack => stack
  | .push n :: rest, stack => run rest (n :: stack)
  | .add :: rest, a :: b :: stack => run rest ((b + a) :: stack)
  | .mul :: rest, a :: b :: stack => run rest ((b * a) :: stack)
  | _ :: rest, stack => run rest stack

def compile : Expr → List Instr
  | num n => [.push n]
  | plus a b => compile a ++ (compile b ++ [.add])
  | times a b => compile a ++ (compile b ++ [.mul])

/-- Compiled code does what the evaluator says, before any further code and on any stack. -/
theorem compile_correct (e : Expr) (rest : List Instr) (stack : List Nat) :
    run (compile e ++ rest) stack = run rest (eval e :: stack) := by
  sorry

end Expr
