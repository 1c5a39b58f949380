"""The walk of the portal by those it is not meant for: every page by every kind of person, every made file word by
word, forms that no page of ours would send.

A quick form of it runs with the other tests. `python -m tests.security` walks everything, on the database that
`TEST_DATABASE_URL` names (PostgreSQL refuses what SQLite takes: run it there before a release), and prints the numbers.
"""
