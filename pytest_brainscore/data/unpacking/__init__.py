"""Archives: unpacked once, without letting them write elsewhere, and found to be whole since."""
