"""How far data agree with themselves: ceilings and noise."""
