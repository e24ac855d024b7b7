"""What a trained network has learned."""
