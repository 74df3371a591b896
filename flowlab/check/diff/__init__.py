"""Two versions of a flow compared by meaning: states paired, differences found and said."""
