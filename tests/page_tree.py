"""Pages as browsers read them: elements, what is open, and words."""

from html.parser import HTMLParser

HOSTILE = '<script>alert("x")</script> & "quoted"'
VOID = {"meta", "path", "rect", "circle", "line", "use", "col", "br"}


class PageTree(HTMLParser):
    """Elements of a page in order, those still open, and its texts by the element around them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts.append((self.open[-1], data))

    @property
    def words(self):
        """What people read."""
        return " ".join(text for tag, text in self.texts if tag not in {"style", "script"})

    @property
    def style(self):
        """What style elements hold."""
        return "".join(text for tag, text in self.texts if tag == "style")

    def named(self, tag):
        """Return the attributes of each element of a name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def of_class(self, kind):
        """Return the attributes of each element of a class."""
        return [a for _, a in self.elements if kind in a.get("class", "").split()]
