"""Articles: questions people ask and the published answer, with source and dates."""
