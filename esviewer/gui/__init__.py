"""The windows; the only room that imports Qt and pyqtgraph."""
