"""Where things are kept: one module per entity, its keys beside its to-item and from-item."""
