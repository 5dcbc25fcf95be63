"""What the Makefile calls, and the checks that both `make check` and the tests use."""
