"""Briefs: pages that a reader can take to the table."""

from karwan.briefs.page import page_text, write_page

__all__ = ["page_text", "write_page"]
