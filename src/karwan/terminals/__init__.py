"""Terminals and borders: where cargo queues, berths, and what one more server would bring."""
