"""What things are: plain typed dataclasses. No files, no running, no drawing."""
