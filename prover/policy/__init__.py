"""Policies: built-in, local models, served models, and what combines them."""
