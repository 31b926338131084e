"""What can go wrong in an export."""

from __future__ import annotations

from zoo.core.errors import ZooError


class ExportError(ZooError, RuntimeError):
    """A model cannot be written in a format, or the written file gives other outputs."""
