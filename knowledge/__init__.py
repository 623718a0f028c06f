"""What is true and what is allowed: content, pure rules, and the services that keep them."""
