"""Model + input -> events. Simulated time, no network, no printing."""
