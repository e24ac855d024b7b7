"""Facts, costs and wrong options for the lecture's questions."""
