"""Developer tools of the checkout: local stacks, packaging, demo, measurements, generated pages. In no package."""
