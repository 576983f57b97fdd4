"""Training of streetwatch's own detector: prepare, train, evaluate, export."""
