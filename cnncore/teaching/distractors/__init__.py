"""Wrong options of questions, each with the reason why it is wrong."""
