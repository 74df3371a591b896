"""Text from strangers: decoded, parsed with its places, written whole, made safe to show. Imports the errors only."""
