"""What is given: demand, shifts, people, costs."""
