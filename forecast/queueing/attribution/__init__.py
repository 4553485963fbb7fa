"""Why the service of a day was another than planned: the gap split into its causes."""
