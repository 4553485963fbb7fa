"""Handle times: learnt from the past, forecast per interval."""
