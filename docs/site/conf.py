"""Sphinx's settings for the site; scripts/site.py copies this file into the source folder."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import zoo

HERE = Path(__file__).parent

project = "Functional Zoo"
author = "the authors of Functional Zoo"
project_copyright = author
version = release = zoo.__version__
html_title = project

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["examples"]
templates_path = []
default_role = "code"  # docstrings write `name`
highlight_language = "default"
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline", "colon_fence"]
suppress_warnings = ["config.cache"]  # sphinx-gallery's settings are not plain data

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
maximum_signature_line_length = 80
napoleon_numpy_docstring = False
napoleon_use_ivar = True
copybutton_exclude = ".linenos, .gp, .go"

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["diagrams.css", "site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "_static/icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}  # light or dark as the reader's system has it
html_theme_options = {
    "logo": {"text": project, "image_light": "_static/icon.svg", "image_dark": "_static/icon.svg"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_depth": 2,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "search_bar_text": "Search",
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "docs/results": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_version_warning_banner": False,
}
html_sidebars = {
    "index": [],
    "models/index": [],
    "documents/index": [],
    "concepts/index": [],
    "docs/results": [],  # its table has ten columns
}

plot_gallery = "True"  # scripts/site.py --no-lessons sets it to "False"
if any((HERE / "examples").glob("*/plot_*.py")):
    extensions.append("sphinx_gallery.gen_gallery")  # with examples alone can it start
    sphinx_gallery_conf = {
        "examples_dirs": "examples",
        "gallery_dirs": "lessons",
        "filename_pattern": r"/plot_",
        "within_subsection_order": "FileNameSortKey",
        "abort_on_example_error": True,
        "remove_config_comments": True,
        "show_signature": False,
        "write_computation_times": False,
        "min_reported_time": 3600,  # seconds; times are of one machine, and change every page
        "thumbnail_size": (640, 400),
        "first_notebook_cell": "%pip install --quiet 'functional-zoo[export,tune]'",
    }


def plain_signature(
    app: Sphinx, what: str, name: str, value: Any, options: Any, signature: str, returned: str
) -> tuple[str, str] | None:
    """A dataclass's fields as they are written: `Positive`, not the rules behind it."""
    if not (what == "class" and dataclasses.is_dataclass(value)):
        return None
    parts = []
    for field in dataclasses.fields(value):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        given = "" if default is dataclasses.MISSING else f" = {default!r}"
        parts.append(f"{field.name}: {field.type}{given}")
    return f"({', '.join(parts)})", ""


def right_backlinks(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Mend `viewcode`'s link back of a module whose names are documented in two packages."""
    if pagename.startswith("_modules/"):
        wrong = r'(/api/([\w.]+)\.html)#(?!\2)[\w.]+"'
        context["body"] = re.sub(wrong, r'\1#\2"', context["body"])


def own_host_alone(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Have the browser refuse any connection to another host: what is typed stays in the page."""
    policy = "connect-src 'self'; form-action 'self'"
    line = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    context["metatags"] = context.get("metatags", "") + line


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("html-page-context", own_host_alone)
    app.connect("html-page-context", right_backlinks)
    app.connect("autodoc-process-signature", plain_signature)
