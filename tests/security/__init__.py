"""The walk of the portal by those it is not meant for: every page by every kind of person, every made file word by
word, forms that no page of ours would send.

A quick form of it runs with the other tests. `python -m tests.security` walks everything, on the database that
`TEST_DATABASE_URL` names (PostgreSQL refuses what SQLite takes: run it there before a release), prints the numbers and
writes them to var/security/table.md. Its papers are printed, and read back with pdftotext (poppler-utils).
An address, an act or a view that hands out a file and stands in no table fails.
"""
