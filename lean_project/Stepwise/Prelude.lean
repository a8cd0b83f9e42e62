import Lean.Elab.Frontend

/-!
Small helpers over lists and JSON.

The embedded Lean ships only what its library exports, so code compiled against it cannot specialise the library's
own loops (`List.map`, `for … in`, `while`). Everything the server iterates with is therefore written here.
-/

open Lean

namespace Stepwise

/-- `xs.map f`, in order. -/
def mapL (f : α → β) : List α → List β
  | [] => []
  | x :: xs => f x :: mapL f xs

/-- The elements that `p` accepts, in order. -/
def keepL (p : α → Bool) : List α → List α
  | [] => []
  | x :: xs => if p x then x :: keepL p xs else keepL p xs

def foldL (f : β → α → β) (b : β) : List α → β
  | [] => b
  | x :: xs => foldL f (f b x) xs

def anyL (p : α → Bool) : List α → Bool
  | [] => false
  | x :: xs => p x || anyL p xs

def allL (p : α → Bool) (xs : List α) : Bool := !anyL (fun x => !p x) xs

def lenL (xs : List α) : Nat := foldL (fun n _ => n + 1) 0 xs

def revL (xs : List α) : List α := foldL (fun acc x => x :: acc) [] xs

def appL : List α → List α → List α
  | [], ys => ys
  | x :: xs, ys => x :: appL xs ys

def arrOfL (xs : List α) : Array α := foldL (fun a x => a.push x) #[] xs

/-- The array's elements from index `i` on, as a list. -/
def listFrom (a : Array α) (i : Nat := 0) : List α :=
  if h : i < a.size then a[i] :: listFrom a (i + 1) else []

/-- Is `x` at index `i` or later? -/
def inFrom [BEq α] (a : Array α) (x : α) (i : Nat := 0) : Bool :=
  if h : i < a.size then a[i] == x || inFrom a x (i + 1) else false

/-- `a` followed by the elements of `b` from index `i` on. -/
def appA (a b : Array α) (i : Nat := 0) : Array α :=
  if h : i < b.size then appA (a.push b[i]) b (i + 1) else a

def getL? : List α → Nat → Option α
  | [], _ => none
  | x :: _, 0 => some x
  | _ :: xs, n + 1 => getL? xs n

def joinL (sep : String) : List String → String
  | [] => ""
  | [s] => s
  | s :: ss => s ++ sep ++ joinL sep ss

def pushAll : List Char → String → String
  | [], s => s
  | c :: cs, s => pushAll cs (s.push c)

/-- Runs `f` on each element, in order. -/
def mapIO (f : α → IO β) : List α → IO (List β)
  | [] => return []
  | x :: xs => do
    let y ← f x
    return y :: (← mapIO f xs)

def mapMeta (f : α → MetaM β) : List α → MetaM (List β)
  | [] => return []
  | x :: xs => do
    let y ← f x
    return y :: (← mapMeta f xs)

/-! JSON -/

abbrev Fields := List (String × Json)

def jNat (n : Nat) : Json := .num ⟨(n : Int), 0⟩

/-- `n` thousandths. -/
def jMilli (n : Nat) : Json := .num ⟨(n : Int), 3⟩

def jArr (xs : List Json) : Json := .arr (arrOfL xs)

def jStrs (xs : List String) : Json := jArr (mapL Json.str xs)

/-- The field, unless the list is empty. -/
def nonEmpty (key : String) : List Json → Fields
  | [] => []
  | xs => [(key, jArr xs)]

def getStr? (j : Json) (key : String) : Option String :=
  match j.getObjVal? key with
  | .ok (.str s) => some s
  | _ => none

/-- A natural number, if `j` is one. -/
def asNat? : Json → Option Nat
  | .num ⟨.ofNat n, 0⟩ => some n
  | _ => none

def getNat? (j : Json) (key : String) : Option Nat :=
  match j.getObjVal? key with
  | .ok v => asNat? v
  | _ => none

def getList? (j : Json) (key : String) : Option (List Json) :=
  match j.getObjVal? key with
  | .ok (.arr a) => some (listFrom a)
  | _ => none

def getTrue (j : Json) (key : String) : Bool :=
  match j.getObjVal? key with
  | .ok (.bool b) => b
  | _ => false

def hasKey (j : Json) (key : String) : Bool :=
  match j.getObjVal? key with
  | .ok _ => true
  | .error _ => false

/-- All natural numbers of a list; anything else in it is passed over. -/
def natsOf : List Json → List Nat
  | [] => []
  | j :: js => match asNat? j with
    | some n => n :: natsOf js
    | none => natsOf js

/-- The community form of an error answer. -/
def failure (message : String) : Json := Json.mkObj [("message", .str message)]

end Stepwise
