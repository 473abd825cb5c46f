"""The sections of docs/validation.md, one a file."""
