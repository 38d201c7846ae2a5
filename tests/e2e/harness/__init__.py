"""What the end-to-end tests are made of: real servers in a private directory, and a client that talks to them."""
