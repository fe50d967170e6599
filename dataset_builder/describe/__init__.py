"""What a build says of itself: figures, manifest, dataset card and Croissant description. Pure: no disk, no clock."""
