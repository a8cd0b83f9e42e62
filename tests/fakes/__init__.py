"""Stand-ins for Lean, policies and critics. They live here and nowhere else."""
