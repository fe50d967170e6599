"""What is trained with: labels for the tokens of a model, made of the spans of a built table."""
