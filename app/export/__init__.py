"""Export: workbook and calendars."""
