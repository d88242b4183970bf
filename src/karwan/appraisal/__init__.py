"""What things are worth: user benefits, and the worth of measures over years."""
