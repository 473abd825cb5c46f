"""Draw: panels and the layout of a page; the only place that imports matplotlib."""
