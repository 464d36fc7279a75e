# SPDX-License-Identifier: GPL-2.0
"""Sphinx, as `make docs` runs it."""

project = "btf-reconcile"
author = "The btf-reconcile authors"
extensions = []
html_theme = "alabaster"
html_theme_options = {"nosidebar": False, "page_width": "60em"}
nitpicky = True
