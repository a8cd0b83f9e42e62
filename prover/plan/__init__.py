"""Plans: sketches of proofs that somebody writes, and what is done with them beside the search for a theorem."""
