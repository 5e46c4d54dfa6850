"""The settings of Sphinx. `make docs` runs it on what `sources.py` gathers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from docs.site.addresses import BASE, REPOSITORY, ROOT

project = "nanomeet-widget"
author = "The nanomeet-widget authors"
project_copyright = author
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs.site.crossings",
]
exclude_patterns = ["images/*.md"]

# --- Markdown ---------------------------------------------------------------------------------------
# As GitHub reads it, so that every page is at home in both places.
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4
#: Comments of the documents and drawings are no language that a highlighter knows.
suppress_warnings = ["misc.highlighting_failure"]
highlight_language = "python"
pygments_style = "a11y-high-contrast-light"

# --- Python -----------------------------------------------------------------------------------------
nitpicky = True
default_role = "py:obj"
toc_object_entries_show_parents = "hide"
add_module_names = False
python_use_unqualified_type_names = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = True
napoleon_preprocess_types = True

# --- Pages ------------------------------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_context = {"default_mode": "auto"}
html_title = project
html_baseurl = BASE
#: The demo page runs the player of notebooks.
_BUNDLE = ROOT / "src/nanomeet_widget/static"
html_static_path = [
    "static",
    "demo",
    str(_BUNDLE / "broadcast_player.js"),
    str(_BUNDLE / "broadcast_player.css"),
]
templates_path = ["templates"]
html_css_files = ["site.css"]
html_favicon = "static/icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_permalinks_icon = "#"
html_sidebars = {
    "index": [],
    "404": [],
    "demo": [],
    "search": [],
    "**": ["sidebar-nav-bs"],
}
html_theme_options = {
    "logo": {
        "text": project,
        "image_light": "_static/icon.svg",
        "image_dark": "_static/icon.svg",
        "alt_text": "",
    },
    "github_url": REPOSITORY,
    "header_links_before_dropdown": 6,
    "navbar_persistent": ["search-button"],
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "navigation_depth": 3,
    "show_nav_level": 2,
    "back_to_top_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": ["about"],
    "footer_center": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "article_header_start": [],
    "search_bar_text": "Search these pages",
}
