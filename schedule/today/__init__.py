"""The running day: who works when, what may still move, and what moving brings."""
