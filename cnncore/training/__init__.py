"""Training: settings, events, trainer, run, checkpoint, worker."""
