"""What units of a layer see of an image, and how less than whole images gets their responses, bit for bit."""
