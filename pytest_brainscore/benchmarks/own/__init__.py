"""Recordings of one's own, scored without a catalogue."""
