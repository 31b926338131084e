"""Generated pictures: drawing, lighting, labelling, and one module per task."""
