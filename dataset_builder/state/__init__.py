"""What was seen and made before: so that a second run does what changed, and never anything else."""
