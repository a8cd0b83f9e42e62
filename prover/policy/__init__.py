"""Policies: built-in, local models, served models, and mixes of them; and the critics that a user can name."""
