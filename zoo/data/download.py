"""One file over HTTPS: the only place that opens a network connection, with every failure named."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urljoin, urlsplit

from zoo.core.errors import FetchError

if TYPE_CHECKING:
    import requests

CHUNK = 1 << 16  # bytes


class Bar(Protocol):
    """A progress bar as pooch drives it: bytes in all, and bytes more."""

    @property
    def total(self) -> int:
        """Bytes in all, 0 where not known."""
        ...

    @total.setter
    def total(self, size: int) -> None: ...

    def update(self, size: int) -> None:
        """`size` more bytes came."""
        ...

    def reset(self) -> None:
        """Back to none."""
        ...

    def close(self) -> None:
        """All came."""
        ...


def check_url(url: str, *, start: str | None = None) -> None:
    """Refuse an address that is not HTTPS; plain HTTP is for this very machine alone (tests).

    Args:
        url: The address.
        start: Where a redirect to `url` began: from HTTPS it may not lead to plain HTTP at all.

    Raises:
        FetchError: the address may not be used.
    """
    parts = urlsplit(url)
    from_plain = start is None or urlsplit(start).scheme == "http"
    here = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    if parts.scheme == "https" or (here and from_plain):
        return
    came = f" (a redirect from {start})" if start else ""
    raise FetchError(f"{url}{came}: only https addresses are used")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def download(url: str, destination: Path, *, timeout: float, bar: Bar | None = None) -> None:
    """Write the body of `url` to `destination`, which the caller removes after a failure.

    Args:
        url: An https address.
        destination: A file to write, in an existing folder.
        timeout: Seconds without a single byte after which the transfer counts as stalled.
        bar: Told how much there is and how much came.

    Raises:
        FetchError: the address is refused, nobody answers, the server answers with an error,
            the transfer stalls or breaks off, or the file cannot be written.
    """
    import pooch
    import requests
    from urllib3.exceptions import ReadTimeoutError

    check_url(url)
    answers: list[requests.Response] = []

    def inspect(response: requests.Response, **_: Any) -> None:
        answers.append(response)
        if response.is_redirect:
            check_url(urljoin(response.url, response.headers["location"]), start=url)

    get = pooch.HTTPDownloader(
        progressbar=cast("bool", bar or False),  # pooch takes any object that behaves like a bar
        chunk_size=CHUNK,
        timeout=timeout,
        # What counts as the length must be the length of the file itself.
        headers={"Accept-Encoding": "identity"},
        hooks={"response": inspect},
    )
    try:
        get(url, destination, None)
    except requests.HTTPError as error:
        last = answers[-1]
        raise FetchError(f"{url}: the server answered {last.status_code} {last.reason}") from error
    except requests.Timeout as error:
        raise FetchError(_stalled(url, timeout)) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise FetchError(_broken_off(url, destination, answers[-1])) from error
    except requests.ConnectionError as error:
        if any(isinstance(cause, ReadTimeoutError) for cause in error.args):
            raise FetchError(_stalled(url, timeout)) from error
        raise FetchError(f"{url}: no connection ({_innermost(error)})") from error
    except requests.RequestException as error:
        raise FetchError(f"{url}: the download failed ({_innermost(error)})") from error
    except OSError as error:
        raise FetchError(f"{destination.parent}: {error.strerror or error}") from error
    finally:  # a body that was not read to its end holds its connection open
        for answer in answers:
            answer.close()
    length = answers[-1].headers.get("content-length", "")
    if length.isdigit() and destination.stat().st_size != int(length):
        raise FetchError(_broken_off(url, destination, answers[-1]))


def _stalled(url: str, timeout: float) -> str:
    return f"{url}: no answer for {timeout:g} seconds; try again later"


def _innermost(error: Exception) -> str:
    """What went wrong in the end, without the names of the objects it passed through."""
    cause = error.args[0] if error.args else error
    text = str(getattr(cause, "reason", cause)).partition("\n")[0]
    return text.partition("): ")[2] or text


def _broken_off(url: str, destination: Path, answer: requests.Response) -> str:
    came = destination.stat().st_size
    length = answer.headers.get("content-length", "")
    of = f" of {int(length):,}" if length.isdigit() else ""
    return f"{url}: the transfer broke off after {came:,}{of} bytes; try again"
