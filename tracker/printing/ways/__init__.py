"""The ways a file takes by itself, a module each: `send(parcel, …)` gives it, and says whether it arrived.

Each is called outside of any transaction. It raises `NotSent` (nothing reached the printer) or `Unclear` (something may
have), and may return a sentence about a printer that has the file but cannot print it now.
"""
