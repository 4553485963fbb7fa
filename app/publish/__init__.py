"""A decided plan as files: tables, workbook, calendars, sheets."""
