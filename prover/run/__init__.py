"""The run folder: inputs, journal, proofs and traces, safe against kills, full disks and second owners."""
