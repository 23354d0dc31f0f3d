"""The map: every task of a program with what runs, who calls it and when.

Law: the index and the locks of other services in, one model out, and documents made of it. It judges nothing, imports
nothing of the user's, and never learns where a document goes.
"""
