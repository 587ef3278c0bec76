"""PURE: a workbook in, a draft out. No Django, no clock; see docs/maquettes.md for how to add a layout."""
