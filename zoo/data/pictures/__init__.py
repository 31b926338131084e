"""Generated pictures: drawing, lighting, labeling, and one module per task."""
