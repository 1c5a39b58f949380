"""Lists of institutions brought in from a file: read, matched to columns, understood, compared, brought in, undone.

`headings` finds the columns, `cells` understands one record, `unedited` knows what our own export printed, `identify`
finds the institution it is, `plan` puts them together into rows with a verdict and a decision; `words` says every
reason as a sentence. `wanted` says what a decision writes into the sheet as it stands, `apply` writes it, and `undo`
takes it back.
"""
