"""How a corpus is gone through: read into a file of papers, cut into parts, each part extracted and kept,
all parts put together. Every step can be killed and gone on with; `extractor.run` knows their order."""
