"""The second opinion: every published table and figure counted again, by code that the planner does not know."""
