"""All demand at once: what wants to move, and what follows when all of it moves."""
