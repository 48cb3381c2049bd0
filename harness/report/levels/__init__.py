"""The working table of a recursion, drawn level by level: as SVG, and as a page with its story.

Imported by its modules, so that a failure in the terminal doesn't wait for what only a picture needs.
"""
