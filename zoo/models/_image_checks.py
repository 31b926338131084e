"""Checks that the image builders share: is the picture large enough for what reads it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

Window = tuple[int, int]  # size and stride of a convolution or pool without padding, in pixels


def least_size(windows: Iterable[Window]) -> int:
    """Least height and width, in pixels, from which the last window still gives one pixel."""
    size = 1
    for window, stride in reversed(list(windows)):
        size = (size - 1) * stride + window
    return size


def check_image_shape(
    image_shape: Sequence[int | None],
    least: int = 1,
    *,
    any_size: bool = False,
    argument: str = "image_shape",
) -> None:
    """Refuse what is not a picture's shape, or one too small for the layers that read it.

    Args:
        image_shape: Height and width in pixels, and channels.
        least: Least height and width, such as `least_size` gives.
        any_size: Whether height and width may be None, for pictures of any size.
        argument: Name of the builder's argument, for the message.

    Raises:
        ValueError: the sentence says what is wrong and which size is the least.
    """
    try:
        height, width, channels = image_shape
    except (TypeError, ValueError):
        raise ValueError(
            f"{argument} must be (height, width, channels), not {image_shape!r}"
        ) from None
    if not _is_count(channels):
        raise ValueError(f"{argument} must have 1 channel or more, not {channels!r}")
    for size in (height, width):
        if size is None and any_size:
            continue
        if not _is_count(size):
            raise ValueError(
                f"{argument} must have height and width in whole pixels, not {height!r} x {width!r}"
            )
        if size < least:
            raise ValueError(
                f"{argument} of {height} x {width} pixels is too small for the convolutions and "
                f"pools: the least is {least} x {least}"
            )


def check_widths(count: int | None = None, /, **arguments: Sequence[int]) -> None:
    """Refuse an argument that is not `count` whole numbers of at least 1 (None: some of them).

    Raises:
        ValueError: the sentence names the argument.
    """
    for argument, sizes in arguments.items():
        sized = isinstance(sizes, Sequence) and len(sizes) == (count or max(len(sizes), 1))
        if not (sized and all(map(_is_count, sizes))):
            raise ValueError(
                f"{argument} must be {count or 'some'} whole numbers of 1 or more, not {sizes!r}"
            )


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
