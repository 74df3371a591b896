"""The rules by family. Each is one small function; ``check.catalogue`` lists them."""
