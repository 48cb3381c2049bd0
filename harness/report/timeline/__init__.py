"""The shortest order that breaks a rule, drawn: as plain text, as Mermaid, as SVG, and as a page with its story.

Imported by its modules, so that a failure in the terminal doesn't wait for what only a picture needs.
"""
