import Lean.Elab.Frontend
import Stepwise.Command
import Stepwise.Community
import Stepwise.Host
import Stepwise.Library
import Stepwise.Outline
import Stepwise.Rerun
import Stepwise.Step
import Stepwise.Suggest

/-! Reading requests, finding who answers them, writing answers. The wire is described in `docs/protocol.md`. -/

open Lean

namespace Stepwise

def sayHello (srv : Server) (_ : Json) : IO Json := do
  let more := if ← srv.watch.cancels.get then ["cancel"] else []
  return Json.mkObj [("server", .str "stepwise"), ("protocol", jNat 1), ("lean", .str Lean.versionString),
    ("githash", .str Lean.githash), ("capabilities", jStrs (appL ["tactics", "focus", "state", "premises", "drop", "outline", "library"] more))]

/-- On the stream of requests a `cancel` comes when everything before it is done. -/
private def nothingToCancel (_ : Server) (_ : Json) : IO Json := return Json.mkObj [("cancelled", .bool false)]

private def unsupported (what : String) (_ : Server) (_ : Json) : IO Json :=
  return failure s!"not supported by this build: {what}"

/-- Who answers what but `tactics`. The first handler whose key the request has answers it. Other rooms' commands are added here, one line each. -/
def handlers : List Handler := [
  { key := "cmd", run := runCommand },
  { key := "path", run := runFile },
  { key := "outline", run := runOutline },
  { key := "tactic", run := runTactic },
  answering "premises" runPremises,
  answering "library" runLibrary,
  { key := "state", run := showState },
  answering "drop" runDrop,
  answering "dropAll" runDropAll,
  answering "hello" sayHello,
  answering "cancel" nothingToCancel,
  { key := "rerun", run := runRerun },
  answering "pickleTo" (unsupported "pickling, which `stepwise repl` does"),
  answering "unpickleEnvFrom" (unsupported "pickling, which `stepwise repl` does"),
  answering "unpickleProofStateFrom" (unsupported "pickling, which `stepwise repl` does")]

private def dispatch (srv : Server) (j : Json) : List Handler → IO Answer
  | [] => return .json (failure "unknown request")
  | h :: hs => if hasKey j h.key then h.run srv j else dispatch srv j hs

private def objectText (request : Json) (answer : Answer) : String :=
  match answer, request.getObjVal? "id" with
  | .json j, .ok id => (j.setObjVal! "id" id).compress
  | .json j, .error _ => j.compress
  | .fields text, .ok id => "{\"id\":" ++ id.compress ++ "," ++ text ++ "}"
  | .fields text, .error _ => "{" ++ text ++ "}"

/-- The request that most requests are is seen at once. -/
private def answer (srv : Server) (j : Json) : IO Answer :=
  if hasKey j "tactics" then runTactics srv j else dispatch srv j handlers

private def answerTo (srv : Server) (request : Except String Json) : IO String := do
  match request with
  | .error e => return (failure ("Could not parse JSON:\n" ++ e)).compress
  | .ok j =>
    match j with
    | .obj _ =>
      match ← (answer srv j).toBaseIO with
      | .ok answer => return objectText j answer
      | .error e => return objectText j (.json (failure (toString e)))
    | _ => return (failure "a request is a JSON object").compress

private def send (o : IO.FS.Stream) (text : String) : IO Unit := do
  o.putStr (text ++ "\n\n")
  o.flush

/-- The rest of a request after its first line: up to a blank line, or the end of the input. -/
private partial def readMore (i : IO.FS.Stream) (acc : String) : IO String := do
  let line ← i.getLine
  if line.trimAscii.isEmpty then return acc else readMore i (acc ++ line)

/-- The line without the blanks at its end. -/
private def withoutEnd (line : String) : String := pushAll (revL (dropBlanks (revL line.toList))) ""
where
  dropBlanks : List Char → List Char
    | [] => []
    | c :: cs => if c.isWhitespace then dropBlanks cs else c :: cs

/-- The request as it stands, or else with its lines joined, as upstream has them: a string may go over several. -/
private def parseLines (text : String) : Except String Json :=
  match Json.parse text with
  | .ok j => .ok j
  | .error e =>
    match Json.parse (joinL "" (mapL withoutEnd (text.splitOn "\n"))) with
    | .ok j => .ok j
    | .error _ => .error e

/-- One request, or `none` at the end of the input. A first line that is complete JSON is a request by itself. -/
private partial def readRequest (i : IO.FS.Stream) : IO (Option (Except String Json)) := do
  let line ← i.getLine
  if line.isEmpty then return none
  else
    match Json.parse line with
    | .ok j => return some (.ok j)
    | .error _ =>
      if line.trimAscii.isEmpty then readRequest i else return some (parseLines (← readMore i line))

/-- Serves until the input ends. Input that can't be read is answered as an error; `faults` bounds how often in a row. -/
partial def serve (srv : Server) (i o : IO.FS.Stream) (faults : Nat := 0) : IO Unit := do
  match ← (readRequest i).toBaseIO with
  | .error e =>
    srv.watch.next
    send o (failure ("unreadable request: " ++ toString e)).compress
    if faults < 100 then serve srv i o (faults + 1) else return ()
  | .ok none => return ()
  | .ok (some request) =>
    srv.watch.next
    send o (← answerTo srv request)
    serve srv i o

/-- Goals of many kinds: the trees in which lemmas are looked up grow where somebody looks. -/
private def kinds : List String := ["n + m = m * n", "i + j = j - i", "xs ++ xs = xs.map f", "n ≤ m", "n < m", "i ≤ j",
  "n ∣ m", "n ∈ xs", "xs.length = n", "n ≠ m", "n = m ↔ m = n", "¬ n < m ∨ n = m", "xs ⊆ xs", "b && b = true"]

private partial def askEach (srv : Server) (id stop : Nat) : IO Unit := do
  if id < stop then
    let _ ← runPremises srv (Json.mkObj [("premises", jNat 4), ("proofState", jNat id)])
    askEach srv (id + 1) stop

/-- Does what the first requests would wait for: imports the default header, and elaborates and proves something in it. -/
private def warmUp (srv : Server) : IO Unit := do
  let all := "variable (n m : Nat) (i j : Int) (xs : List Nat) (f : Nat → Nat) (b : Bool)\n"
  let goals := mapL (fun kind => "example : " ++ kind ++ " := by sorry\n") kinds
  let _ ← commandAnswer srv (all ++ joinL "" goals) (Json.mkObj [])
  askEach srv 0 (← srv.states.get).nextId
  let text := "theorem warm (n m : Nat) (h : n = m) : m = n ∧ n + 0 = n := by sorry"
  let _ ← commandAnswer srv text (Json.mkObj [])
  let state := (← srv.states.get).nextId - 1
  let tactics := mapL (fun t => Json.mkObj [("tactic", .str t)]) ["constructor", "simp [h]", "omega", "grind", "exact?"]
  let request := Json.mkObj [("tactics", jArr tactics), ("proofState", jNat state)]
  let _ ← runTactics srv request
  srv.states.set {}
  srv.commands.set {}
  srv.printed.forget

/-- The step server on standard input and output. It says that it is ready once it is warm, because a process may be
copied at that point and resumed many times. -/
def serverMain : IO Unit := do
  let srv ← Server.new
  warmUp srv
  announceReady do
    srv.watch.start
    let o ← IO.getStdout
    send o "{\"ready\":true}"
    serve srv (← IO.getStdin) o

end Stepwise
