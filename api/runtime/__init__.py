"""The processes of a running product: application, worker, supervisor, command line."""
