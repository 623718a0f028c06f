"""LINE: webhooks in, answers out; imported only where a channel is configured."""
