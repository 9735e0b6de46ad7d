"""Tasks a subject can be given: labels, probabilities, odd one out."""
