"""What a network answers to a few fixed images: which network it is, and whether its answers can be relied on."""
