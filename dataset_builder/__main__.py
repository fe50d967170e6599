"""`python -m dataset_builder`: the command line."""

from dataset_builder.cli import main

main()
