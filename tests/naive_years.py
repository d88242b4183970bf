"""Slow, readable twin of the choice of rows by year."""


def row_in_force(years, departure):
    """Return the position of the year in force; None stands for any year."""
    begun = [y for y in years if y is None or y <= departure]
    dated = [y for y in begun if y is not None]
    if dated:
        return years.index(max(dated))
    if begun:
        return years.index(None)
    return years.index(min(years))
