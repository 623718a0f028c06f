"""Language data as reviewed files: reading, checking, exporting for training."""
