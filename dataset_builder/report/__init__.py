"""Results to text: for people, and for programs that read findings. Pure functions of values."""
