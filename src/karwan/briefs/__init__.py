"""Briefs: pages that a reader can take to the table."""

from karwan.briefs.flow_page import flow_page_text, write_flow_page
from karwan.briefs.page import page_text, write_page
from karwan.briefs.zone_page import write_zone_page, zone_page_text

__all__ = [
    "flow_page_text",
    "page_text",
    "write_flow_page",
    "write_page",
    "write_zone_page",
    "zone_page_text",
]
