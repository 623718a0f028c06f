"""The pages for people who work here, one mounted sub-application ``/console``."""
