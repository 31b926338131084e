"""Reads the finished pages: dead links and anchors, pictures, and what comes from other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {  # element -> attributes whose address the browser loads with the page
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch"}
ADDRESS = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")


@dataclass
class Page(HTMLParser):
    """The addresses and the anchors of a page.

    Attributes:
        loads: What the browser loads to show it.
        links: What a reader may follow.
        anchors: Ids that links may lead to.
    """

    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        for name in LOADS.get(tag, ()):
            given = found.get(name, "")
            parts = given.split(",") if name == "srcset" else [given]
            self.loads += [part.split()[0] for part in parts if part.strip()]
        if tag == "link" and "href" in found:
            loaded = LOADED_LINKS & set(found.get("rel", "").split())
            (self.loads if loaded else self.links).append(found["href"])
        if tag in ("a", "area") and "href" in found:
            self.links.append(found["href"])
        self.loads += _addresses(found.get("style", ""))


def _addresses(css: str) -> list[str]:
    return [one or other for one, other in ADDRESS.findall(css)]


@cache
def read(path: Path) -> Page:
    """A page, parsed once."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def problems(site: Path) -> Iterator[str]:
    """Every dead link, dead anchor, missing file and address of another host.

    Links to other hosts are not followed.
    """
    for path in sorted(site.rglob("*.html")):
        page = read(path)
        name = path.relative_to(site).as_posix()
        for address in dict.fromkeys(page.loads):
            yield from (f"{name}: {what}" for what in _load(site, path, address))
        for address in dict.fromkeys(page.links):
            yield from (f"{name}: {what}" for what in _link(site, path, address))
    for path in sorted(site.rglob("*.css")):
        name = path.relative_to(site).as_posix()
        for address in dict.fromkeys(_addresses(path.read_text(encoding="utf-8"))):
            yield from (f"{name}: {what}" for what in _load(site, path, address))


def _load(site: Path, path: Path, address: str) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return
    if parts.scheme or parts.netloc:
        yield f"loads {address} from another host"
    else:
        yield from _link(site, path, parts._replace(fragment="").geturl())


def _link(site: Path, path: Path, address: str) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return
    if parts.path.startswith("/"):
        yield f"{address} breaks where the site is not at the root of its host"
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
    if not target.is_file() or site.resolve() not in target.parents:
        yield f"dead link {address}"
    elif parts.fragment and target.suffix == ".html" and not _has(target, parts.fragment):
        yield f"dead anchor {address}"


def _has(target: Path, fragment: str) -> bool:
    return unquote(fragment) in read(target).anchors


def missing(site: Path, page: str, anchors: list[str]) -> Iterator[str]:
    """What a page that must be there lacks."""
    path = site / page
    if not path.is_file():
        yield f"no page {page}"
        return
    yield from (f"{page}: no section {each}" for each in anchors if not _has(path, each))
