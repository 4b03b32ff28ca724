"""Tours: questions on a run, asked before the charts answer. A file of data; nothing in it runs.

`tour` says what a tour is, `reading` reads one, `live` fills a stop with a run's own numbers,
`writing` makes one of bookmarks. No screen is known here.
"""
