"""Rounds of searching and learning: each round searches what is open, learns from all rounds, and keeps what helps."""
