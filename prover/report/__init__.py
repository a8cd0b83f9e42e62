"""Reports on a run, comparisons of two runs, and exports of proofs and traces in other layouts."""
