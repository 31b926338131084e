"""`zoo new`: a small project of one's own, started from an architecture of the zoo."""
