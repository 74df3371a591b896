"""Events in, pandas tables out: what happened, how it ended, what was covered, how the channels compare."""
