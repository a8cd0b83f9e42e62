"""Theorems in: every input shape becomes canonical records, refused record by record."""
