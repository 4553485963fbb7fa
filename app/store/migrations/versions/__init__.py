"""One file a schema, in the order of `versions.REVISIONS`; a file is never changed once released."""
