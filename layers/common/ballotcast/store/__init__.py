"""Where things are kept: one module per entity, its keys next to its to-item and from-item."""
