"""What coordinators write in the five spreadsheets of a cohort, and how it is understood.

Raw cells come in (`tables`), headings are recognised (`headings`), cells are read (`cells`, `dates`), rows
become values (`rows`, `reading`), rows are compared with one another (`checks`). Nothing here opens a file
or a database: faults are gathered, so that all of them reach the coordinator in one list.
"""
